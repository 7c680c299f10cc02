"""A night started with nohup, and the terminal closed.

Sources: gem/oq-engine PR 4027, pcingola/BigDataScript 148, zai-org/ChatGLM2-6B 238,
science-learner/ScienceFlow PR 2: a handler for SIGHUP, set without looking, undoes nohup.
Expected: what was ignored at the start stays ignored, in saelaw and in its trainers; SIGTERM still
ends the sweep in good order.
"""
import os
import pty
import select
import signal

from use_testing import SAELAW, SYNTHETIC_SWEEP

NIGHT = SYNTHETIC_SWEEP.replace("[32Ki, 64Ki, 128Ki]", "[256Ki, 512Ki, 4Mi]").replace(
    "tokens: 2Mi", "tokens: 64Mi")
TRAINING = "select 1 from attempts a join jobs j on j.id = a.job_id where j.kind = 'train'"


class Terminal:
    """An interactive shell on a pseudo terminal of its own."""

    def __init__(self, use):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(use.folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], use.environment)

    def drain(self):
        while select.select([self.fd], [], [], 0)[0]:
            if not os.read(self.fd, 65536):
                return

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def planner_of(use, database):
    text = use.read(database + ".lock").strip()
    return int(text) if text else 0


def runs(pid):
    """Whether the process is there and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def closed_terminal(use):
    terminal = Terminal(use)
    os.write(terminal.fd, f"nohup {SAELAW} run night.yaml --db n.db > night.log 2>&1 &\n".encode())

    def training():
        terminal.drain()
        return bool(use.rows("n.db", TRAINING)) and bool(children(planner_of(use, "n.db")))

    began = use.wait_until(training, "nohup saelaw run trains")
    terminal.close()
    if not began:
        return
    planner = planner_of(use, "n.db")
    use.expect(runs(planner), "the planner has ended with its terminal: " + use.read("night.log"))
    # As `kill -HUP` would, to the planner and to each trainer.
    for pid in [planner, *children(planner)]:
        if runs(pid):
            os.kill(pid, signal.SIGHUP)
    use.wait_until(lambda: not runs(planner), "the night ends by itself", 600)
    log = use.read("night.log")
    use.expect("stopping" not in log and "complete" in log, f"night.log: {log}")
    use.expect(len(use.results("n.db")) == 3, "the night has not all its results")
    codes = use.rows("n.db", "select exit_code from attempts")
    use.expect(all(code == (0,) for code in codes), f"trainers ended with {codes}")


def background_of_a_script(use):
    """A shell without job control ignores SIGINT for what it runs in the background."""
    ignoring = use.start("run", "night.yaml", "--db", "i.db", log="i.log",
                         preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
                         restore_signals=False)
    if use.wait_until(lambda: use.rows("i.db", TRAINING), "a sweep that ignores SIGINT trains"):
        ignoring.send_signal(signal.SIGINT)
        ignoring.send_signal(signal.SIGTERM)
    use.expect(ignoring.wait(120) == 75, f"SIGINT ignored, SIGTERM: {ignoring.returncode}, not 75")
    use.expect(use.read("i.log").count("stopping:") == 1, "i.log: " + use.read("i.log"))


def case(use):
    use.write("night.yaml", NIGHT)
    closed_terminal(use)
    background_of_a_script(use)
    # Without nohup a closed terminal still ends a sweep in good order.
    plain = use.start("run", "night.yaml", "--db", "p.db", log="p.log")
    if use.wait_until(lambda: use.rows("p.db", TRAINING), "a sweep in the foreground trains"):
        plain.send_signal(signal.SIGHUP)
    use.expect(plain.wait(120) == 75, f"SIGHUP: {plain.returncode}, not 75")
