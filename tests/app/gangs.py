"""Gangs that the device's memory does not hold, at once or after a while, a disk that is full, gangs on
several GPUs, and a capture that is there already: saelaw with the real trainer behind a script that plays a device which is too small, or
several, and writes down what it is given.

  tests/app/gangs.py [SAELAW TRAINER]
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILT = [ROOT / "build/cpu/bin/saelaw", ROOT / "build/cpu/bin/saelaw-trainer"]
SAELAW, TRAINER = (pathlib.Path(path).resolve() for path in sys.argv[1:3] or BUILT)

SWEEP = """
activations: {source: synthetic, synthetic: {d_in: 16}, held_out_tokens: 128, normalisation_tokens: 128}
sae: {d_sae: 32}
training: {batch_tokens: 32, lr: 4e-3, evaluations: 1}
study:
  loss_law: {tokens: [512, 1024], seeds: SEEDS}
  lr_law: {points: 4, max_widenings: 0}
  hold_out: none
target: {tokens: 4096}
execution: {checkpoint_tokens: 64, dense_above: 0.05}
"""
LONGER = SWEEP.replace("[512, 1024]", "[8192, 16384]").replace("4096", "65536").replace(": 64,", ": 256,")

# Writes down what it is given; has room for ROOM runs; its GPUs are this CPU. With FAULT the memory
# (71) or the disk (74) gives out in the midst of the first training, once there is a checkpoint.
DEVICE = """#!/usr/bin/env python3
import glob, json, os, subprocess, sys, time
path, work = sys.argv[1], os.environ["WORK"]
job = json.load(open(path))
with open(work + "/given", "a") as given:
    given.write(json.dumps([job["device"], os.environ.get("CUDA_VISIBLE_DEVICES"), len(job["runs"])]) + "\\n")
fault = os.environ.get("FAULT")
if fault and job["runs"] and not os.path.exists(work + "/faulted"):
    open(work + "/faulted", "w").close()
    trainer = subprocess.Popen([os.environ["TRAINER"], *sys.argv[1:]])
    while trainer.poll() is None and not glob.glob(os.path.dirname(path) + "/attempts/*/checkpoint-*.safetensors"):
        time.sleep(0.001)
    trainer.terminate()
    assert trainer.wait() == 75, "it was too fast"
    sys.exit(int(fault))
if len(job["runs"]) > int(os.environ["ROOM"]):
    if os.environ.get("KILLS"):
        os.kill(os.getpid(), 9)  # as the system does when its own memory is gone
    sys.exit(71)
