"""What the cases of use share: saelaw's executables, sweeps to run, and expectations that are counted.

A case is a file <name>_case.py with a docstring that names its sources and a function `case(use)`;
tests/use/run calls them all, each in an empty folder of its own.
"""
import contextlib
import os
import pathlib
import re
import select
import sqlite3
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAELAW = ROOT / "build/cpu/bin/saelaw"

# A sweep on a small language model of small_models.py; {changes} may replace or add lines.
MODEL_SWEEP = """\
name: m
activations:
  source: model
  model: {model}
  text: "{text}"
  layer: 1
  context_tokens: 64
  held_out_tokens: 512
  normalisation_tokens: 1Ki
  mixing_tokens: 1Ki
  spliced_contexts: {spliced}
{activations}
sae: {{d_sae: 64}}
training: {{batch_tokens: 64, lr: 4e-3, threshold_lr: 1e-3, adam: {{beta2: 0.99}}, lr_warmup: 20%}}
study: {{loss_law: {{tokens: [1Ki, 2Ki]}}, lr_law: none, hold_out: none}}
target: {{tokens: 64Ki}}
execution: {{dense_above: 0.05, vector_cache: 0}}
"""

# A sweep on the synthetic source that takes about a second.
SYNTHETIC_SWEEP = """\
name: base
activations:
  source: synthetic
  synthetic: {d_in: 32, dictionary_size: 96, active_latents: 3}
  held_out_tokens: 4Ki
  normalisation_tokens: 16Ki
sae:
  d_sae: 64
  threshold: {init: 0.1}
  bandwidth: 0.1
training:
  batch_tokens: 128
  lr: 8e-3
  threshold_lr: 1e-3
  adam: {beta2: 0.99}
  sparsity: {coefficient: 5e-3}
  precision: fp32
study:
  loss_law:
    tokens: [32Ki, 64Ki, 128Ki]
  lr_law: none
  hold_out: none
target:
  tokens: 2Mi
execution:
  dense_above: 0.05
"""


class Outcome:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def text(self):
        return self.out + self.err


class Use:
    """One case: runs saelaw in the case's folder and counts what is not as expected."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.failures = []
        # One thread: threads that wait for each other suffer from a busy neighbour, and small runs
        # gain nothing by a second one.
        self.environment = {**os.environ, "SAELAW_CACHE": str(self.folder / "cache"),
                            "SAELAW_THREADS": "1"}

    def saelaw(self, *arguments, timeout=120, environment=None):
        done = subprocess.run([SAELAW, *map(str, arguments)], cwd=self.folder, timeout=timeout,
                              env=environment or self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True)
        return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"),
                       done.stderr.decode("utf-8", "replace"))

    def start(self, *arguments, log, environment=None, **options):
        """saelaw in the background, with all that it says in the file `log`; a Popen."""
        with open(self.folder / log, "ab") as file:
            return subprocess.Popen([SAELAW, *map(str, arguments)], cwd=self.folder, stdout=file,
                                    stderr=file, stdin=subprocess.DEVNULL,
                                    env=environment or self.environment, **options)

    def read(self, name):
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_until(self, holds, what, seconds=300):
        """Looks until `holds()`; False, and a failure, when it does not come true in time."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                self.failures.append(f"waited {seconds} s in vain: {what}")
                return False
            select.select([], [], [], 0.05)
        return True

    def rows(self, database, query):
        """What a query finds; nothing where the database is not there yet."""
        try:
            with contextlib.closing(sqlite3.connect(
                    f"file:{self.folder / database}?mode=ro", uri=True, timeout=30)) as db:
                return db.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def model_sweep(self, name, model, text="text", spliced=4, activations=""):
        return self.write(name, MODEL_SWEEP.format(model=model, text=text, spliced=spliced,
                                                   activations=activations))

    def results(self, database):
        """The JSON of every accepted result, in the order of the runs' tokens."""
        with sqlite3.connect(self.folder / database) as db:
            import json
            rows = [json.loads(row[0]) for row in db.execute("select result from results")]
        return sorted(rows, key=lambda row: row["tokens"])

    def expect(self, holds, what):
        if not holds:
            self.failures.append(what)

    def expect_outcome(self, outcome, code, pattern="", absent=""):
        """The exit code, a pattern that stdout or stderr has, and one that neither has."""
        shown = outcome.text[-1500:]
        self.expect(outcome.code == code, f"exit code {outcome.code}, not {code}:\n{shown}")
        if pattern:
            self.expect(re.search(pattern, outcome.text), f"no /{pattern}/ in:\n{shown}")
        if absent:
            self.expect(not re.search(absent, outcome.text), f"/{absent}/ in:\n{shown}")

    def expect_gate(self, sweep, code, pattern="", database="gate.db"):
        """`validate` and `run` end alike: the same exit code, and the reason in both."""
        for command in (["validate", sweep], ["run", sweep, "--db", database]):
            self.expect_outcome(self.saelaw(*command), code, pattern)
