"""JSON lines are read under every name and with what real writers put into them.

Sources: huggingface/datasets 6460 (C4's shards are .json), mlfoundations/open_lm PR 285, unslothai/
unsloth PR 7422 and 7183, openai/gpt-2-output-dataset 51 (empty documents), explosion/spaCy 3694
(text: null), PaulJuliusMartinez/jless 51 and ICRAR/ijson 139 (json.dumps writes NaN; it writes lone
surrogates too). Lines under .json and .ndjson, in arrays and without an extension train as the same
documents in plain files do; null and empty ones are skipped and counted, lone surrogates replaced
and counted, and another key is named by activations.text_key.
"""
import json

import small_models


def case(use):
    model, _, _ = small_models.folder(use.folder / "model")
    documents = small_models.documents()

    def put(folder, name, text):
        (use.folder / folder).mkdir(exist_ok=True)
        (use.folder / folder / name).write_bytes(text.encode())

    def lines(some, **more):
        return "".join(json.dumps({"text": d, **more}) + "\n" for d in some)

    def sweep(folder, activations=""):
        return use.model_sweep(f"{folder}.yaml", model, f"{folder}/*", activations=activations)

    def losses(folder):
        use.expect_outcome(use.saelaw("run", sweep(folder), "--db", f"{folder}.db"), 0)
        return [(row["tokens"], row["final"]["loss"]) for row in use.results(f"{folder}.db")]

    def valid(folder, pattern="text: 30 documents", activations=""):
        made = use.saelaw("validate", sweep(folder, activations))
        use.expect_outcome(made, 0, pattern)
        return [line for line in made.err.splitlines() if "usable training tokens" in line]

    for i, document in enumerate(documents):
        put("plain", f"{i:02}.txt", document)
    for k in range(6):
        shard = lines(documents[5 * k:5 * k + 5], timestamp="2020-01-02T03:04:05Z",
                      url=f"https://example.org/{k}", score=float("nan"))
        put("c4", f"c4-train.{k:05d}-of-00006.json", shard)
        put("ndjson", f"{k}.ndjson", shard)
        put("spark", f"part-{k:05d}", shard)
        put("crlf", f"{k}.jsonl", shard.rstrip("\n").replace("\n", "\r\n"))
        put("cr", f"{k}.jsonl", "\ufeff" + shard.replace("\n", "\r"))
        put("array", f"{k}.json", json.dumps([json.loads(line) for line in shard.splitlines()]))
        put("strings", f"{k}.json", json.dumps(documents[5 * k:5 * k + 5], indent=2))
    for i, document in enumerate(documents):
        put("single", f"{i:02}.json", json.dumps({"id": i, "text": document}, indent=1))

    expected, tokens = losses("plain"), valid("plain")
    for folder in ("c4", "ndjson"):
        use.expect(expected and losses(folder) == expected, f"{folder} has other losses than plain")
    for folder in ("spark", "crlf", "cr", "array", "strings", "single"):
        use.expect(tokens and valid(folder) == tokens, f"{folder} has other tokens than plain")

    good = lines(documents)
    put("null", "a.jsonl", good + '{"text": null}\n{"text": ""}\n')
    valid("null", "2 empty documents skipped")
    put("surrogate", "a.jsonl", good + r'{"text": "half a pair \ud83d and on"}' + "\n")
    valid("surrogate", r"1 lone surrogate read as U\+FFFD: .*a\.jsonl \(1\)")
    put("content", "a.jsonl", "".join(json.dumps({"id": i, "content": d}) + "\n"
                                      for i, d in enumerate(documents)))
    use.expect_gate(sweep("content"), 78,
                    r"a\.jsonl:1: has no key 'text'; its keys are 'id', 'content'.*text_key")
    valid("content", activations="  text_key: content")

    put("list", "a.jsonl", good + '{"text": ["a", "b"]}\n')
    use.expect_gate(sweep("list"), 78, r"a\.jsonl:31: 'text' is a list, not a string")
    put("cut", "a.jsonl", good[:-30])
    use.expect_gate(sweep("cut"), 74, r"a\.jsonl:30: is not JSON")
