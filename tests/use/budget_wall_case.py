"""budget.wall over several calls.

Sources: ray-project/ray 21038 and PR 24217 (the rest of the time budget is saved with the
experiment), run-llama/llama-agents PR 726, hydra-ecosystem/hydra PR 2647.
Expected: it is a limit of the whole sweep: what earlier calls used counts, also of one that was
killed; the end names the budget, its value, what was used and what more would buy, with exit code
75; a larger one goes on; a huge one is no limit.
"""
import signal

from use_testing import SYNTHETIC_SWEEP

LONG = SYNTHETIC_SWEEP.replace("[32Ki, 64Ki, 128Ki]", "[8Mi, 16Mi, 64Mi]").replace(
    "tokens: 2Mi", "tokens: 1Gi")
SPENT = (r"its budget is spent: budget\.wall is {}, of which [0-9.]+ s are used; \d runs? of this "
         r"round (is|are) left, for at most about .*; with a larger budget\.wall, the same command "
         r"continues")
TRAINING = "select 1 from attempts a join jobs j on j.id = a.job_id where j.kind = 'train'"


def used(use, database):
    rows = use.rows(database, "select seconds from wall_times")
    return rows[0][0] if rows else 0


def with_budget(text, budget):
    return text.replace("execution:", f"budget: {{{budget}}}\nexecution:")


def case(use):
    use.write("budget.yaml", with_budget(LONG, "wall: 6s"))
    # A call that is killed has left what it used, but for a few seconds.
    killed = use.start("run", "budget.yaml", "--db", "b.db", log="killed.log")
    use.wait_until(lambda: used(use, "b.db") > 1, "what is used is kept while the sweep runs")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = used(use, "b.db")
    first = use.saelaw("run", "budget.yaml", "--db", "b.db")
    use.expect_outcome(first, 75, SPENT.format("6 s"))
    after = used(use, "b.db")
    use.expect(1 < before < after, f"{before} s before the second call, {after} s after it")
    use.expect(after >= 6, f"ended with {after} s of 6 s")
    # Nothing is left for a further one: no trainer starts.
    attempts = use.rows("b.db", "select count(*) from attempts")
    use.expect_outcome(use.saelaw("run", "budget.yaml", "--db", "b.db"), 75, SPENT.format("6 s"))
    use.expect(use.rows("b.db", "select count(*) from attempts") == attempts, "a trainer started")
    use.expect(used(use, "b.db") - after < 3, "a call without a trainer used the clock")

    # The sweep's own size, with more than it needs: it is finished, whatever was used before.
    small = SYNTHETIC_SWEEP
    use.write("small.yaml", with_budget(small, "wall: 0.001s"))
    use.expect_outcome(use.saelaw("run", "small.yaml", "--db", "s.db"), 75, SPENT.format(r"0\.001 s"))
    use.write("small.yaml", with_budget(small, "wall: 1h30m"))
    use.expect_outcome(use.saelaw("run", "small.yaml", "--db", "s.db"), 0)
    use.write("small.yaml", with_budget(small, "wall: 0.001s"))
    use.expect_outcome(use.saelaw("run", "small.yaml", "--db", "s.db"), 0)  # nothing is left to run
    for i, huge in enumerate(("1e10", "1e300s", "300000d")):
        use.write("huge.yaml", with_budget(small, f"wall: {huge}"))
        use.expect_outcome(use.saelaw("run", "huge.yaml", "--db", f"h{i}.db"), 0)
    # The other budgets say as much.
    use.write("runs.yaml", with_budget(small, "runs: 2, flops: 1e18"))
    use.expect_outcome(use.saelaw("run", "runs.yaml", "--db", "r.db"), 75,
                       r"budget\.runs of 2 \(2 are there\), or budget\.flops of 1e\+18 \([0-9.e+]+ "
                       r"are used\) leaves out 1 of 1 runs of this round")
