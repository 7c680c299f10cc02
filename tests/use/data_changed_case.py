"""Text is added, or the weights are replaced, while a sweep is under way.

Source: an audit of sweeps whose data changed between two jobs: 9 and 21 of 31 runs had other losses
under the same name, and the sweep ended well. The trainer compares the data with what its job was
planned on and refuses (78); nothing is stored; with the data back the sweep goes on and ends with
the losses of one that was never disturbed.
"""
import json
import os
import sqlite3
import subprocess

import small_models as make
from use_testing import SAELAW

TRAINER = SAELAW.parent / "saelaw-trainer"


def losses(use, database):
    return [run["final"]["loss"] for run in use.results(database)]


def train_job(use, database):
    """The folder of the sweep's train job, and what its job file says."""
    for folder in sorted((use.folder / database).with_suffix(".runs").glob("jobs/*")):
        job = json.loads((folder / "job.json").read_text())
        if job["kind"] == "train":
            return folder, job
    raise AssertionError("no train job")


def trainer(use, folder, attempt_id):
    (folder / "current").write_text(attempt_id)
    done = subprocess.run([TRAINER, folder / "job.json", "--attempt", attempt_id], cwd=use.folder,
                          env=use.environment, capture_output=True, text=True, timeout=120)
    results = list(folder.glob(f"attempts/{attempt_id}-*/result-*.json"))
    return done.returncode, done.stderr, results


def refused(use, folder, attempt_id, pattern):
    code, said, results = trainer(use, folder, attempt_id)
    use.expect(code == 78 and pattern in said and not results,
               f"{attempt_id}: code {code}, {len(results)} results: {said}")


def add_text(use):
    (use.folder / "text/more.txt").write_text("quite other words were added here " * 300)


def other_weights(use):
    os.rename(use.folder / "model/model.safetensors", use.folder / "kept.safetensors")
    make.write_safetensors(use.folder / "model/model.safetensors", make.tensors(273, seed=2))


def weights_back(use):
    os.replace(use.folder / "kept.safetensors", use.folder / "model/model.safetensors")


def the_trainer_alone(use):
    folder, _ = train_job(use, "whole.db")
    add_text(use)
    refused(use, folder, "text", "the text behind this job changed since it was planned")
    (use.folder / "text/more.txt").unlink()
    other_weights(use)
    refused(use, folder, "weights", "the model's weights behind this job changed")
    weights_back(use)
    code, said, results = trainer(use, folder, "back")
    use.expect(code == 0 and len(results) == 2, f"the data is back: code {code}: {said}")


def stub_of_planner(use):
    """A trainer that changes the data before the first train job, as somebody else might."""
    stub = use.folder / "trainer"
    stub.write_text(f"""#!/bin/sh
if grep -q '"kind": "train"' "$1" && [ ! -e {use.folder}/changed ]; then
  touch {use.folder}/changed
  echo 'a text that was added in mid-sweep, of some more words' > {use.folder}/text/more.txt
fi
exec {TRAINER} "$@"
""")
    stub.chmod(0o755)
    return {**use.environment, "SAELAW_TRAINER": str(stub)}


def while_the_planner_runs(use, undisturbed):
    outcome = use.saelaw("run", "m.yaml", "--db", "r.db", environment=stub_of_planner(use))
    use.expect_outcome(outcome, 78, "the text behind this job changed since it was planned",
                       absent="Recommended by sweep")
    use.expect(use.results("r.db") == [], "something was stored under a wrong name")
    (use.folder / "text/more.txt").unlink()
    use.expect_outcome(use.saelaw("run", "m.yaml", "--db", "r.db"), 0, "Recommended by sweep")
    use.expect(losses(use, "r.db") == undisturbed, "other losses than undisturbed")


def between_two_calls(use, undisturbed):
    """One run of two, then other weights: the finished one is kept and named, not mixed in."""
    text = (use.folder / "m.yaml").read_text()
    (use.folder / "m.yaml").write_text(text + "budget: {runs: 1}\n")
    use.expect_outcome(use.saelaw("run", "m.yaml", "--db", "b.db"), 75)
    (use.folder / "m.yaml").write_text(text)
    other_weights(use)
    outcome = use.saelaw("run", "m.yaml", "--db", "b.db")
    use.expect_outcome(outcome, 0, "1 finished run of this sweep is there.*the model's weights")
    use.expect(len(use.results("b.db")) == 3, "one of the earlier weights and two of the new")
    weights_back(use)
    use.expect_outcome(use.saelaw("run", "m.yaml", "--db", "b.db"), 0, "Recommended by sweep")
    with sqlite3.connect(use.folder / "b.db") as db:
        stored = [row[0] for row in db.execute("select loss from results")]
    use.expect(len(stored) == 4 and all(loss in stored for loss in undisturbed),
               f"{stored} has not {undisturbed}")


def case(use):
    make.folder(use.folder / "model")
    make.text_folder(use.folder / "text")
    use.model_sweep("m.yaml", "model")
    use.expect_outcome(use.saelaw("run", "m.yaml", "--db", "whole.db"), 0)
    undisturbed = losses(use, "whole.db")
    the_trainer_alone(use)
    while_the_planner_runs(use, undisturbed)
    between_two_calls(use, undisturbed)
