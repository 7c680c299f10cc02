#!/usr/bin/env python3
"""The optimum of each table of this folder that saelaw had not seen, without saelaw.

Huber(1e-3) on ln residuals, what `saelaw fit` minimises by default, by SciPy: L-BFGS-B on a smooth twin from
random starts, then Nelder-Mead on the criterion itself, from the best of them and from places around it. Prints one row per
table: objective and parameters. Needs numpy and scipy:

    python3 analysis/published/check_independently.py [SAELAW]

With a saelaw binary it runs `saelaw fit` on the same tables and prints both answers and their difference.
"""
import csv
import json
import pathlib
import subprocess
import sys
import time

import numpy as np
from scipy.optimize import minimize

HERE = pathlib.Path(__file__).resolve().parent
DELTA = 1e-3

# The table, what is taken of it, its columns, the law, and what of its formula is asked for.
TABLES = [
    ("nmt/points.csv", ("Model", "6 Enc, 28 Dec"), ["Seen Examples"], "Loss", "data"),
    ("datablations/points.csv", None, ["params", "tokens"], "val_loss", "size-data"),
    ("overtraining/points.csv", ("trained_on", "rw"), ["params", "tokens"], "loss_c4", "size-data"),
]
NAMES = {"data": ["floor", "coef", "exponent"],
         "size-data": ["floor", "coef_n", "exponent_n", "coef_d", "exponent_d"]}
KEYS = {"data": ["tokens"], "size-data": ["params", "tokens"]}


def read(file, only, variables, loss):
    """Logarithms of the variables [points, variables] and of the loss [points]."""
    with open(HERE / file, newline="") as text:
        rows = [row for row in csv.DictReader(text) if only is None or row[only[0]] == only[1]]
    return (np.log([[float(row[v]) for v in variables] for row in rows]),
            np.log([float(row[loss]) for row in rows]))


def huber(residuals):
    sizes = np.abs(residuals)
    return np.where(sizes <= DELTA, residuals**2 / 2, DELTA * (sizes - DELTA / 2)).sum()


def polished(objective, u):
    """Nelder-Mead in rounds, each with a simplex of its own, until nothing moves."""
    for _ in range(8):
        found = minimize(objective, u, method="Nelder-Mead",
                         options={"xatol": 1e-11, "fatol": 1e-15, "maxiter": 3000, "adaptive": True})
        if objective(u) - found.fun < 1e-13:
            break
        u = found.x
    return objective(found.x), found.x


def optimum(x, y, starts=60, seed=1):
    """u = [ln floor, (ln coef at the centre, exponent) per variable]; the best of all starts."""
    centre = x.mean(axis=0)
    x = x - centre
    terms = x.shape[1]

    def value(u):
        parts = [np.full(len(y), u[0])]
        parts += [u[1 + 2 * k] - u[2 + 2 * k] * x[:, k] for k in range(terms)]
        return np.logaddexp.reduce(parts, axis=0)

    def smooth(u):
        return np.sqrt((value(u) - y)**2 + DELTA**2).sum()

    random = np.random.default_rng(seed)
    level = y.mean()
    found = []
    for _ in range(starts):
        u = np.concatenate([[level - random.exponential(0.7)]]
                           + [[level - random.exponential(1.5), random.uniform(0.05, 1)] for _ in range(terms)])
        u = minimize(smooth, u, method="L-BFGS-B").x
        found.append((huber(value(u) - y), u))
    # The criterion itself has corners, so the best of the smooth ones go on by a search without slopes.
    found.sort(key=lambda one: one[0])
    objective = lambda v: huber(value(v) - y)
    best = min((polished(objective, u) for _, u in found[:6]), key=lambda one: one[0])
    # Corners make many optima beside each other: the best is looked for around the best so far.
    for _ in range(starts):
        best = min(best, polished(objective, best[1] + random.normal(0, 0.1, len(best[1]))), key=lambda one: one[0])
    objective, u = best
    answer = [np.exp(u[0])]
    for k in range(terms):
        answer += [np.exp(u[1 + 2 * k] + u[2 + 2 * k] * centre[k]), u[2 + 2 * k]]
    return objective, answer


def ours(saelaw, file, only, variables, loss, law):
    columns = ",".join(f"{key}={name}" for key, name in zip(KEYS[law], variables)) + f",loss={loss}"
    command = [saelaw, "fit", "--csv", str(HERE / file), "--law", law, "--columns", columns,
               "--bootstrap", "0", "--criticism", "none", "--json"]
    if only is not None:
        command += ["--where", f"{only[0]}={only[1]}"]
    begin = time.time()
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer["objective"], [answer["params"][name] for name in NAMES[law]], time.time() - begin


def main():
    print("table,by,seconds (SciPy: of CPU),objective,parameters")
    for file, only, variables, loss, law in TABLES:
        begin = time.process_time()
        objective, answer = optimum(*read(file, only, variables, loss))
        show(file, "scipy", time.process_time() - begin, objective, law, answer)
        if len(sys.argv) > 1:
            own, found, seconds = ours(sys.argv[1], file, only, variables, loss, law)
            show(file, "saelaw", seconds, own, law, found)
            apart = max(abs(a / b - 1) for a, b in zip(found, answer))
            print(f"{file},difference,,{own / objective - 1:.1e},{apart:.1e} at most")


def show(file, by, seconds, objective, law, answer):
    named = " ".join(f"{name}={value:.6g}" for name, value in zip(NAMES[law], answer))
    print(f"{file},{by},{seconds:.2f},{objective:.9g},{named}")


if __name__ == "__main__":
    main()
