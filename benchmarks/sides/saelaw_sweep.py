"""saelaw's side of benchmarks/sweep: each turn is one process of saelaw-trainer on one job file,
from its start to its end: model loaded, all runs trained, evaluated and written."""

import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import protocol


def results(folder):
    """What the runs ended with, in the median."""
    finals = [json.loads(path.read_text())["final"]
              for path in folder.glob("attempts/*/result-*.json")]
    return {key: statistics.median(final[key] for final in finals) for key in ("l0", "fvu")}


def main():
    options = protocol.configuration()
    jobs = [options["warm_up_job"], options["job"]]

    def turn():
        """The first, which is not counted, is of the shorter job."""
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            shutil.copy(jobs.pop(0) if len(jobs) > 1 else jobs[0], folder / "job.json")
            start = time.perf_counter()
            subprocess.run([options["trainer"], folder / "job.json", "--token", "t"], check=True)
            return {"seconds": time.perf_counter() - start, **results(folder)}
        finally:
            shutil.rmtree(folder)

    protocol.serve(turn)


main()
