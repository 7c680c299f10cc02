"""Laws side by side on a table that says too little, one that bends, and one whose rate is swept.

Sources: tests/fit/data/cases/README.md (broken_power_law: no fit can see the bend, and the interval
of one run was .654 to .674 where the truth is .6903); Hyndman & Athanasopoulos 2021, ch. 5.10 (rolling
origin).

The interval holds the truth by default and is the old one with --discrepancy none; `compare` gives
every law a weight or a reason; the text and the JSON say the same; mistakes are one line.
"""
import json
import pathlib

CASES = pathlib.Path(__file__).resolve().parents[1] / "fit/data/cases"
BENT = str(CASES / "broken_power_law.csv")


def interval(use, *options):
    done = use.saelaw("fit", "--csv", BENT, "--estimator", "least-squares", "--predict", "tokens=512M",
                      "--json", *options)
    use.expect(done.code == 0, done.text[-300:])
    return json.loads(done.out)["predictions"][0]


def case(use):
    now, before = interval(use), interval(use, "--discrepancy", "none")
    use.expect(now["interval"][0] <= 0.6903 <= now["interval"][1], f"{now}")
    use.expect(before["interval"][1] < 0.6745 and before["discrepancy"] is None, f"{before}")
    use.expect(now["value"] == before["value"], "the law's own value changed")

    done = use.saelaw("compare", "--csv", BENT, "--predict", "tokens=512M", "--json")
    use.expect(done.code == 0, done.text[-300:])
    compared = json.loads(done.out)
    weights = {law["law"]: law["weight"] for law in compared["laws"]}
    use.expect(set(weights) == {"data", "power", "broken-power"}, f"{weights}")
    use.expect(abs(sum(weights.values()) - 1) < 1e-9 and weights["power"] == 0, f"{weights}")
    place = compared["predictions"][0]
    use.expect(place["interval"][0] <= 0.6903 <= place["interval"][1], f"{place}")
    done = use.saelaw("compare", "--csv", BENT, "--predict", "tokens=512M")
    use.expect_outcome(done, 0, "does not hold up")

    done = use.saelaw("compare", "--csv", str(CASES / "lr_vary.csv"))
    use.expect_outcome(done, 1, "lr varies, which it does not know")
    done = use.saelaw("compare", "--csv", BENT, "--discrepancy", "some")
    use.expect_outcome(done, 64, "--discrepancy is calibrated or none, not 'some'")
