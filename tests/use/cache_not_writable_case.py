"""A HOME that may not be written, as containers have it.

Sources: numba/numba 1771 and 7248, matplotlib's fallback to a temporary folder.
Expected: a synthetic sweep, which caches nothing, runs without a word; a sweep on a language model
runs without a cache, says so once, and names SAELAW_CACHE.
"""
import small_models
from use_testing import SYNTHETIC_SWEEP


def case(use):
    bare = {key: value for key, value in use.environment.items()
            if key not in ("SAELAW_CACHE", "XDG_CACHE_HOME")}
    bare["HOME"] = "/proc/nohome"
    use.write("base.yaml", SYNTHETIC_SWEEP)
    for command in (["validate", "base.yaml"], ["plan", "base.yaml"],
                    ["run", "base.yaml", "--db", "c.db"], ["recommend", "base.yaml", "--db", "c.db"]):
        use.expect_outcome(use.saelaw(*command, environment=bare), 0, absent="cache|nohome")
    use.expect(len(use.results("c.db")) == 3, "the synthetic sweep has not all its results")

    small_models.text_folder(use.folder / "text")
    model, _, _ = small_models.folder(use.folder / "model")
    sweep = use.model_sweep("m.yaml", model)
    told = r"warning: cannot make /proc/nohome/\.cache/saelaw/corpora .*SAELAW_CACHE"
    for command in (["validate", sweep], ["plan", sweep], ["run", sweep, "--db", "m.db"]):
        outcome = use.saelaw(*command, environment=bare)
        use.expect_outcome(outcome, 0, told)
        use.expect(outcome.err.count("SAELAW_CACHE") == 1, f"{command}: said more than once")
    left = sorted(path.name for path in use.folder.iterdir() if path.name.startswith(("hash", "count")))
    use.expect(not left, f"what the cache holds was written beside the sweep: {left}")

    # The variable may name such a folder itself; with one that can be made nothing is said.
    use.expect_outcome(use.saelaw("validate", sweep, environment={**bare, "SAELAW_CACHE": "/proc/c"}),
                       0, r"cannot make /proc/c/corpora")
    use.expect_outcome(use.saelaw("validate", sweep), 0, absent="SAELAW_CACHE")
    cached = use.saelaw("run", sweep, "--db", "n.db")
    use.expect_outcome(cached, 0)
    use.expect([row["id"] for row in use.results("n.db")] ==
               [row["id"] for row in use.results("m.db")], "the cache is part of the runs' names")
