#!/usr/bin/env python3
"""Makes tests/tokens/data: two small tokenizers and what the `tokenizers` library encodes with them.

Run with the peers' Python: .deps/peers/bin/python tests/tokens/make_tokenizer_vectors.py
With SAELAW_SMOLLM2 (path of SmolLM2's GGUF) set, its vectors are made again too.
The made vocabularies come from the docstrings of Python's standard library, so that another Python
makes other vocabularies; files are committed together.
"""
import json
import os
import pathlib

from tokenizers import AddedToken, Tokenizer, processors

import tokenizer_peers as peers

DATA = pathlib.Path(__file__).parent / "data"

TEXTS = {
    "empty": "",
    "prose": "The quick brown fox isn't lazy; it's we're I've they'll he'd I'm DON'T WE'LL.",
    "code": "def f(x, *, y=None):\n\treturn {k: v**2 for k, v in x.items()}  # [1, 2]\n\n\nclass A:\n"
            "    pass\r\n\r\n  if (a != b) { a->x += 0x1F; }\n",
    "digits": "7 42 123 1234 12345 3.14159 1e-6 2026-01-31 v1.2.3 x86_64  7\n\n  7",
    "spaces": " a  b   c    d\te\t\tf \t g   ",
    "only spaces": "        ",
    "newlines": "\n\n\n a\n\n b\r\n\r\nc\n \n \n",
    "space before digits": "a  1   22\t3\n4",
    "control": "a\x00b\x1c\x1d\x1fc\x7f\x85d\x0b\x0c",
    "unicode spaces": "a\u00a0b\u2003\u2003c\u3000d\u180ee\u200bf\u2028g\u2029",
    "latin": "Über naïve café façade Straße ſ 'ſ İstanbul ŁÓDŹ 'S 'T",
    "combining": "e\u0301 a\u0308 q\u0323\u0307 \u0301alone",
    "cjk": "自然言語処理は面白い。機械学習,深度学习 한국어 텍스트",
    "arabic": "اللغة العربية مكتوبة ١٢٣٤ من اليمين",
    "indic": "नमस्ते दुनिया १२३ தமிழ்",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇪🇺 ✨",
    "numbers of other kinds": "²³ ½ Ⅷ ⅻ ① 𝟘𝟙𝟚 ৪৫",
    "rare planes": "𐍈 𝔘𝔫𝔦 \U000e0041 \U000f0000 \U0010ffff \ufffd \ufeff",
    "special": "<|endoftext|> <|im_start|>user\n<|im_end|> <|begin_of_text|><|eot_id|>",
    "long word": "a" * 200 + "ab" * 100 + " " + "z" * 65,
    "whole piece": "unmergeable xyzzyqux xyzzyquxx",
    "not utf-8: lone bytes": b"a\x80b\xffc\xc3",
    "not utf-8: overlong": b"\xc0\xaf \xe0\x80\xaf \xf0\x80\x80\xaf",
    "not utf-8: surrogates": b"\xed\xa0\x80\xed\xbf\xbf",
    "not utf-8: cut short": b"\xe2\x82 \xf0\x9f\x91 \xf4\x90\x80\x80 \xf0\x9f",
}


def vectors(tokenizer):
    made = []
    for kind, text in TEXTS.items():
        raw = text if isinstance(text, bytes) else text.encode("utf-8")
        ids = tokenizer.encode(raw.decode("utf-8", errors="replace"), add_special_tokens=False).ids
        shown = {"hex": raw.hex()} if isinstance(text, bytes) else {"text": text}
        made.append({"kind": kind, **shown, "ids": ids})
    return made


def write_json(name, value):
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in value)
    (DATA / name).write_text(f"[\n{lines}\n]\n")


def make_llama3():
    """Laid out as Llama 3's own: added tokens after the vocabulary, bos by the post-processor."""
    tokenizer = peers.train(peers.split_pre_tokenizer(peers.LLAMA3_PATTERN), 2000)
    made = json.loads(tokenizer.to_str())
    model = made["model"]
    model["ignore_merges"] = True
    # No merges lead to this one: a piece becomes it because the whole piece is a token.
    model["vocab"]["Ġxyzzyqux"] = len(model["vocab"])
    tokenizer = Tokenizer.from_str(json.dumps(made))
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"]
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in names])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names[0]} $A", special_tokens=[(names[0], tokenizer.token_to_id(names[0]))])
    folder = DATA / "llama3_made"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {"bos_token": names[0], "eos_token": {"content": names[1], "special": True}}
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
    write_json("llama3_made_vectors.json", vectors(peers.from_json(folder / "tokenizer.json")))
    return tokenizer


def make_llama3_gguf(tokenizer):
    """The same tokenizer as the converter to GGUF writes it."""
    ids = tokenizer.get_vocab(with_added_tokens=True)
    texts = sorted(ids, key=ids.get)
    added = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    _, merges = peers.bpe_parts(tokenizer)
    peers.write_gguf(DATA / "llama3_made.gguf", "llama-bpe", texts,
                     [peers.CONTROL if text in added else 1 for text in texts],
                     [" ".join(merge) for merge in merges],
                     ids["<|begin_of_text|>"], ids["<|end_of_text|>"])


def make_smollm():
    """Laid out as SmolLM2's GGUF: special tokens first, and some bytes without a token."""
    vocabulary, merges = peers.bpe_parts(peers.train(peers.smollm_pre_tokenizer(), 800))
    absent = {byte for token, byte in byte_spellings().items() if byte >= 0xF4 or byte == 0x1C}
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    texts = special + [text for text in sorted(vocabulary, key=vocabulary.get)
                       if byte_spellings().get(text) not in absent]
    peers.write_gguf(DATA / "smollm_made.gguf", "smollm", texts,
                     [peers.CONTROL] * 3 + [1] * (len(texts) - 3),
                     [" ".join(merge) for merge in merges], 1, 2)
    write_json("smollm_made_vectors.json", vectors(peers.from_gguf(DATA / "smollm_made.gguf")))


def byte_spellings():
    """GPT-2's bytes_to_unicode, inverted."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    shifted = [byte for byte in range(256) if byte not in kept]
    return {**{chr(byte): byte for byte in kept},
            **{chr(0x100 + i): byte for i, byte in enumerate(shifted)}}


if __name__ == "__main__":
    make_llama3_gguf(make_llama3())
    make_smollm()
    if "SAELAW_SMOLLM2" in os.environ:
        write_json("smollm2_vectors.json", vectors(peers.from_gguf(os.environ["SAELAW_SMOLLM2"])))
