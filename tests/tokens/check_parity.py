"""The comparison behind scripts/check-tokenizer-parity: our ids against the `tokenizers` library's."""
import json
import pathlib
import random
import subprocess
import sys
import sysconfig
import tempfile

import numpy

import tokenizer_peers as peers

DATA = pathlib.Path(__file__).parent / "data"
STDLIB = pathlib.Path(sysconfig.get_paths()["stdlib"])
SCALARS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def files(paths, max_bytes):
    return "".join(p.read_text("utf-8", errors="replace") for p in sorted(paths) if p.is_file())[:max_bytes]


def random_text(alphabet, characters, seed=0):
    return "".join(random.Random(seed).choices(alphabet, k=characters))


def unicode_alphabet():
    """Letters, marks, numbers, spaces and symbols of many scripts, ASCII among them."""
    ranges = [(0x20, 0x7F), (0xA0, 0x530), (0x590, 0x700), (0x900, 0x980), (0xE00, 0xE80),
              (0x1100, 0x1180), (0x2000, 0x2070), (0x2150, 0x2190), (0x3000, 0x3100),
              (0x4E00, 0x4F00), (0xAC00, 0xAD00), (0x1F300, 0x1F650), (0xFE00, 0xFE10)]
    return [chr(c) for low, high in ranges for c in range(low, high)] + list(" \t\n\r'0123") * 20


def texts():
    """Name of the kind → bytes."""
    kinds = {
        "prose": files(pathlib.Path("/usr/share/common-licenses").iterdir(), 400_000)
                 + "\n".join(peers.docstrings(600_000)),
        "code": files(STDLIB.glob("*.py"), 1_500_000),
        "digits": random_text("0123456789" * 3 + " .,-\n\tab½Ⅷ٣", 300_000),
        "spaces": random_text("  \t\n\r\u00a0\u3000\u2028\x85\x0b\x1cax'1.", 300_000),
        "apostrophes": random_text("''sSdDtTmMlLvVrReEſ 1.\n", 200_000),
        "unicode": random_text(unicode_alphabet(), 400_000),
        "every character": "".join(f"a{chr(c)} {chr(c)}{chr(c)}1\n" for c in SCALARS),
        "special tokens": "<|endoftext|><|im_start|>user\n<|begin_of_text|> <|eot_id|>" * 500,
        "long words": "a" * 100_000 + " " * 100_000 + "b" + "\n" * 100_000 + "=-" * 50_000,
    }
    encoded = {name: text.encode("utf-8") for name, text in kinds.items()}
    noise = random.Random(1).randbytes(200_000)
    encoded["not utf-8"] = noise + b"".join(noise[i:i + 3] + b" the " for i in range(0, 90_000, 3))
    return encoded


def ours(program, tokenizer, text):
    """(ids, report) of our tokenizer."""
    with tempfile.TemporaryDirectory() as folder:
        text_path, ids_path = f"{folder}/text", f"{folder}/ids"
        pathlib.Path(text_path).write_bytes(text)
        run = subprocess.run([program, tokenizer, text_path, ids_path], check=True,
                             stdout=subprocess.PIPE)
        return numpy.fromfile(ids_path, dtype="<i4"), json.loads(run.stdout)


def first_difference(ours_ids, theirs_ids):
    n = min(len(ours_ids), len(theirs_ids))
    unequal = numpy.flatnonzero(ours_ids[:n] != theirs_ids[:n])
    at = int(unequal[0]) if len(unequal) else n
    return at, ours_ids[at:at + 6].tolist(), theirs_ids[at:at + 6].tolist()


def compare(program, name, path, peer, kind, text):
    """Prints the kind's line; true when all ids are the same."""
    mine, report = ours(program, path, text)
    decoded = text.decode("utf-8", errors="replace")
    theirs = numpy.array(peer.encode(decoded, add_special_tokens=False).ids, dtype="<i4")
    same = numpy.array_equal(mine, theirs)
    speed = len(text) / 1e6 / max(report["seconds"], 1e-9)
    line = f"{name:8} {kind:16} {len(text):>9} bytes {len(mine):>8} tokens {speed:6.1f} MB/s  "
    if not same:
        at, left, right = first_difference(mine, theirs)
        around = peer.decode(theirs[max(0, at - 8):at + 8].tolist(), skip_special_tokens=False)
        print(f"{line}DIFFERENT at token {at}: {left} ours, {right} theirs, near {around!r}")
    else:
        print(f"{line}identical, {'decodes to its text' if report['decodes_to_text'] else 'drops bytes'}")
    return same


def main(smollm2, program):
    llama3 = DATA / "llama3_made" / "tokenizer.json"
    tokenizers = [("smollm2", smollm2, peers.from_gguf(smollm2)),
                  ("llama-3", str(llama3), peers.from_json(llama3))]
    same = [compare(program, name, path, peer, kind, text)
            for kind, text in texts().items() for name, path, peer in tokenizers]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
