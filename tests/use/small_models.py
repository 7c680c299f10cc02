"""Makes small inputs for the cases of use: Llama folders, tokenizers, safetensors and GGUF files.

Pure Python without numpy, so that any machine with an interpreter can make them.
"""
import array
import json
import pathlib
import random
import struct

HIDDEN, FFN, HEADS, KV_HEADS, HEAD_DIM, LAYERS = 64, 128, 4, 2, 16, 4

MERGES = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("Ġ", "a"), ("e", "r"), ("a", "n"),
          ("o", "n"), ("r", "e"), ("Ġ", "s"), ("Ġ", "t"), ("e", "s"), ("o", "r"), ("an", "d"),
          ("Ġ", "and")]
WORDS = "the cat and a horse on roads with stones near some river".split()


# ---- text

def text_folder(path, files=30, words=900, seed=1):
    """`files` files of random words, as the documents of a small corpus."""
    rng = random.Random(seed)
    folder = pathlib.Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(files):
        (folder / f"{i}.txt").write_text(" ".join(rng.choice(WORDS) for _ in range(words)))


def documents(count=30, words=900, seed=1, vocabulary=WORDS):
    rng = random.Random(seed)
    return [" ".join(rng.choice(vocabulary) for _ in range(words)) for _ in range(count)]


# ---- GGUF

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


def _gguf_string(text):
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _gguf_value(kind, value):
    if kind == 8:
        return _gguf_string(value)
    if kind == 9:
        element, values = value
        return struct.pack("<IQ", element, len(values)) + b"".join(
            _gguf_value(element, v) for v in values)
    return struct.pack("<" + _SCALARS[kind], value)


def write_gguf(path, metadata, tensors):
    """metadata: [(key, type, value)]; tensors: [(name, dims innermost first, type, bytes)]."""
    out = struct.pack("<IIQQ", 0x46554747, 3, len(tensors), len(metadata))
    for key, kind, value in metadata:
        out += _gguf_string(key) + struct.pack("<I", kind) + _gguf_value(kind, value)
    offset, blobs = 0, []
    for name, dims, kind, data in tensors:
        out += _gguf_string(name) + struct.pack("<I", len(dims)) + struct.pack(f"<{len(dims)}Q", *dims)
        out += struct.pack("<IQ", kind, offset)
        blobs.append(data + b"\0" * (-len(data) % 32))
        offset += len(blobs[-1])
    out += b"\0" * (-len(out) % 32)
    pathlib.Path(path).write_bytes(out + b"".join(blobs))


# ---- safetensors

def gaussian(count, sd, seed):
    rng = random.Random(seed)
    return array.array("f", [rng.gauss(0, sd) for _ in range(count)]).tobytes()


def ones(count):
    return array.array("f", [1.0] * count).tobytes()


def tensors(vocabulary, layers=LAYERS, prefix="model.", tied=True, seed=1, scale=1.0):
    """name -> (shape, fp32 bytes) of a random Llama."""
    made = {prefix + "embed_tokens.weight": (
        [vocabulary, HIDDEN], gaussian(vocabulary * HIDDEN, scale, seed))}
    shapes = (("self_attn.q_proj", [HEADS * HEAD_DIM, HIDDEN]),
              ("self_attn.k_proj", [KV_HEADS * HEAD_DIM, HIDDEN]),
              ("self_attn.v_proj", [KV_HEADS * HEAD_DIM, HIDDEN]),
              ("self_attn.o_proj", [HIDDEN, HEADS * HEAD_DIM]),
              ("mlp.gate_proj", [FFN, HIDDEN]), ("mlp.up_proj", [FFN, HIDDEN]),
              ("mlp.down_proj", [HIDDEN, FFN]))
    for layer in range(layers):
        block = f"{prefix}layers.{layer}."
        for name, shape in shapes:
            made[block + name + ".weight"] = (
                shape, gaussian(shape[0] * shape[1], 0.3, seed * 1000 + layer * 10 + len(name)))
        for name in ("input_layernorm", "post_attention_layernorm"):
            made[block + name + ".weight"] = ([HIDDEN], ones(HIDDEN))
    made[prefix + "norm.weight"] = ([HIDDEN], ones(HIDDEN))
    if not tied:
        made["lm_head.weight"] = ([vocabulary, HIDDEN], gaussian(vocabulary * HIDDEN, 0.3, seed + 7))
    return made


