"""How `saelaw run` ends when it is asked to, with a script in the trainer's place: it says what it
waits for, leaves the trainer its time, takes a signal sent twice at once for one, forces at the
second Ctrl-C, and goes on when nobody reads what it says.

  tests/app/interrupts.py [SAELAW]
"""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True
from signals import listen_to_all  # noqa: E402

SAELAW = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/cpu/bin/saelaw"
listen_to_all()
PATIENCE = 30  # seconds until something that must happen has not

# Ready when it has written `began`; asked to end it writes `asked`, and ends with 75 at SIGUSR1.
TRAINER = """#!/usr/bin/env python3
import os, signal
signal.signal(signal.SIGTERM, lambda *_: open("asked", "w").write(str(os.getpid())))
signal.signal(signal.SIGUSR1, lambda *_: os._exit(75))
open("began", "w").close()
signal.alarm(120)
while True:
    signal.pause()
"""


def until(true, what):
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


class Run:
    """`saelaw run` in a folder of its own, once its trainer has begun."""

    def __init__(self, folder, stderr=None):
        self.folder = pathlib.Path(folder)
        trainer = self.folder / "trainer"
        trainer.write_text(TRAINER)
        trainer.chmod(0o755)
        environment = dict(os.environ, SAELAW_TRAINER=str(trainer), SAELAW_CACHE=str(self.folder / "cache"))
        with open(self.folder / "said", "wb") as said:
            self.process = subprocess.Popen(
                [SAELAW, "run", ROOT / "experiments/synthetic.yaml", "--db", "t.db"], cwd=folder,
                env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=stderr or said)
        until((self.folder / "began").exists, "the trainer begins")

    def said(self):
        return (self.folder / "said").read_text()

    def send(self, *signals):
        for number in signals:
            self.process.send_signal(number)

    def asked(self):
        asked = self.folder / "asked"
        until(lambda: asked.exists() and asked.read_text(), "the trainer is asked to end")
        assert self.process.poll() is None, "saelaw did not wait for its trainer"
        return int(asked.read_text())

    def let_trainer_end(self):
        os.kill(self.asked(), signal.SIGUSR1)

    def ends_with(self, code):
        got = self.process.wait(PATIENCE)
        assert got == code, f"ended with {got}, not {code}: {self.said()}"


@contextlib.contextmanager
def running(**options):
    with tempfile.TemporaryDirectory() as folder:
        run = Run(folder, **options)
        try:
            yield run
        finally:
            run.process.kill()
            run.process.wait()


def main():
    with running() as run:
        run.send(signal.SIGINT, signal.SIGINT)
        run.asked()
        until(lambda: "waiting for job" in run.said(), "it says for what it waits")
        run.let_trainer_end()
        run.ends_with(130)
        assert "(measure) to write its checkpoint; it is ended by force after 5" in run.said(), run.said()
        assert "ending at once" not in run.said(), run.said()
    print("a signal that comes twice at once is one wish, and the trainer has its time")

    with running() as run:
        run.send(signal.SIGINT)
        run.asked()
        time.sleep(1.1)  # a second wish is one that comes a second later
        run.send(signal.SIGINT)
        run.ends_with(130)
        assert "ended by force" in run.said(), run.said()
    print("the second Ctrl-C forces")

    with running() as run:
        run.send(signal.SIGTERM)
        run.let_trainer_end()
        run.ends_with(75)
    print("SIGTERM ends with 75")

    reader, writer = os.pipe()
    with running(stderr=writer) as run:
        os.close(writer)
        os.close(reader)  # nobody reads any more
        run.send(signal.SIGHUP)
        run.let_trainer_end()
        run.ends_with(75)
    print("a closed terminal takes no checkpoint from a trainer")


main()
