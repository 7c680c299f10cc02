"""kill -9 at moments given by progress, not by a clock: see kills.sh."""
import glob
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

saelaw, sweep, moments = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(20261123)


def run(db, wait=True):
    log = open(db + ".log", "ab")
    process = subprocess.Popen([saelaw, "run", sweep, "--db", db], stdout=log, stderr=log)
    return process.wait() if wait else process


def children(pid):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = open(path).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.split("/")[2]))
    return found


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def results(db):
    base = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    rows = base.execute("SELECT run_id, result FROM results").fetchall()
    losses = {}
    for run_id, text in rows:
        assert run_id not in losses, f"run {run_id} is counted twice"
        result = json.loads(text)
        losses[run_id] = (result["final"]["loss"], result["final"]["l0"], result["train_loss"])
    return losses


def advice(db):
    text = subprocess.run([saelaw, "recommend", sweep, "--db", db, "--json", "-n"], check=True,
                          capture_output=True, text=True).stdout
    return json.loads(text)


start = time.time()
assert run("undisturbed.db") == 0, open("undisturbed.db.log").read()
whole = time.time() - start
expected = results("undisturbed.db")
print(f"undisturbed: {len(expected)} runs in {whole:.1f} s")

hits = {"training": 0, "accepting": 0, "elsewhere": 0}
RESULTS = "killed.runs/jobs/*/attempts/*/result-*.json"
process = None
for moment in range(moments):
    victim = ("saelaw", "trainer", "both")[moment % 3]
    if process is None or process.poll() is not None:
        process = run("killed.db", wait=False)
    # Every fourth moment comes as soon as a trainer has written another result, which the planner is
    # then about to accept; the others after a random share of the sweep's time.
    accepting = moment % 4 == 3
    before = len(glob.glob(RESULTS))
    deadline = time.time() + (whole if accepting else whole * random.uniform(0.02, 0.15))
    while time.time() < deadline and process.poll() is None:
        if accepting and len(glob.glob(RESULTS)) > before:
            break
        time.sleep(0.002)
    if process.poll() is not None:
        assert process.returncode == 0, open("killed.db.log").read()
        break
    trainers = children(process.pid)
    hits["accepting" if accepting else "training" if trainers else "elsewhere"] += 1
    if victim in ("trainer", "both"):
        for pid in trainers:
            kill(pid)
    if victim in ("saelaw", "both"):
        kill(process.pid)
        process.wait()
if process.poll() is None:  # the last victim was a trainer: its planner goes on
    kill(process.pid)
    process.wait()
print("killed", hits)
assert hits["training"] >= min(3, moments // 2) and hits["accepting"] >= 1, "too few moments were hit"

assert run("killed.db") == 0, open("killed.db.log").read()
got = results("killed.db")
assert got == expected, "results differ from the undisturbed sweep's"
a, b = advice("undisturbed.db"), advice("killed.db")
for key in ("lr", "loss_predicted", "loss_interval", "exponents", "holdout"):
    assert a[key] == b[key], (key, a[key], b[key])
print(f"{len(got)} runs, each counted once, bit-equal; the same fit")
