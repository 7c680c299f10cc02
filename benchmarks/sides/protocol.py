"""A side's end of the protocol: every line on standard input is a turn, answered by a line of JSON.

Between turns a side is blocked in a read and uses no processor.
"""

import json
import os
import sys


def configuration():
    """The side's one argument, a JSON object."""
    return json.loads(sys.argv[1])


def serve(turn):
    """Answers each line with `turn()`, a dictionary with at least `seconds`."""
    answers = os.fdopen(os.dup(1), "w")  # what libraries print must not be taken for an answer
    os.dup2(2, 1)
    for _ in sys.stdin:
        print(json.dumps(turn()), file=answers, flush=True)
