"""A disk that is full while a real trainer, or the ledger, writes: 74 and one clear line, nothing that
was measured is lost, and the same command goes on once there is room. The limit on the size of a
file (RLIMIT_FSIZE) stands for the disk: writes fail as they do there.

  tests/app/full_disk.py [SAELAW]
"""
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAELAW = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/cpu/bin/saelaw"
SWEEP = ROOT / "experiments/synthetic.yaml"


# A trainer whose files may have so many KiB.
NARROW_TRAINER = """#!/usr/bin/env bash
trap '' XFSZ
ulimit -f {}
exec {} "$@"
"""


def run(folder, limit=None, trainer=None):
    def narrow():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    environment = dict(os.environ)
    if trainer:
        environment["SAELAW_TRAINER"] = str(trainer)
    return subprocess.run([SAELAW, "run", SWEEP, "--db", "t.db"], cwd=folder, text=True, capture_output=True,
                          env=environment, preexec_fn=narrow if limit else None)


def losses(folder):
    if not (folder / "t.db").exists():
        return {}
    base = sqlite3.connect(f"file:{folder / 't.db'}?mode=ro", uri=True)
    if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'results'").fetchone():
        return {}  # not even the tables found room
    rows = base.execute("SELECT run_id, result FROM results").fetchall()
    return {run_id: json.loads(text)["final"]["loss"] for run_id, text in rows}


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    undisturbed = folder / "undisturbed"
    undisturbed.mkdir()
    ended = run(undisturbed)
    assert ended.returncode == 0, ended.stderr
    expected = losses(undisturbed)
    disturbed = folder / "disturbed"
    disturbed.mkdir()
    trainer = folder / "trainer"
    trainer.write_text(NARROW_TRAINER.format(100, pathlib.Path(SAELAW).parent / "saelaw-trainer"))
    trainer.chmod(0o755)
    known = 0
    # The ledger finds no room; then no trainer finds any for the 133 KB of its weights; then the
    # ledger again, with what was known before.
    for what, options in (("ledger", {"limit": 100_000}), ("trainer", {"trainer": trainer}), ("ledger", {"limit": 200_000})):
        ended = run(disturbed, **options)
        said = ended.stderr.strip().splitlines()
        assert ended.returncode == 74, (what, ended.returncode, ended.stderr[-2000:])
        assert any("File too large" in line or "disk" in line for line in said), said[-5:]
        now = losses(disturbed)
        assert len(now) >= known, "results were lost"
        print(f"no room for the {what}: exit 74, {len(now)} runs known; {said[-1][:150]}")
        known = len(now)
    ended = run(disturbed)
    assert ended.returncode == 0, ended.stderr
    assert losses(disturbed) == expected, "other losses than without a full disk"
    print(f"{len(expected)} runs, the same as undisturbed")
