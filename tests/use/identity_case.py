"""What belongs to the data's identity, and what does not.

Sources: marin-community/marin PR 3639 and PR 500 (what is in the hash), ray-project/ray 8647
(finished trials done again). An adapter beside the weights, a line end or another
transformers_version in config.json change nothing. Where text, weights, tokenizer or configuration
did change, the message says which, and which finished runs are there.
"""
import json
import os
import shutil

import small_models as make

CONFIG = make.config(273)


def plan_knows(use, runs, what):
    outcome = use.saelaw("plan", "m.yaml", "--db", "i.db", "--json")
    use.expect_outcome(outcome, 0)
    found = json.loads(outcome.out)["total"]["known_runs"] if outcome.code == 0 else None
    use.expect(found == runs, f"{what}: plan knows {found} runs, not {runs}:\n{outcome.err}")


def advised(use):
    """Two short runs are no ground for advice (1), but they are found."""
    use.expect_outcome(use.saelaw("recommend", "m.yaml", "--db", "i.db", "-n"), 1,
                       absent="changed since|no finished run")


def unused_files_change_nothing(use):
    make.write_safetensors(use.folder / "model/adapter_model.safetensors",
                           {"lora": ([1], make.ones(1))})
    (use.folder / "model/adapter_config.json").write_text("{}")
    config = use.folder / "model/config.json"
    keys = {**json.loads(config.read_text()), "transformers_version": "9", "use_cache": False}
    config.write_text(json.dumps(dict(reversed(keys.items())), indent=1) + "\n")
    advised(use)
    plan_knows(use, 2, "an adapter and a line end")
    again = use.saelaw("run", "m.yaml", "--db", "i.db")
    use.expect_outcome(again, 0, "complete", absent="round:")


def changed(use, what, pattern):
    """Both name the change and the two finished runs; nothing of them is used."""
    named = rf"2 finished runs of this sweep are there.*\([0-9a-f]{{16}}, [0-9a-f]{{16}}\).*{pattern}"
    use.expect_outcome(use.saelaw("recommend", "m.yaml", "--db", "i.db", "-n"), 78, named)
    use.expect_outcome(use.saelaw("plan", "m.yaml", "--db", "i.db"), 0, pattern)
    plan_knows(use, 0, what)


def case(use):
    make.folder(use.folder / "model")
    make.text_folder(use.folder / "text")
    use.model_sweep("m.yaml", "model")
    use.expect_outcome(use.saelaw("run", "m.yaml", "--db", "i.db"), 0)
    unused_files_change_nothing(use)

    more = use.folder / "text/more.txt"
    more.write_text("some more text of other words " * 200)
    changed(use, "one more text", "the text changed since")
    more.unlink()
    plan_knows(use, 2, "the text put back")

    weights = use.folder / "model/model.safetensors"
    kept = use.folder / "kept.safetensors"
    os.rename(weights, kept)
    make.write_safetensors(weights, make.tensors(273, seed=2))
    use.expect_outcome(use.saelaw("recommend", "m.yaml", "--db", "i.db", "-n"), 78,
                       "the model's weights changed since")
    use.expect_outcome(use.saelaw("plan", "m.yaml", "--db", "i.db"), 0, "the model's weights")
    os.replace(kept, weights)

    config = use.folder / "model/config.json"
    before = config.read_text()
    config.write_text(json.dumps({**json.loads(before), "rope_theta": 20000.0}))
    changed(use, "another rotary base", "the model's configuration changed since")
    config.write_text(before)

    shutil.copy(use.folder / "m.yaml", use.folder / "edited.yaml")
    text = (use.folder / "m.yaml").read_text()
    (use.folder / "m.yaml").write_text(text.replace("context_tokens: 64", "context_tokens: 32"))
    changed(use, "other contexts", "activations section changed since")
    (use.folder / "m.yaml").write_text(text)
    advised(use)
