"""A side of benchmarks/memory: each turn is a process of its own, from its start to its end, as
what a process held stays with it. `command` answers `turns` lines (none: it answers by itself) in
JSON; the last answer is the turn's."""

import json
import subprocess
import time

import protocol


def main():
    options = protocol.configuration()

    def turn():
        start = time.perf_counter()
        answer = subprocess.run(options["command"], input="\n" * options["turns"], check=True,
                                stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
        return {**json.loads(answer), "seconds": time.perf_counter() - start}

    protocol.serve(turn)


main()
