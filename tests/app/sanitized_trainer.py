"""Trains two tiny jobs, one synthetic and one on a language model, in a trainer that was built with
AddressSanitizer and UBSan; any finding ends a trainer, and so fails.

  tests/app/sanitized_trainer.py SAELAW SANITIZED_TRAINER
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAELAW, TRAINER = (pathlib.Path(path).resolve() for path in sys.argv[1:3])

# LibTorch is not instrumented: a container that it fills and we read has no annotations, and its
# allocations that live as long as the process are no leaks of ours.
ASAN = "detect_leaks=1:detect_container_overflow=0:abort_on_error=0:exitcode=99"
LSAN = f"suppressions={ROOT}/tests/app/lsan.supp:print_suppressions=0"
UBSAN = "print_stacktrace=1"

COMMON = """
sae: {d_sae: 64}
training: {batch_tokens: 32, lr: 4e-3, evaluations: 2}
study: {loss_law: {tokens: [512, 1024]}, lr_law: none, hold_out: none}
target: {tokens: 4096}
"""
SYNTHETIC = """
activations: {source: synthetic, synthetic: {d_in: 16}, held_out_tokens: 128, normalisation_tokens: 128}
"""
# tests/llm/data/untied: 3 blocks, hidden size 32, vocabulary 96, random weights.
MODEL = """
activations:
  {source: model, model: model, text: text, layer: 1, context_tokens: 33, held_out_tokens: 256,
   normalisation_tokens: 256}
"""


def make_model(folder):
    """A committed random checkpoint, one token for each printable character, and text of them."""
    shutil.copytree(ROOT / "tests/llm/data/untied", folder / "model")
    vocabulary = {"\u0120": 94} | {chr(code): code - ord("!") for code in range(ord("!"), ord("~") + 1)}
    tokenizer = {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False},
                 "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}
    (folder / "model/tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "text").mkdir()
    letters = random.Random(1)
    for i in range(60):
        text = "".join(chr(letters.randrange(ord("!"), ord("~") + 1)) for _ in range(150))
        (folder / f"text/{i}.txt").write_text(text)


def train(folder, name, sweep):
    (folder / f"{name}.yaml").write_text(sweep + COMMON)
    environment = dict(os.environ, SAELAW_TRAINER=str(TRAINER), SAELAW_CACHE=str(folder / "cache"),
                       ASAN_OPTIONS=ASAN, LSAN_OPTIONS=LSAN, UBSAN_OPTIONS=UBSAN)
    done = subprocess.run([SAELAW, "run", f"{name}.yaml", "--db", f"{name}.db"], cwd=folder, env=environment)
    logs = [log.read_text(errors="replace") for log in folder.glob(f"{name}.runs/jobs/*/stderr-*.log")]
    findings = [log for log in logs if "Sanitizer" in log or "runtime error" in log]
    print("\n".join(findings or logs if done.returncode else findings))
    assert done.returncode == 0 and not findings, f"{name}: exit code {done.returncode}"
    print(f"{name}: {len(logs)} attempts, nothing found")


with tempfile.TemporaryDirectory() as temporary:
    work = pathlib.Path(temporary)
    make_model(work)
    train(work, "synthetic", SYNTHETIC)
    train(work, "model", MODEL)
