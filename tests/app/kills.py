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
done = False
for moment in range(moments):
    victim = ("saelaw", "trainer", "both")[moment % 3]
    process = run("killed.db", wait=False)
    # The moment: after so much of the rest of the sweep; every third one as soon as a result file
    # lies there that the database does not yet hold.
    deadline = time.time() + whole * random.uniform(0.05, 0.35)
    accepting = moment % 3 == 2
    seen = set(glob.glob("killed.runs/jobs/*/attempts/*/result-*.json"))
    while time.time() < deadline and process.poll() is None:
        if accepting and set(glob.glob("killed.runs/jobs/*/attempts/*/result-*.json")) - seen:
            break
        time.sleep(0.002)
    if process.poll() is not None:
        assert process.returncode == 0, open("killed.db.log").read()
        done = True
        break
    trainers = children(process.pid)
    hits["accepting" if accepting else "training" if trainers else "elsewhere"] += 1
    if victim in ("trainer", "both"):
        for pid in trainers:
            kill(pid)
    if victim in ("saelaw", "both"):
        kill(process.pid)
        process.wait()
    else:
        # The planner goes on by itself after a trainer's death; then it is ended for the next moment.
        kill(process.pid) if random.random() < 0.5 else None
        process.wait()
print("killed", hits, "; finished early" if done else "")

assert run("killed.db") == 0, open("killed.db.log").read()
got = results("killed.db")
assert got == expected, "results differ from the undisturbed sweep's"
a, b = advice("undisturbed.db"), advice("killed.db")
for key in ("lr", "loss_predicted", "loss_interval", "exponents", "holdout"):
    assert a[key] == b[key], (key, a[key], b[key])
print(f"{len(got)} runs, each counted once, bit-equal; the same fit")
