#!/usr/bin/env python3
"""The exponent of the best size by SciPy, beside saelaw's, on the tables of saelaw-simulate-isoflop.

    surface.py FOLDER ANSWERS.csv

L(N, D) = E + A N^-alpha + B D^-beta is fitted to ln loss by least squares, and with the Huber loss
of Hoffmann et al. 2022 (arXiv 2203.15556, eq. D.2), each from a grid of starts. Printed: root mean
square error of beta/(alpha + beta) against the truth, and for saelaw's answers how often their 95 %
intervals hold it.
"""
import csv
import itertools
import math
import sys

import numpy as np
from scipy.optimize import least_squares

TRUTH = 0.28 / (0.34 + 0.28)


def exponent(path, huber):
    rows = np.genfromtxt(path, delimiter=",", names=True)
    params, loss = rows["N"], rows["loss"]
    tokens = rows["C"] / (6 * params)

    def residuals(u):
        e, a, b, alpha, beta = u
        return np.logaddexp(
            e, np.logaddexp(a - alpha * np.log(params), b - beta * np.log(tokens))) - np.log(loss)

    best = None
    for e, alpha, beta in itertools.product((0.2, 0.8), (0.25, 0.5), (0.25, 0.5)):
        start = [e, alpha * np.log(params).mean(), beta * np.log(tokens).mean(), alpha, beta]
        found = least_squares(residuals, start, x_scale=[0.1, 1, 1, 0.1, 0.1], max_nfev=2000,
                              loss="huber" if huber else "linear", f_scale=1e-3)
        if best is None or found.cost < best.cost:
            best = found
    return best.x[4] / (best.x[3] + best.x[4])


def rms(values):
    return math.sqrt(sum((v - TRUTH) ** 2 for v in values) / len(values))


def main():
    folder, answers = sys.argv[1:]
    with open(answers) as file:
        rows = list(csv.DictReader(file))
    print("way,tables,rms error of exponent_n,mean error,covered of 95 %")
    for way in ("surface", "valleys"):
        own = [row for row in rows if row["way"] == way and row["exponent_n"]]
        values = [float(row["exponent_n"]) for row in own]
        covered = 100 * sum(int(row["covered"]) for row in own) / len(own)
        print(f"saelaw {way},{len(own)},{rms(values):.5f},{np.mean(values) - TRUTH:+.5f},{covered:.1f}")
    tables = sorted({int(row["table"]) for row in rows})
    for name, huber in (("SciPy least squares", False), ("SciPy Huber 1e-3", True)):
        values = [exponent(f"{folder}/isoflop_{table}.csv", huber) for table in tables]
        print(f"{name},{len(values)},{rms(values):.5f},{np.mean(values) - TRUTH:+.5f},")


if __name__ == "__main__":
    main()
