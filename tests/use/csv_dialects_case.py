"""Dialects of tables: each reads as the same eighteen runs, or is refused with the mend.

Source: an audit of 0.1.0: `finished` was no completed run, comments, `Tokens`, `|`, CR line ends, 1.00M
and names of streams were refused or ignored, "got 0 (0 dropped)" stood where 18 rows were dropped.
"""
import json
import random

RNG = random.Random(1)
ROWS = [(d * 10 ** 6, seed, (0.5 + 63 * (d * 1e6) ** -0.3) * (1 + RNG.gauss(0, 0.003)))
        for d in (1, 2, 4, 8, 16, 32) for seed in (1, 2, 3)]


def body(line, separator=","):
    return "".join(separator.join(map(str, line(i, *row))) + "\n" for i, row in enumerate(ROWS))


PLAIN = body(lambda i, d, s, loss: (d, s, loss))
MIX = ("done", "finished", "FINISHED", "Completed", "success", "crashed", "running", "killed", "oom")
TABLES = {  # the table, its --columns, and how many of the 18 rows are points
    "case": ("Tokens,Seed,Loss\n" + PLAIN, "tokens=tokens,loss=loss,seed=seed", 18),
    "case_alone": ("Tokens,Seed,Loss\n" + PLAIN, "", 18),
    "comment": ("# my runs\ntokens,seed,loss\n# more\n" + PLAIN, "", 18),
    "hash_header": ("#tokens,seed,loss\n" + PLAIN, "", 18),
    "cr": (("tokens,seed,loss\n" + PLAIN).replace("\n", "\r"), "", 18),
    "pipe": ("tokens|seed|loss\n" + body(lambda i, d, s, loss: (d, s, loss), "|"), "", 18),
    "streams": ("tokens,stream,loss\n" + body(lambda i, d, s, loss: (d, f"abc{s}", loss)), "", 18),
    "seeds": ("tokens,seed,loss\n" + body(lambda i, d, s, loss: (d, f"run-{s}", loss)), "", 18),
    "units": ("tokens,seed,loss\n" + body(lambda i, d, s, loss: (f"{d / 1e6:.2f}M", s, loss)), "", 18),
    "finished": ("tokens,seed,loss,state\n" + body(lambda i, d, s, loss: (d, s, loss, "finished")),
                 "tokens=tokens,loss=loss,status=state", 18),
    "mixed": ("tokens,seed,loss,status\n" + body(lambda i, d, s, loss: (d, s, loss, MIX[i % 9])), "", 10),
}


def case(use):
    for name, (table, columns, points) in TABLES.items():
        (use.folder / f"{name}.csv").write_bytes(table.encode())
        options = ["--columns", columns] if columns else []
        done = use.saelaw("fit", "--csv", f"{name}.csv", "--bootstrap", "0", "--json", *options)
        use.expect(done.code == 0, f"{name}: exit code {done.code}: {done.text[-300:]}")
        if done.code != 0:
            continue
        fit = json.loads(done.out)
        use.expect(fit["n_points"] == points, f"{name}: {fit['n_points']} points")
        use.expect(len(fit["dropped"]) == 18 - points, f"{name}: {fit['dropped']}")
        use.expect(abs(fit["params"]["exponent"] - 0.3) < 0.06, f"{name}: {fit['params']}")
    use.expect_outcome(use.saelaw("fit", "--csv", "mixed.csv", "--bootstrap", "0"), 0,
                       "Dropped: 8 of 18 rows")
    use.write("twice.csv", "tokens,loss,loss\n" + body(lambda i, d, s, loss: (d, loss, 2 * loss)))
    for options in ([], ["--columns", "tokens=tokens,loss=loss"]):
        use.expect_outcome(use.saelaw("fit", "--csv", "twice.csv", *options), 78,
                           "2 columns are called 'loss'")
    use.write("running.csv", "tokens,loss,status\n" + body(lambda i, d, s, loss: (d, loss, "running")))
    use.expect_outcome(use.saelaw("fit", "--csv", "running.csv"), 1, r"got 0 \(18 dropped\)")