job["device"] = "cpu"
json.dump(job, open(path, "w"))
os.execv(os.environ["TRAINER"], ["saelaw-trainer", *sys.argv[1:]])
"""


def run(folder, arguments=(), command="run", room=100, seeds=1, sweep=SWEEP, **environment):
    """Exit code, what is said, and (device, visible devices, runs) of each attempt."""
    folder = pathlib.Path(folder)
    (folder / "device").write_text(DEVICE)
    (folder / "device").chmod(0o755)
    (folder / "sweep.yaml").write_text(sweep.replace("SEEDS", str(seeds)))
    (folder / "given").write_text("")
    environment = dict(os.environ, SAELAW_TRAINER=str(folder / "device"), TRAINER=str(TRAINER), WORK=str(folder),
                       ROOM=str(room), SAELAW_CACHE=str(folder / "cache"), **environment)
    done = subprocess.run([SAELAW, command, "sweep.yaml", "--db", "t.db", *arguments], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=1200)
    return done.returncode, done.stderr, [json.loads(line) for line in (folder / "given").read_text().splitlines()]


def runs_done(folder):
    status = subprocess.run([SAELAW, "status", "--db", "t.db", "--json"], cwd=folder, check=True, capture_output=True,
                            text=True).stdout
    runs = json.loads(status)["runs"]
    assert all(row["state"] == "done" for row in runs), status
    return len(runs)


def losses(folder):
    """Of each run, to the last bit."""
    base = sqlite3.connect(f"file:{folder}/t.db?mode=ro", uri=True)
    return {run: json.loads(result)["final"] for run, result in base.execute("SELECT run_id, result FROM results")}


def went_on(folder):
    """Jobs of which an attempt went on from a checkpoint."""
    logs = pathlib.Path(folder, "t.runs/jobs").glob("*/stderr-*.log")
    return sorted({log.parent.name for log in logs if "goes on from a checkpoint" in log.read_text()})


def checkpoints(folder):
    return list(pathlib.Path(folder, "t.runs/jobs").glob("*/attempts/*/checkpoint-*"))


with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, sweep=LONGER)
    assert code == 0 and not went_on(work), said
    assert not checkpoints(work), "a finished job needs no checkpoint"
    undisturbed = losses(work)

with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, sweep=LONGER, FAULT="71")
    assert code == 0 and "did not fit into the device's memory" in said, said
    assert len(went_on(work)) == 2 and losses(work) == undisturbed, went_on(work)
    assert not checkpoints(work)
    print("both halves of a gang that ran out of memory went on from its checkpoint, to the same bits")

with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, sweep=LONGER, FAULT="74")
    assert code == 74 and not went_on(work) and checkpoints(work), said
    began = {path.name for path in pathlib.Path(work, "t.runs/jobs").iterdir()}
    code, said, given = run(work, sweep=LONGER, FAULT="74")
    assert code == 0 and len(went_on(work)) == 1 and set(went_on(work)) <= began, said
    assert losses(work) == undisturbed and not checkpoints(work)
    print("a job whose disk was full went on from its checkpoint when run again, to the same bits")

with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, room=2)
    assert code == 0, said
    done = runs_done(work)
    sizes = [runs for _, _, runs in given if runs]
    refused = [runs for runs in sizes if runs > 2]
    assert refused and sum(runs for runs in sizes if runs <= 2) == done, sizes
    assert "did not fit into the device's memory" in said, said
    # What was refused in the first round is asked of no later one.
    assert sizes[-1] == 2 and len(refused) == 2, sizes
    print(f"a device with room for 2: {done} runs done, gangs tried {sizes}")

with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, room=2, KILLS="1")
    assert code == 0, said
    sizes = [runs for _, _, runs in given if runs]
    assert sum(runs for runs in sizes if runs <= 2) == runs_done(work), sizes
    # Each of the first gangs was tried as often as a job is; no later round forms one so large.
    refused = [runs for runs in sizes if runs > 2]
    assert refused and sizes[-1] == 2 and sizes.index(2) > len(refused) - 1, sizes
    print(f"a system that kills what is larger than 2: gangs tried {sizes}")

with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, ["--device", "cuda:0,cuda:1"], seeds=2, CUDA_VISIBLE_DEVICES="5,7")
    assert code == 0, said
    assert {device for device, _, _ in given} == {"cuda"}, given
    assert {visible for _, visible, _ in given} == {"5", "7"}, given
    print(f"two GPUs: {runs_done(work)} runs done, each gang sees its own alone: {given}")

with tempfile.TemporaryDirectory() as work:
    code, said, given = run(work, ["--device", "cuda:0,cuda:2"], CUDA_VISIBLE_DEVICES="5,7")
    assert code == 78 and "CUDA_VISIBLE_DEVICES lists 2" in said and not given, (code, said, given)
    print("a GPU that is not there is refused before anything starts")

with tempfile.TemporaryDirectory() as work:
    for device, times in (("cpu", 1), ("cpu", 0), ("cuda", 1), ("cuda", 0)):
        code, said, given = run(work, ["--device", device])
        assert code == 0, said
        assert sum(runs == 0 for _, _, runs in given) == times, (device, given)
    print("a source is measured once on a CPU, and again on a GPU")

with tempfile.TemporaryDirectory() as work:
    capture = ["--tokens", "1024", "--out", "shards"]
    for attempts in (1, 0):
        code, said, given = run(work, capture, command="capture")
        assert code == 0 and len(given) == attempts, (code, said, given)
    next(pathlib.Path(work, "shards").glob("shard-*")).unlink()
    code, said, given = run(work, capture, command="capture")
    assert code == 0 and len(given) == 1, (code, said, given)
    print("a capture is made once, and again where a shard is missing")
