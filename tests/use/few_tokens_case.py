"""A run is a whole number of batches: rounding is said, less than one batch is refused.

Source: an audit of the trainer. A job with fewer tokens than a batch trained for ever, and `train`
rounded up in silence. The exported file named neither the language model nor its own format.
"""
import json
import struct

import use_testing

RUN = """\
name: one
activations:
  source: synthetic
  synthetic: {{d_in: 32, dictionary_size: 96, active_latents: 3}}
  held_out_tokens: 4Ki
  normalisation_tokens: 16Ki
sae: {{d_sae: 64}}
training: {{batch_tokens: 128, lr: 1e-3, adam: {{beta2: 0.99}}}}
run: {{tokens: {tokens}}}
"""


def metadata_of(path):
    data = path.read_bytes()
    return json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])["__metadata__"]


def case(use):
    use.write("few.yaml", RUN.format(tokens=100))
    use.expect_outcome(use.saelaw("train", "few.yaml", "--db", "a.db"), 78,
                       r"run.tokens must be at least one batch .* 128, got 100")
    use.write("odd.yaml", RUN.format(tokens=12900))
    use.expect_outcome(use.saelaw("train", "odd.yaml", "--db", "a.db", "--out", "w.safetensors"), 0,
                       "run.tokens: 12900 is rounded to 12928, whole batches of 128")
    metadata = metadata_of(use.folder / "w.safetensors")
    use.expect(metadata["format"] == "saelaw-sae-1" and metadata["source"] == "synthetic",
               f"{metadata}")
    use.write("whole.yaml", RUN.format(tokens=12800))
    use.expect_outcome(use.saelaw("train", "whole.yaml", "--db", "a.db"), 0, absent="rounded")
    small = use_testing.SYNTHETIC_SWEEP.replace("[32Ki, 64Ki, 128Ki]", "[100, 32Ki, 64Ki]")
    use.write("small.yaml", small)
    for command in ("validate", "run"):
        use.expect_outcome(use.saelaw(command, "small.yaml"), 78, "at least one batch")
