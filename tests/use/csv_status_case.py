"""How runs ended, in the words of trackers and schedulers.

Sources: karpathy/nanochat docs/wandb_overall.csv and Open-Athena/MarinFold 31 (W&B: State finished,
crashed, failed, killed), Optuna's trials_dataframe (COMPLETE, PRUNED, FAIL), Ray Tune (TERMINATED,
ERROR), Slurm (COMPLETED, FAILED, NODE_FAIL), MLflow (FINISHED, KILLED), wandb/wandb 6474.

A finished run with a loss is a point, one with NaN a divergence; machine trouble is neither, nor is a
run that did not end; words that are not known are listed with those that are; counts agree.
"""
import json

SIZES = (1e6, 2e6, 4e6, 8e6)


def rows(words):
    """Seven rates a size around the best, 6e-3·(D/1e6)^-.25, the two largest unstable: (tokens, lr,
    loss, kind, word). One stable run a size is lost by the machine, at another rate each time."""
    for i, tokens in enumerate(SIZES):
        for step in range(-3, 4):
            lr = 6e-3 * (tokens / 1e6) ** -0.25 * 2.0 ** step
            loss = (0.1 + 0.7 * tokens ** -0.1) * (1 + 0.03 * step ** 2)
            kind = "unstable" if step > 1 else "lost" if step == i - 2 and i != 2 else "good"
            yield int(tokens), lr, loss, kind, words[kind]


def table(words, unstable_loss):
    text = "tokens,lr,loss,State\n"
    for tokens, lr, loss, kind, word in rows(words):
        shown = {"good": f"{loss:.5f}", "unstable": unstable_loss, "lost": ""}[kind]
        text += f"{tokens},{lr:.6g},{shown},{word}\n"
    return text


TRACKERS = {
    "wandb": ("finished", "crashed", "finished"),
    "wandb_failed": ("finished", "failed", "diverged"),
    "optuna": ("COMPLETE", "FAIL", "COMPLETE"),
    "ray": ("TERMINATED", "ERROR", "TERMINATED"),
    "slurm": ("COMPLETED", "NODE_FAIL", "COMPLETED"),
    "slurm_time": ("COMPLETED", "CANCELLED by 1000", "COMPLETED"),
    "mlflow": ("FINISHED", "KILLED", "FINISHED"),
    "own": ("done", "out-of-memory", "diverged"),
    "running": ("finished", "running", "nan"),
}


def fit(use, name, law):
    done = use.saelaw("fit", "--csv", name, "--law", law, "--json", "--columns",
                      "tokens=tokens,lr=lr,loss=loss,status=State")
    use.expect(done.code == 0, f"{name} {law}: exit code {done.code}: {done.text[-300:]}")
    return json.loads(done.out) if done.code == 0 else None


def case(use):
    for name, (good, lost, unstable) in TRACKERS.items():
        words = {"good": good, "lost": lost, "unstable": unstable}
        use.write(f"{name}.csv", table(words, "NaN" if unstable == good else ""))
        edge = fit(use, f"{name}.csv", "lr-edge")
        if edge:
            exponent = edge["params"]["exponent"]
            use.expect(abs(exponent + 0.25) < 0.06, f"{name}: exponent of the edge {exponent}")
            for bracket in edge["brackets"]:
                ratio = bracket["first_failure"] / bracket["last_survivor"]
                use.expect(1.9 < ratio < 4.1, f"{name}: bracket {bracket}")
            lost_rows = [d for d in edge["dropped"] if lost in d["reason"]]
            use.expect(len(lost_rows) == 3, f"{name}: {edge['dropped']}")
            use.expect(len(edge["dropped"]) == 11, f"{name}: {edge['dropped']}")
    best = fit(use, "wandb.csv", "lr")
    if best:
        use.expect(abs(best["params"]["exponent"] + 0.25) < 0.03, best["params"])
    use.expect_outcome(use.saelaw("fit", "--csv", "wandb.csv", "--ignore", "lr"), 0,
                       r"column 'State' says of 3 rows that they are no finished runs")
    words = {"good": "finished", "lost": "lost it", "unstable": "boom"}
    use.write("unknown.csv", table(words, ""))
    done = use.saelaw("fit", "--csv", "unknown.csv", "--columns", "tokens=tokens,loss=loss,status=State")
    use.expect_outcome(done, 78, r"status 'lost it' \(3 rows\), 'boom' \(8 rows\) are not known; "
                                 r"known words: finished: done, .*crashed.*pruned")
    use.expect(len(done.text) < 1200, done.text)
    use.write("none.csv", table({"good": "killed", "lost": "killed", "unstable": "killed"}, ""))
    for law, pattern in (("data", r"got 0 \(28 dropped\)"), ("lr", r"\(28 of 28 rows dropped\)"),
                         ("lr-edge", r"\(28 of 28 rows dropped\)")):
        done = use.saelaw("fit", "--csv", "none.csv", "--law", law, "--columns",
                          "tokens=tokens,lr=lr,loss=loss,status=State")
        use.expect_outcome(done, 1, pattern)
        use.expect_outcome(done, 1, "28 of 28 rows")
    use.expect_outcome(use.saelaw("fit", "--help"), 0, r"finished: done(.|\n)*machine trouble: crashed")
