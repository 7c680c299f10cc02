"""What the benchmarks share: options, where things lie, results as JSON and as a table."""

import argparse
import json
import os
import pathlib
import sys
import tempfile

import machine
import turns

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIDES = ROOT / "benchmarks" / "sides"
BUILD = os.environ.get("SAELAW_BENCHMARK_BUILD", ROOT / "build" / "cpu")
BUSY = 0.5  # a load average of a minute
MODEL = ROOT / ".deps" / "model"


class Benchmark:
    def __init__(self, name, description):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--quick", action="store_true",
                            help="tiny sizes and one round: shows that all sides run, and no more")
        parser.add_argument("--only", default="", help="cases whose name contains this")
        parser.add_argument("--ours", action="store_true",
                            help="memory: saelaw alone, where peers without bf16 would take long")
        parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu",
                            help="step, quality: where the sides train")
        parser.add_argument("--threads", type=int, default=os.cpu_count())
        parser.add_argument("--build", type=pathlib.Path, default=BUILD)
        parser.add_argument("--against", type=pathlib.Path,
                            help="step: another build of saelaw instead of the peers")
        parser.add_argument("--out", type=pathlib.Path,
                            help="folder of the JSON file (benchmarks/results; --quick: none)")
        self.options = parser.parse_args()
        self.device, self.threads = self.options.device, self.options.threads
        self.name = name if self.device == "cpu" else f"{self.device}-{name}"
        self.against = self.options.against
        if self.against:
            self.name += "-against"
        self.quick = self.options.quick
        self.record = {"benchmark": self.name, "device": self.device, "quick": self.quick, "threads": self.threads,
                       **machine.describe(self.options.build), "cases": []}
        self.warn_when_busy()
        self.folder = tempfile.TemporaryDirectory(prefix="saelaw-benchmark-")

    def warn_when_busy(self):
        load = self.record["machine"]["load_average_at_start"]
        if load > BUSY and not self.quick:
            self.say(f"the machine is busy (load average {load:.1f}): its figures will mean little")

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def say(self, text):
        print(f"{self.name}: {text}", file=sys.stderr, flush=True)

    def binary(self, name, build=None):
        return str((build or self.options.build) / "bin" / name)

    def peer(self, script, **options):
        """The command of a side in Python."""
        options["threads"] = self.threads
        return [sys.executable, str(SIDES / f"{script}.py"), json.dumps(options)]

    def gemm_sides(self):
        size, products = (4096, 1) if self.device == "cpu" else (8192, 20)
        if self.quick:
            size = 256
        precisions = ["fp32"]
        # Without instructions for bf16 one such product takes minutes on a CPU.
        if self.device != "cpu" or machine.has_bf16():
            precisions.append("bf16")
        commands = {precision: self.peer("gemm", size=size, products=products,
                                         precision=precision, device=self.device)
                    for precision in precisions}
        return [turns.Side(f"gemm {precision}", command, 2 * size**3 * products, unit="FLOP")
                for precision, command in commands.items()]

    def measure(self, sides, rounds, warm_up=True):
        return turns.measure(sides, 1 if self.quick else rounds, self.threads, self.say, warm_up)

    def wanted(self, case):
        return self.options.only in case

    def add(self, **case):
        self.record["cases"].append(case)

    def finish(self, header, rows):
        """Prints and writes what was measured. Exit code 1 when a side could not run."""
        print_table(header, rows)
        folder = self.options.out or (None if self.quick else ROOT / "benchmarks" / "results")
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{self.record['date'][:10]}-{self.name}.json"
            path.write_text(json.dumps(self.record, indent=1) + "\n")
            self.say(f"written: {path}")
        sides = [side for case in self.record["cases"] for side in case["sides"].values()]
        sys.exit(1 if any("error" in side for side in sides) else 0)


def print_table(header, rows):
    rows = [header] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def rate(records, name):
    """Work per second; None when that side did not run."""
    return records.get(name, {}).get("per_second")


def ratio_of(records, ours, theirs):
    """How many times faster; None when one of them did not run."""
    if not (rate(records, ours) and rate(records, theirs)):
        return None
    return rate(records, ours) / rate(records, theirs)


def fastest(records, names):
    """The fastest of these sides; None when none of them ran."""
    ran = [name for name in names if rate(records, name)]
    return max(ran, key=lambda name: rate(records, name), default=None)


def times(ratio):
    if ratio is None:
        return "not measured:"
    return f"{ratio:.1f} times" if ratio >= 2 else f"{ratio:.3f} times"


def speed(record):
    """In the side's own unit, for a table."""
    if "error" in record:
        return "did not run: " + record["error"][:70]
    if record["unit"] == "FLOP":
        return f"{record['per_second'] / 1e9:,.0f} GFLOP/s"
    return f"{record['per_second']:,.0f} {record['unit']}/s"
