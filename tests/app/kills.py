"""kill -9 at moments given by what has been written, not by a clock: see kills.sh."""
import glob
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import time

saelaw, sweep, moments = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(20261123)
# Of four moments two come after a training trainer has written a checkpoint since it was started, one
# at a random time, and one as soon as another result lies there, which the planner is about to accept.
KINDS = ("checkpoint", "random", "checkpoint", "accepting")
VICTIMS = ("saelaw", "trainer", "both")
EVERY = 32 * 128  # tokens between two checkpoints: 32 steps

often = pathlib.Path("often.yaml")
text = open(sweep).read()
assert text.count("\nexecution:\n") == 1
often.write_text(text.replace("\nexecution:\n", f"\nexecution:\n  checkpoint_tokens: {EVERY}\n"))


def run(db, wait=True, of=often):
    log = open(db + ".log", "ab")
    process = subprocess.Popen([saelaw, "run", of, "--db", db], stdout=log, stderr=log)
    return process.wait() if wait else process


def trainers(pid):
    """The trainers that a saelaw has running: process, job's folder, attempt's id."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = open(path).read().rsplit(")", 1)[1].split()
            if int(fields[1]) != pid or fields[0] == "Z":
                continue
            arguments = open(os.path.dirname(path) + "/cmdline").read().split("\0")
        except OSError:
            continue
        if len(arguments) > 3 and arguments[1].endswith("/job.json"):
            found.append((int(path.split("/")[2]), os.path.dirname(arguments[1]), arguments[3]))
    return found


def trains(folder):
    return json.load(open(folder + "/job.json"))["kind"] == "train"


def has_checkpoint(folder, attempt_id):
    return bool(glob.glob(f"{folder}/attempts/{attempt_id}-*/checkpoint-*.safetensors"))


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


def check(db):
    """The database holds what the undisturbed one holds, and no checkpoint is left."""
    assert results(db) == expected, f"{db}: results differ from the undisturbed sweep's"
    a, b = advice("undisturbed.db"), advice(db)
    for key in ("lr", "loss_predicted", "loss_interval", "exponents", "holdout"):
        assert a[key] == b[key], (key, a[key], b[key])
    left = glob.glob(db.replace(".db", ".runs/jobs/*/attempts/*/checkpoint-*"))
    assert not left, left


def wait_for(kind, process, db):
    """Until the moment has come: what trains then, or nothing when the sweep is complete."""
    count = lambda: len(glob.glob(db.replace(".db", ".runs/jobs/*/attempts/*/result-*.json")))
    before, until = count(), time.time() + whole * random.uniform(0.02, 0.15)
    while process.poll() is None:
        running = trainers(process.pid)
        training = [entry for entry in running if trains(entry[1])]
        if (kind == "checkpoint" and any(has_checkpoint(*entry[1:]) for entry in training)) or \
                (kind == "accepting" and count() > before) or (kind == "random" and time.time() > until):
            return running, training
        time.sleep(0.002)
    assert process.returncode == 0, open(db + ".log").read()
    return None


start = time.time()
assert run("undisturbed.db", of=sweep) == 0, open("undisturbed.db.log").read()
whole = time.time() - start
expected = results("undisturbed.db")
print(f"undisturbed, without a checkpoint: {len(expected)} runs in {whole:.1f} s")

databases, process, moment = ["killed-0.db"], None, 0
hits = dict.fromkeys(KINDS, 0)
inside = 0  # moments at which a train job was training
cut = []    # jobs that were killed after a checkpoint, each with that attempt's id
while moment < moments:
    if process is None or process.poll() is not None:
        process = run(databases[-1], wait=False)
    kind, victim = KINDS[moment % len(KINDS)], VICTIMS[moment % len(VICTIMS)]
    at = wait_for(kind, process, databases[-1])
    if at is None:  # complete: the other moments come in another database
        check(databases[-1])
        databases.append(f"killed-{len(databases)}.db")
        continue
    running, training = at
    if victim in ("trainer", "both"):
        for pid, folder, attempt_id in running:
            kill(pid)
    if victim in ("saelaw", "both"):
        kill(process.pid)
        process.wait()
    cut += [entry[1:] for entry in training if has_checkpoint(*entry[1:])]
    hits[kind] += 1
    inside += bool(training)
    moment += 1
if process.poll() is None:  # the last victim was a trainer: its planner goes on
    kill(process.pid)
    process.wait()
assert run(databases[-1]) == 0, open(databases[-1] + ".log").read()
check(databases[-1])
print(f"killed {moment} times in {len(databases)} sweeps: {hits}, {inside} of them inside training")
assert sum(hits.values()) == moments and inside >= hits["checkpoint"] == (moments + 1) // 2

continued = 0
for folder, attempt_id in cut:
    number = lambda log: int(os.path.basename(log)[len("stderr-"):].split("_")[0])
    later = sorted((number(log), log) for log in glob.glob(folder + "/stderr-*.log")
                   if number(log) > int(attempt_id.split("_")[0]))
    if later:  # else it had finished after all
        # The next one may have been killed before it had read anything.
        assert any("goes on from a checkpoint" in open(log).read() for _, log in later), later
        continued += 1
print(f"{continued} of {len(cut)} attempts that were killed after a checkpoint went on from one")
assert continued >= moments // 4
print(f"{len(expected)} runs in each database, each counted once, bit-equal; the same fit")
