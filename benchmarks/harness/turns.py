"""Sides measured in turn: each is a process that works only while it is its turn.

Interleaved, the machine's moods (a neighbour, a warm processor) meet all sides alike.
"""

import json
import os
import statistics
import subprocess
import tempfile

# Every side runs in this environment; passive waiting, so that an idle side's threads do not spin.
ENVIRONMENT = {
    "OMP_WAIT_POLICY": "passive",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "WANDB_MODE": "disabled",
    "TOKENIZERS_PARALLELISM": "false",
}


class Side:
    """`command` answers every line on its input with a number of seconds or a JSON object that has
    them. `work` is what one turn does (tokens, FLOP), `notes` goes into the record."""

    def __init__(self, name, command, work, **notes):
        self.name, self.command, self.work, self.notes = name, command, work, notes
        self.process, self.answers, self.error = None, [], None

    def start(self, threads):
        environment = dict(os.environ, **ENVIRONMENT)
        environment["OMP_NUM_THREADS"] = environment["MKL_NUM_THREADS"] = str(threads)
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            text=True, env=environment)

    def turn(self):
        """One turn's answer, or None when this side has failed."""
        if self.error:
            return None
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.fail()
            return None
        answer = json.loads(line)
        return answer if isinstance(answer, dict) else {"seconds": answer}

    def fail(self):
        code = self.process.wait()
        self.log.seek(0)
        lines = [line.strip() for line in self.log if line.strip()]
        self.error = f"exit code {code}: {lines[-1] if lines else 'no message'}"

    def stop(self):
        """Its input ends; a side that has failed may hold a line that it never read."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        self.log.close()

    def record(self):
        """What the results file says of this side."""
        if self.error:
            return {**self.notes, "error": self.error}
        seconds = [answer["seconds"] for answer in self.answers]
        found = {**self.notes, "work_per_turn": self.work, "seconds": seconds,
                 "median_seconds": statistics.median(seconds),
                 "per_second": self.work / statistics.median(seconds)}
        if "l0" in self.answers[-1]:
            found["l0"] = self.answers[-1]["l0"]
        if "peak_bytes" in self.answers[-1]:
            found["peak_bytes_of_turns"] = [answer["peak_bytes"] for answer in self.answers]
            found["peak_bytes"] = statistics.median(found["peak_bytes_of_turns"])
        if "idle_bytes" in self.answers[-1]:
            found["idle_bytes"] = statistics.median(answer["idle_bytes"] for answer in self.answers)
        return found


def measure(sides, rounds, threads, say, warm_up=True):
    """Starts all sides, gives each a turn that is not counted (unless nothing is to be warmed up),
    then `rounds` rounds of turns. Returns {name: record}."""
    for side in sides:
        side.start(threads)
    try:
        for side in sides if warm_up else ():
            side.turn()
        for round_ in range(rounds):
            say(f"round {round_ + 1} of {rounds}")
            for side in sides:
                answer = side.turn()
                if answer:
                    side.answers.append(answer)
        return {side.name: side.record() for side in sides}
    finally:
        for side in sides:
            side.stop()
