"""Output that cannot be written: a full disk, a closed stream, a reader that has gone.

Sources: sharkdp/fd 737, uutils/coreutils 9782, merces/hdump 5, torognes/vsearch 243.
Expected: what prints data ends with 74 and one line where stdout is full or closed, however short
the output; a reader that has gone is no mistake; what cannot be said on stderr is dropped and
changes no exit code.
"""
import os
import signal
import subprocess

from use_testing import SAELAW, SYNTHETIC_SWEEP

REFERENCE = """\
tokens,loss
16384,0.53438
32768,0.46573
65536,0.41719
131072,0.38286
262144,0.35859
524288,0.34143
"""


def shell(use, command, **options):
    """bash, with $SAELAW; its exit code and what stands on its stderr."""
    done = subprocess.run(["bash", "-c", command], cwd=use.folder, timeout=120,
                          env={**use.environment, "SAELAW": str(SAELAW)}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, **options)
    return done.returncode, done.stdout, done.stderr


def expect_shell(use, command, code, error=None, **options):
    got, out, err = shell(use, command, **options)
    use.expect(got == code, f"{command}: exit code {got}, not {code}: {out}{err}")
    if error is not None:
        use.expect(err == error, f"{command}: stderr is {err!r}, not {error!r}")


def case(use):
    use.write("base.yaml", SYNTHETIC_SWEEP)
    use.write("ref.csv", REFERENCE)
    use.write("bad.yaml", "nmae: x\n")
    use.expect_outcome(use.saelaw("run", "base.yaml", "--db", "s.db"), 0)
    printing = ["$SAELAW status --db s.db", "$SAELAW status --db s.db --json",
                "$SAELAW fit --csv ref.csv --law data --bootstrap 0",
                "$SAELAW plan base.yaml", "$SAELAW plan base.yaml --json",
                "$SAELAW recommend base.yaml --db s.db",
                "$SAELAW report base.yaml --db s.db --json", "$SAELAW validate base.yaml --effective",
                "$SAELAW init", "$SAELAW init --schema", "$SAELAW --help", "$SAELAW run --help",
                "$SAELAW --version"]
    for command in printing:
        full, closed = shell(use, command + " > /dev/full"), shell(use, command + " >&-")
        for (code, _, err), reason in ((full, "No space left on device"),
                                       (closed, "Bad file descriptor")):
            use.expect(code == 74, f"{command}: exit code {code}, not 74 ({reason})")
            lines = [line for line in err.splitlines() if "cannot write" in line]
            use.expect(lines == [f"saelaw: cannot write to stdout: {reason}"],
                       f"{command}: {reason}: {err!r}")
    for command in (printing[0], "$SAELAW init"):
        expect_shell(use, f"{command} > /dev/full 2> /dev/full", 74)
        expect_shell(use, f"{command} >&- 2>&-", 74)
        expect_shell(use, f"{command} 2>&-", 0, "")
    # Messages alone: nothing is printed that could be lost.
    for end in ("> /dev/full", ">&-", "2> /dev/full", "2>&-", "0<&- >&- 2>&-"):
        expect_shell(use, f"$SAELAW validate base.yaml {end}", 0)
        expect_shell(use, f"$SAELAW validate bad.yaml {end}", 78)
        expect_shell(use, f"$SAELAW status --db none.db {end}", 78)
        expect_shell(use, f"$SAELAW nonsense {end}", 64)
    # A whole sweep whose messages go nowhere; no file has taken the number of a closed stream.
    for i, end in enumerate(("2> /dev/full", "0<&- >&- 2>&-")):
        expect_shell(use, f"$SAELAW run base.yaml --db q{i}.db {end}", 0)
        use.expect(len(use.results(f"q{i}.db")) == len(use.results("s.db")), f"results of {end}")
    # A reader that has gone, where SIGPIPE ends the writer and where it is ignored.
    quiet = "set -o pipefail; $SAELAW init | true"
    got, _, err = shell(use, quiet)
    use.expect(got in (0, 141) and err == "", f"{quiet}: {got}, {err!r}")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([SAELAW, "init"], stdout=writer, stderr=subprocess.PIPE, timeout=60,
                          preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN),
                          restore_signals=False)
    os.close(writer)
    use.expect((done.returncode, done.stderr) == (141, b""), f"SIGPIPE ignored: {done}")
