"""A sweep of which no run survives says so and what to change, and is no success.

Sources: decoderesearch/SAELens 494 and PR 718 (the coefficient does nothing, then everything). `run`
ended with 0 and "complete"; `recommend` spoke of a target that is inf times the largest run.
"""
import json

import use_testing


def case(use):
    sweep = use_testing.SYNTHETIC_SWEEP
    for old, new in (("sparsity: {coefficient: 5e-3}", "sparsity: {coefficient: 2e-1}"),
                     ("threshold: {init: 0.1}", "threshold: {parametrisation: log, init: 0.001}"),
                     ("bandwidth: 0.1", "bandwidth: 0.001"),
                     ("  threshold_lr: 1e-3\n", ""), ("lr: 8e-3", "lr: 3e-3"),
                     ("[32Ki, 64Ki, 128Ki]", "[64Ki, 128Ki, 256Ki]")):
        assert old in sweep, old
        sweep = sweep.replace(old, new)
    use.write("failed.yaml", sweep)
    for _ in range(2):  # the second time nothing is left to train, and the verdict is the same
        ran = use.saelaw("run", "failed.yaml", "--db", "f.db")
        use.expect_outcome(ran, 1, r"no run survived: 3 collapsed .* Try .*coefficient",
                           absent="Recommended by sweep")
    advice = use.saelaw("recommend", "failed.yaml", "--db", "f.db", "-n")
    use.expect_outcome(advice, 1, "no run survived", absent=r"\binf\b")
    first = advice.out.split("!")[1]
    use.expect("no run survived" in first, f"first warning: {first}")
    read = json.loads(use.saelaw("recommend", "failed.yaml", "--db", "f.db", "-n", "--json").out)
    use.expect("no run survived" in read["warnings"][0], f"{read['warnings'][:2]}")
