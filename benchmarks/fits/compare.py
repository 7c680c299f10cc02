"""Fits of L(N,D) to the Chinchilla points by saelaw, by a SciPy script and by chinchilla 0.2.0.

All minimise the sum of Huber(1e-3) on ln residuals (Hoffmann et al. 2022, eq. D.2). The SciPy script
is the field's way: log-sum-exp, BFGS from the textbook grid of 4,500 starts, one start for each
bootstrap refit; part of both is measured and scaled, which is said. Called by benchmarks/fits/run.
"""

import csv
import importlib.metadata
import itertools
import json
import os
import platform
import subprocess
import sys
import time

import numpy
import scipy.optimize
import scipy.special

DATA = os.path.join(os.path.dirname(__file__), "../../tests/fit/data/kyo_chinchilla_234.csv")
DELTA = 1e-3
# floor, ln coefficients and exponents: 5 x 6 x 5 x 6 x 5 starts.
GRID = list(itertools.product([-1, -0.5, 0, 0.5, 1], [0, 5, 10, 15, 20, 25], [0, 0.5, 1, 1.5, 2],
                              [0, 5, 10, 15, 20, 25], [0, 0.5, 1, 1.5, 2]))
SOME_STARTS = 90
SOME_REFITS = 40
REFITS = 4000


def points():
    with open(DATA) as file:
        rows = list(csv.DictReader(file))
    return numpy.array([[float(row[key]) for key in ("N", "D", "loss")] for row in rows])


def objective(u, data):
    log_n, log_d, log_loss = numpy.log(data).T
    parts = numpy.stack([numpy.full_like(log_n, u[0]), u[1] - u[2] * log_n, u[3] - u[4] * log_d])
    residual = scipy.special.logsumexp(parts, axis=0) - log_loss
    size = numpy.abs(residual)
    return numpy.where(size <= DELTA, residual**2 / 2, DELTA * (size - DELTA / 2)).sum()


def seconds(function):
    begin = time.perf_counter()
    result = function()
    return time.perf_counter() - begin, result


def scipy_side(data):
    chosen = GRID[:: len(GRID) // SOME_STARTS]
    took, fits = seconds(lambda: [
        scipy.optimize.minimize(objective, start, args=(data,), method="BFGS") for start in chosen])
    best = min(fits, key=lambda fit: fit.fun)
    draw = numpy.random.default_rng(0)

    def refits():
        for _ in range(SOME_REFITS):
            rows = data[draw.integers(len(data), size=len(data))]
            scipy.optimize.minimize(objective, best.x, args=(rows,), method="BFGS")

    refit, _ = seconds(refits)
    return {"fit_seconds": took * len(GRID) / len(chosen),
            "fit_measured": f"{len(chosen)} of {len(GRID)} starts",
            "bootstrap_seconds": refit * REFITS / SOME_REFITS,
            "bootstrap_measured": f"{SOME_REFITS} of {REFITS} refits, one start each",
            "objective": best.fun}


def saelaw_side(saelaw):
    def run(*more):
        command = [saelaw, "fit", "--csv", DATA, "--law", "size-data", "--columns",
                   "tokens=D,params=N,loss=loss", "--json", *more]
        took, done = seconds(lambda: subprocess.run(command, capture_output=True, check=True))
        return took, json.loads(done.stdout)

    alone, fit = run("--intervals", "none")
    whole, _ = run("--bootstrap", str(REFITS))
    return {"fit_seconds": alone, "fit_measured": f"the whole command, {fit['starts']['tried']} "
            "starts and the self-criticism (243 fits)",
            "bootstrap_seconds": whole - alone,
            "bootstrap_measured": f"{REFITS} refits, best of 3 starts each",
            "objective": fit["objective"]}


def chinchilla_side(data):
    """243 starts of its own search (the default keeps one value a parameter), in all its workers."""
    import functools
    import tempfile

    from chinchilla import Chinchilla
    from chinchilla._metrics import log_huber

    grid = {"e": [-1, 0, 1], "a": [0, 10, 20], "b": [0, 10, 20], "alpha": [0, 0.5, 1],
            "beta": [0, 0.5, 1]}
    with tempfile.TemporaryDirectory() as folder:
        cc = Chinchilla(folder, param_grid=grid, log_level=40,
                        loss_fn=functools.partial(log_huber, delta=DELTA))
        for n, d, loss in data:
            cc.append(C=6 * n * d, N=n, D=d, loss=loss)
        took, _ = seconds(lambda: cc.fit(parallel=True))
        u = [numpy.log(cc.E), numpy.log(cc.A), cc.alpha, numpy.log(cc.B), cc.beta]
    return {"fit_seconds": took, "fit_measured": "243 starts on all cores",
            "bootstrap_seconds": None, "bootstrap_measured": "it has none",
            "objective": float(objective(numpy.array(u, dtype=float), data))}


def main():
    data = points()
    sides = {"saelaw": lambda: saelaw_side(sys.argv[1]), "scipy": lambda: scipy_side(data),
             "chinchilla": lambda: chinchilla_side(data)}
    result = {"cores": os.cpu_count(), "load_average_at_start": os.getloadavg()[0],
              "machine": platform.machine(), "date": time.strftime("%Y-%m-%d"),
              "versions": {name: importlib.metadata.version(name)
                           for name in ("numpy", "scipy", "chinchilla")},
              "sides": {}}
    for name, side in sides.items():
        try:
            result["sides"][name] = side()
        except Exception as error:  # noqa: BLE001 - a side that cannot run is listed, not hidden
            result["sides"][name] = {"error": f"{type(error).__name__}: {error}"}
        print(name, json.dumps(result["sides"][name], indent=2), flush=True)
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w") as file:
            json.dump(result, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
