"""The `tokenizers` library's side of our comparisons: made tokenizers, and a GGUF's as it should be."""
import ast
import json
import pathlib
import sysconfig

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

# meta-llama/Meta-Llama-3-8B, tokenizer.json, pre_tokenizer
LLAMA3_PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
                  r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CONTROL = 3  # GGUF token type


def split_pre_tokenizer(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def smollm_pre_tokenizer():
    """What the model was trained with: GGUF's `smollm` (llama.cpp has the same two steps)."""
    return pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])


def docstrings(max_bytes=1_500_000):
    """Docstrings of the standard library: prose with names, numbers and code in it."""
    texts, total = [], 0
    for path in sorted(pathlib.Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        tree = ast.parse(path.read_text("utf-8", errors="replace"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                text = ast.get_docstring(node, clean=False)
                if text and total < max_bytes:
                    texts.append(text)
                    total += len(text)
    return texts


def train(pre_tokenizer, merges):
    """A byte-level BPE of that many merges on the docstrings."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=256 + merges, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(docstrings(), trainer)
    return tokenizer


def as_plain_text(tokenizer):
    """Special tokens in texts are plain text, as in our Encode."""
    tokenizer.encode_special_tokens = True
    return tokenizer


def from_gguf(path):
    """The tokenizer of a GGUF whose tokenizer.ggml.pre is `smollm`."""
    reader = gguf.GGUFReader(path)
    field = lambda name: reader.get_field(f"tokenizer.ggml.{name}").contents()
    assert field("pre") == "smollm", field("pre")
    vocabulary = {text: i for i, text in enumerate(field("tokens"))}
    merges = [tuple(merge.split(" ")) for merge in field("merges")]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = smollm_pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    special = [text for text, kind in zip(field("tokens"), field("token_type")) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in special])
    return as_plain_text(tokenizer)


def from_json(path):
    return as_plain_text(Tokenizer.from_file(str(path)))


def write_gguf(path, pre, tokens, token_types, merges, bos, eos):
    """A GGUF with a tokenizer and no tensors."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(token_types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(bos)
    writer.add_eos_token_id(eos)
    writer.add_add_bos_token(False)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def bpe_parts(tokenizer):
    """(vocabulary, merges as pairs) of a tokenizer."""
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(merge) for merge in model["merges"]]
