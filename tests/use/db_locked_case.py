"""Another program holds a write to the database open: a notebook, a viewer.

Sources: optuna/optuna-dashboard 545 (a viewer's lock ends the study), optuna/optuna 820 and 4994.
Expected: a sweep waits for minutes, says once what it waits for, and goes on; its trainers work
meanwhile; Ctrl-C ends the waiting; those who only read are not in the way and not held up.
"""
import contextlib
import signal
import sqlite3

from use_testing import SYNTHETIC_SWEEP

LONG = SYNTHETIC_SWEEP.replace("[32Ki, 64Ki, 128Ki]", "[256Ki, 512Ki, 1Mi]").replace(
    "tokens: 2Mi", "tokens: 64Mi")
TRAINING = "select 1 from attempts a join jobs j on j.id = a.job_id where j.kind = 'train'"
WAITS = "is locked by another program"


@contextlib.contextmanager
def lock(use, database):
    with contextlib.closing(sqlite3.connect(use.folder / database, isolation_level=None,
                                            timeout=60)) as db:
        db.execute("begin immediate")
        yield
        db.execute("rollback")


def case(use):
    use.write("night.yaml", LONG)
    night = use.start("run", "night.yaml", "--db", "l.db", log="l.log")
    use.wait_until(lambda: use.rows("l.db", TRAINING), "the night trains")
    with lock(use, "l.db"):
        use.wait_until(lambda: WAITS in use.read("l.log"), "the night says that it waits")
        use.expect(night.poll() is None, "the night has ended: " + use.read("l.log"))
        use.expect_outcome(use.saelaw("status", "--db", "l.db"), 0, absent=WAITS)
        # Its trainer finishes the gang without the planner.
        results = lambda: list((use.folder / "l.runs/jobs").glob("*/attempts/*/result-*.json"))
        use.wait_until(lambda: len(results()) == 3, "trainers go on meanwhile")
        use.expect(len(use.results("l.db")) < 3, "the lock held nobody up")
    use.expect(night.wait(300) == 0, f"the night ended with {night.returncode}: {use.read('l.log')}")
    use.expect(use.read("l.log").count(WAITS) == 1, "said more than once: " + use.read("l.log"))
    use.expect(len(use.results("l.db")) == 3, "the night has not all its results")

    # Ctrl-C while it waits, in the midst and at the start.
    for name, database in (("midst", "c.db"), ("start", "l.db")):
        held = use.start("run", "night.yaml", "--db", database, log=name + ".log") \
            if name == "midst" else None
        if held:
            use.wait_until(lambda: use.rows("c.db", TRAINING), "the night to be interrupted trains")
        with lock(use, database):
            held = held or use.start("run", "night.yaml", "--db", database, log=name + ".log")
            use.wait_until(lambda: WAITS in use.read(name + ".log"), f"{name}: says that it waits")
            held.send_signal(signal.SIGINT)
            use.expect(held.wait(300) == 130, f"{name}: ended with {held.returncode}: "
                       + use.read(name + ".log"))
    use.expect_outcome(use.saelaw("run", "night.yaml", "--db", "c.db", timeout=600), 0)