def write_safetensors(path, named):
    header, offset, blob = {}, 0, b""
    for name, (shape, data) in named.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        blob += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + blob)


# ---- Hugging Face folders

def config(vocabulary, **changes):
    """config.json of the random Llama; a value of "DROP" leaves its key out."""
    made = dict(architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=HIDDEN,
                intermediate_size=FFN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                num_key_value_heads=KV_HEADS, vocab_size=vocabulary, max_position_embeddings=512,
                rms_norm_eps=1e-5, rope_theta=10000.0, hidden_act="silu", tie_word_embeddings=True,
                torch_dtype="float32")
    made.update(changes)
    return {key: value for key, value in made.items() if value != "DROP"}


def byte_alphabet():
    """GPT-2's printable stand-in for each byte."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    alphabet, more = {}, 0
    for byte in range(256):
        if byte in printable:
            alphabet[byte] = chr(byte)
        else:
            alphabet[byte] = chr(256 + more)
            more += 1
    return alphabet


def tokenizer_json(specials=("<|begin_of_text|>", "<|end_of_text|>"), template=True, merges=()):
    """A byte-level BPE tokenizer.json and its number of ids; `template` puts BOS in front."""
    alphabet = byte_alphabet()
    vocabulary = {alphabet[byte]: byte for byte in range(256)}
    size = 256
    pairs = []
    for a, b in merges:
        vocabulary[a + b] = size
        size += 1
        pairs.append(f"{a} {b}")
    added = []
    for content in specials:
        added.append(dict(id=size, content=content, single_word=False, lstrip=False, rstrip=False,
                          normalized=False, special=True))
        size += 1
    made = dict(version="1.0", truncation=None, padding=None, added_tokens=added, normalizer=None,
                pre_tokenizer=dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True,
                                   use_regex=True),
                post_processor=None,
                decoder=dict(type="ByteLevel", add_prefix_space=True, trim_offsets=True,
                             use_regex=True),
                model=dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None,
                           end_of_word_suffix=None, fuse_unk=False, byte_fallback=False,
                           ignore_merges=False, vocab=vocabulary, merges=pairs))
    if template:
        bos = added[0]
        made["post_processor"] = dict(
            type="TemplateProcessing",
            single=[dict(SpecialToken=dict(id=bos["content"], type_id=0)),
                    dict(Sequence=dict(id="A", type_id=0))],
            pair=[dict(Sequence=dict(id="A", type_id=0))],
            special_tokens={bos["content"]: dict(id=bos["content"], ids=[bos["id"]],
                                                 tokens=[bos["content"]])})
    return made, size


DEFAULT_TOKENIZER_CONFIG = dict(bos_token="<|begin_of_text|>", eos_token="<|end_of_text|>",
                                tokenizer_class="PreTrainedTokenizerFast")


def folder(path, changes=None, tokenizer_config=DEFAULT_TOKENIZER_CONFIG, weights=True,
           template=True, tied=True, prefix="model.", **tensor_options):
    """A model folder as Hugging Face lays it out. Returns (path, tensors, number of ids)."""
    made = pathlib.Path(path)
    made.mkdir(parents=True, exist_ok=True)
    tokenizer, size = tokenizer_json(template=template, merges=MERGES)
    (made / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    if tokenizer_config is not None:
        (made / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    (made / "config.json").write_text(
        json.dumps(config(size, tie_word_embeddings=tied, **(changes or {}))))
    named = tensors(size, prefix=prefix, tied=tied, **tensor_options)
    if weights:
        write_safetensors(made / "model.safetensors", named)
    return made, named, size
