"""Whether a text begins with BOS, as transformers decides it: the template in tokenizer.json alone.

Sources: ggml-org/llama.cpp PR 24428 (the template's leading special token is the BOS),
huggingface/transformers 30947, PR 46722 and PR 31316. Expected: what transformers 5.13 and
tokenizers 0.22 do on the same folders. One id fewer of text in each context shows where BOS stands:
the losses are those of the folder with the plain template, or those of the folder without one.
"""
import copy
import json

import small_models as small

BOS, EOS = "<|begin_of_text|>", "<|end_of_text|>"
NAMES = dict(bos_token=BOS, eos_token=EOS, tokenizer_class="PreTrainedTokenizerFast")


def with_processor(path, processor):
    """A folder whose tokenizer.json has this post-processor."""
    made, _, _ = small.folder(path)
    file = made / "tokenizer.json"
    tokenizer = json.loads(file.read_text())
    tokenizer["post_processor"] = processor
    file.write_text(json.dumps(tokenizer))
    return made


def ids_of(name):
    return small.tokenizer_json(merges=small.MERGES)[0]["post_processor"]["special_tokens"][name]["ids"]


def folders(use):
    """The folders with BOS, then those without; of each the first is the plain one."""
    at = use.folder
    template = small.tokenizer_json(merges=small.MERGES)[0]["post_processor"]
    [bos] = ids_of(BOS)
    byte_level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)
    small.folder(at / "plain")
    small.folder(at / "no_config", tokenizer_config=None)
    small.folder(at / "config_without_bos", tokenizer_config=dict(eos_token=EOS))
    small.folder(at / "names_null", tokenizer_config=dict(NAMES, bos_token=None))
    small.folder(at / "add_false", tokenizer_config=dict(NAMES, add_bos_token=False))
    mapped, _, _ = small.folder(at / "special_tokens_map", tokenizer_config=None)
    (mapped / "special_tokens_map.json").write_text(json.dumps(dict(bos_token=BOS, eos_token=EOS)))
    with_processor(at / "sequence", dict(type="Sequence", processors=[byte_level, template]))
    with_processor(at / "roberta", dict(type="RobertaProcessing", sep=[EOS, bos + 1],
                                        cls=[BOS, bos], trim_offsets=True, add_prefix_space=False))
    with_processor(at / "bert", dict(type="BertProcessing", sep=[EOS, bos + 1], cls=[BOS, bos]))

    small.folder(at / "no_template", template=False)
    small.folder(at / "add_true", tokenizer_config=dict(NAMES, add_bos_token=True), template=False)
    entry = dict(content=BOS, lstrip=False, normalized=False, rstrip=False, single_word=False)
    small.folder(at / "add_true_dict", template=False,
                 tokenizer_config=dict(NAMES, bos_token=entry, add_bos_token=True))
    small.folder(at / "ids_in_config", dict(bos_token_id=bos, eos_token_id=bos + 1),
                 tokenizer_config=None, template=False)
    behind = copy.deepcopy(template)
    behind["single"].reverse()
    with_processor(at / "template_behind", behind)
    with_processor(at / "byte_level", byte_level)
    return (["plain", "no_config", "config_without_bos", "names_null", "add_false",
             "special_tokens_map", "sequence", "roberta", "bert"],
            ["no_template", "add_true", "add_true_dict", "ids_in_config", "template_behind",
             "byte_level"])


def losses(use, model, activations="", label=""):
    name = model + label
    sweep = use.model_sweep(f"{name}.yaml", model, spliced=0, activations=activations)
    use.expect_outcome(use.saelaw("validate", sweep), 0)
    use.expect_outcome(use.saelaw("run", sweep, "--db", f"{name}.db"), 0)
    return [round(row["final"]["loss"], 12) for row in use.results(f"{name}.db")]


def case(use):
    small.text_folder(use.folder / "text")
    led, plain = folders(use)
    expected = {True: losses(use, led[0]), False: losses(use, plain[0])}
    use.expect(expected[True] != expected[False], f"BOS changes nothing: {expected}")
    for begins, names in ((True, led[1:]), (False, plain[1:])):
        for name in names:
            got = losses(use, name)
            use.expect(got == expected[begins], f"{name}: {got}, not {expected[begins]}")

    # The setting goes before the tokenizer.
    use.expect(losses(use, "plain", "  add_bos: false", "-off") == expected[False], "add_bos: false")
    use.expect(losses(use, "no_template", "  add_bos: true", "-on") == expected[True], "add_bos: true")
    use.expect(losses(use, "ids_in_config", "  add_bos: true", "-on") == expected[True],
               "add_bos: true with an id in config.json")
    use.expect(losses(use, "no_template", "  add_bos: auto", "-auto") == expected[False], "auto")
    small.folder(use.folder / "nameless", tokenizer_config=None, template=False)
    use.expect_gate(use.model_sweep("nameless.yaml", "nameless", activations="  add_bos: true"), 78,
                    "names no bos token", "nameless.db")

    template = small.tokenizer_json(merges=small.MERGES)[0]["post_processor"]
    template["single"].insert(0, template["single"][0])
    with_processor(use.folder / "two", template)
    use.expect_gate(use.model_sweep("two.yaml", "two"), 78, "2 tokens before a text", "two.db")
