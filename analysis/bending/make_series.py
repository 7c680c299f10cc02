#!/usr/bin/env python3
"""Makes series.csv: loss against data (or compute) of published runs, sizes about a factor of 2 apart.

  analysis/bending/make_series.py scalebench_farseer_pool.csv analysis/published/porian_optimal_pairs.csv

The first file (N, D, loss) is the pool "Farseer" of ScaleBench; see README.md for licences.
"""
import csv
import math
import sys

APART = 0.6  # in ln: less than a factor of 2, more than one of sqrt(2)


def spread(losses, start):
    """Every size of one series that lies far enough above the last one taken."""
    kept = []
    for size in sorted(losses)[start:]:
        if not kept or math.log(size / kept[-1]) > APART:
            kept.append(size)
    return kept


def main():
    series = {}
    with open(sys.argv[1]) as farseer:
        for row in csv.DictReader(farseer):
            series.setdefault(f"farseer:{int(float(row['N']))}", {})[float(row["D"])] = float(row["loss"])
    with open(sys.argv[2]) as porian:
        for row in csv.DictReader(porian):
            name = "porian:" + row["config"].replace("/", "_")
            series.setdefault(name, {})[float(row["flops"])] = float(row["loss"])
    print("series,tokens,loss")
    for name, losses in series.items():
        # Farseer's sizes are a factor of sqrt(2) apart, and make two series each.
        for start in (0, 1) if name.startswith("farseer") else (0,):
            kept = spread(losses, start)
            if len(kept) < 6:
                continue
            for size in kept:
                print(f"{name}#{start},{size!r},{losses[size]!r}")


main()
