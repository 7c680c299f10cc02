"""Compute in another unit than FLOP, beside the params and tokens of the same rows.

Sources: Open-Athena/MarinFold 31 and Open-Athena/scaling-law-analysis (W&B tables of marin runs:
total_gflops beside tokens and params), marin-community/marin 9287; Kaplan et al. count PF-days.

Best tokens and the law of them come from the rows' own tokens, with a warning; where compute is no
multiple of params·tokens at all, there is no law of tokens.
"""
import json

COLUMNS = "compute=C,params=params,tokens=tokens,loss=loss"


def table(unit, tokens_factor=lambda step: 1):
    """Four budgets of five sizes a factor of 2 apart: 1.69 + 406.4 N^-.34 + 410.7 D^-.28."""
    text = "C,params,tokens,loss\n"
    for i, flop in enumerate((3e18, 9e18, 3e19, 9e19)):
        best = 0.9 * (flop / 6) ** (0.28 / 0.62)
        for step in range(-2, 3):
            params = best * 2.0 ** step
            tokens = flop / 6 / params
            loss = 1.69 + 406.4 * params ** -0.34 + 410.7 * tokens ** -0.28
            text += f"{unit(flop, i, step):.8g},{params:.0f},{tokens * tokens_factor(step):.0f},{loss:.6f}\n"
    return text


def fit(use, name, at):
    done = use.saelaw("fit", "--csv", name, "--law", "compute", "--columns", COLUMNS, "--json",
                      "--predict", f"compute={at}")
    use.expect(done.code == 0, f"{name}: exit code {done.code}: {done.text[-400:]}")
    return json.loads(done.out)


def case(use):
    use.write("flop.csv", table(lambda flop, i, step: flop))
    flop = fit(use, "flop.csv", 3e20)
    use.expect(not any("compute is" in w for w in flop["warnings"]), flop["warnings"])
    for name, factor, word in (("gflop", 1e-9, "GFLOP"), ("pflop", 1e-15, "PFLOP"),
                               ("pf_days", 1 / 8.64e19, "PFLOP/s-days"),
                               ("odd", 0.0123, "no unit of FLOP that is known")):
        use.write(f"{name}.csv", table(lambda flop, i, step: flop * factor))
        other = fit(use, f"{name}.csv", 3e20 * factor)
        use.expect(any(word in w for w in other["warnings"]), f"{name}: {other['warnings']}")
        for own, theirs in zip(flop["budgets"], other["budgets"]):
            use.expect(abs(theirs["tokens"] / own["tokens"] - 1) < 1e-3, f"{name}: {theirs}")
        for law in (other, other["surface"]):
            whole = flop if law is other else flop["surface"]
            # coef_d·C^exponent_d at one budget, each in its own unit.
            there = law["params"]["coef_d"] * (3e20 * factor) ** law["params"]["exponent_d"]
            here = whole["params"]["coef_d"] * 3e20 ** whole["params"]["exponent_d"]
            use.expect(abs(there / here - 1) < 1e-2, f"{name}: {there} tokens, not {here}")
        ratio = other["predictions"][0]["value"] / flop["predictions"][0]["value"]
        use.expect(abs(ratio - 1) < 1e-2, f"{name}: best params differ by {ratio}")
    use.write("scattered.csv", table(lambda flop, i, step: flop, lambda step: 10.0 ** -step))
    scattered = fit(use, "scattered.csv", 3e20)
    use.expect(any("no fixed multiple" in w for w in scattered["warnings"]), scattered["warnings"])
    use.expect("coef_d" not in scattered["params"], scattered["params"])
