"""Files that are no text are refused by name and kind, whatever their names say.

Sources: huggingface/datasets 6460 and openwall/john 2802 (what a reader does not understand must not
become text); LFS pointers and packed shards under the names of text are what fetching a data set by
half leaves behind. `validate` ends as `run` does.
"""
import bz2
import gzip
import io
import lzma
import struct
import zipfile

import small_models


def zipped(data):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", data)
    return made.getvalue()


def case(use):
    model, _, _ = small_models.folder(use.folder / "model")
    small_models.text_folder(use.folder / "text")
    text = "\n".join(small_models.documents(count=3)).encode()
    weights = (model / "model.safetensors").read_bytes()[:4096]
    kinds = [("a.txt", gzip.compress(text), "gzip"),
             ("b.jsonl", bz2.compress(text), "bzip2"),
             ("c.txt", lzma.compress(text), "xz"),
             ("d.md", zipped(text), "zip"),
             ("e.txt", b"\x28\xb5\x2f\xfd" + text, "zstd"),
             ("f.jsonl", b"PAR1\x15\x04\x15\x00" + text + b"PAR1", "Parquet"),
             ("g.txt", b"ARROW1\0\0" + text, "Arrow"),
             ("h.txt", b"%PDF-1.4\n" + text, "PDF"),
             ("i.txt", weights, "safetensors"),
             ("j.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + text, "PNG"),
             ("k.txt", struct.pack("<4000H", *(i * 7 % 49000 for i in range(4000))), "NUL bytes"),
             ("l.txt", text + b"\0" + text, "NUL bytes"),
             ("m.json", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
              "git LFS"),
             ("n.txt.gz", gzip.compress(text), "unpack")]
    for name, data, kind in kinds:
        (use.folder / name).write_bytes(data)
        sweep = use.model_sweep("s.yaml", model, "TEXT")
        sweep = use.write("s.yaml", (use.folder / sweep).read_text().replace(
            '"TEXT"', f'["text", "{name}"]'))
        use.expect_gate(sweep, 78, rf"{name}: .*{kind}")
