"""Databases whose names have dots, side by side in one folder.

Sources: lhotse-speech/lhotse PR 1192, equinor/xtgeo 592, Flexget/Flexget PR 4439: replacing the
last suffix of a name with dots.
Expected: night.1 and night.2 have a folder of jobs each; results.db keeps results.runs; two names
that share a folder (results.db, results.sqlite) cannot be run at once.
"""
import fcntl
import subprocess

from use_testing import SAELAW, SYNTHETIC_SWEEP


def case(use):
    use.write("s.yaml", SYNTHETIC_SWEEP)
    pair = [subprocess.Popen([SAELAW, "run", "s.yaml", "--threads", "1", "--db", name], cwd=use.folder,
                             env=use.environment, stdin=subprocess.DEVNULL, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for name in ("night.1", "night.2")]
    for run in pair:
        text = run.communicate(timeout=600)[0]
        use.expect(run.returncode == 0, f"{run.args[-1]}: exit code {run.returncode}: {text}")
    for name in ("night.1", "night.2"):
        use.expect((use.folder / f"{name}.runs/jobs").is_dir(), f"no folder {name}.runs/jobs")
        use.expect(len(use.results(name)) == 3, f"{name} has not all its results")
    use.expect(not (use.folder / "night.runs").exists(), "there is a folder night.runs")

    for name, folder in {"results.db": "results", "2026-03-01": "2026-03-01", "a.db.old": "a.db.old"}.items():
        use.expect_outcome(use.saelaw("run", "s.yaml", "--db", name), 0)
        use.expect((use.folder / f"{folder}.runs/jobs").is_dir(), f"{name}: no {folder}.runs/jobs")

    # As long as one planner is at work there, no other may be; a lock stands for its planner.
    with open(use.folder / "results.runs/planner.lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = use.saelaw("run", "s.yaml", "--db", "results.sqlite")
        use.expect_outcome(outcome, 1, r"results\.runs is the folder of jobs of another database "
                           r"too, which saelaw \(pid \d+, results\.db\) is running on: give --db")
    use.expect_outcome(use.saelaw("run", "s.yaml", "--db", "results.sqlite"), 0)
