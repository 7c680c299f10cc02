"""YAML as its writers have it: True, null, 1h30m and merge keys.

Sources: prefix-dev/rattler-build PR 2176, dtolnay/serde-yaml 329, Kotaimen/awscfncli 30 (True and
FALSE are booleans of YAML's core schema); sveltia/sveltia-cms 133 (merge keys);
hiyouga/LlamaFactory 4014.
Expected: True and FALSE are taken; null and ~ are the default where a key has one; 1h30m is 90
minutes; `<<:` is refused with the answer that anchors get.
"""
from use_testing import SYNTHETIC_SWEEP

NORMALISE = "  held_out_tokens: 4Ki\n"


def validate(use, name, old, new, code=0, pattern="", effective=""):
    assert SYNTHETIC_SWEEP.count(old) == 1, old
    sweep = use.write(name + ".yaml", SYNTHETIC_SWEEP.replace(old, new))
    outcome = use.saelaw("validate", sweep, "--effective")
    use.expect_outcome(outcome, code, pattern)
    if effective:
        lines = [" ".join(line.split()) for line in outcome.out.splitlines()]
        use.expect(any(line.startswith(effective) for line in lines),
                   f"{name}: no '{effective}' in what is in effect")


def case(use):
    for i, word in enumerate(("True", "TRUE", "true", "Yes", "on")):
        validate(use, f"true{i}", NORMALISE, NORMALISE + f"  normalise: {word}\n",
                 effective="activations.normalise true")
    for i, word in enumerate(("False", "FALSE", "No", "off")):
        validate(use, f"false{i}", NORMALISE, NORMALISE + f"  normalise: {word}\n",
                 effective="activations.normalise false")
    for i, null in enumerate(("null", "~", "Null", "NULL  # as it was")):
        validate(use, f"null{i}", "  precision: fp32\n",
                 f"  precision: fp32\n  gradient_clip: {null}\n  schedule: {null}\n",
                 effective="training.schedule cosine default")
    validate(use, "required", "d_sae: 64", "d_sae: null", 78,
             r"required\.yaml:8:10: sae\.d_sae is missing")
    validate(use, "forgotten", "lr: 8e-3", "lr:", 78, r"training\.lr must be one value, got nothing")
    for i, (time, seconds) in enumerate((("1h30m", "5400s"), ("90m", "5400s"), ("1d 12h", "129600s"),
                                         ("90 min", "5400s"), ("1.5h", "5400s"))):
        validate(use, f"time{i}", "execution:", f"budget: {{wall: {time}}}\nexecution:",
                 effective=f"budget.wall {seconds}")
    validate(use, "bare", "execution:", "budget: {wall: 90}\nexecution:", 0,
             r"budget\.wall: 90 has no unit and is taken as seconds; write 90s")
    for i, time in enumerate(("30m1h", "1:30:00", "8 hours", "1h 30")):
        validate(use, f"notime{i}", "execution:", f"budget: {{wall: \"{time}\"}}\nexecution:", 78,
                 r"must be a time such as 90s, 8h or 1h30m")
    validate(use, "merge", "training:\n", "training:\n  <<: {lr: 1e-3}\n", 78,
             r"merge keys \(<<\) are not allowed in a sweep; write the values out")
    validate(use, "numbers", "batch_tokens: 128", "batch_tokens: +1_024",
             effective="training.batch_tokens 1024")
