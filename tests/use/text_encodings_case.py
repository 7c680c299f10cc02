"""Encodings are decoded or refused by name, and what is replaced is counted and said.

Sources: huggingface/tokenizers 192 and 282, openwall/john 2802 (UTF-16 must be named, not eaten),
mead-ml/mead-baseline PR 846 (Latin-1). UTF-16 with a byte order mark trains as the same text in
UTF-8 does; UTF-16 without one, UTF-32 and Latin-1 are refused with the file and the command that
converts it; a few ill-formed bytes in UTF-8 are read as U+FFFD, counted and said, from the cache
too. `validate` ends as `run` does.
"""
import small_models

VOCABULARY = "été naïve forêt the cat and a horse on roads with stones near some river".split()


def put(use, folder, documents, encode):
    made = use.folder / folder
    made.mkdir()
    for i, document in enumerate(documents):
        (made / f"{i}.txt").write_bytes(encode(document, i))
    return folder


def case(use):
    model, _, _ = small_models.folder(use.folder / "model")
    documents = small_models.documents(vocabulary=VOCABULARY)

    def sweep(folder):
        return use.model_sweep(f"{folder}.yaml", model, folder)

    def losses(folder):
        use.expect_outcome(use.saelaw("run", sweep(folder), "--db", f"{folder}.db"), 0)
        return [(row["tokens"], row["final"]["loss"]) for row in use.results(f"{folder}.db")]

    put(use, "plain", documents, lambda d, i: d.encode())
    put(use, "bom8", documents, lambda d, i: d.encode("utf-8-sig"))
    put(use, "bom16", documents, lambda d, i: d.encode("utf-16"))
    put(use, "bom32", documents, lambda d, i: d.encode("utf-32"))
    plain = use.saelaw("validate", sweep("plain"))
    use.expect_outcome(plain, 0, r"text: 30 documents in 30 files", r"U\+FFFD")
    tokens = [line for line in plain.err.splitlines() if "usable training tokens" in line]
    for folder in ("bom8", "bom16", "bom32"):
        use.expect_outcome(use.saelaw("validate", sweep(folder)), 0, tokens[0], r"U\+FFFD")
    expected = losses("plain")
    use.expect(expected and losses("bom16") == expected, "UTF-16 has other losses than UTF-8")

    refused = {"latin1": ("latin-1", r"0\.txt: \d+ of its \d+ characters .*Latin-1.*iconv"),
               "windows": ("cp1252", r"0\.txt: \d+ of its \d+ .*iconv -f WINDOWS-1252"),
               "le16": ("utf-16-le", r"0\.txt: looks like UTF-16LE .*iconv -f UTF-16LE"),
               "be16": ("utf-16-be", r"0\.txt: looks like UTF-16BE"),
               "le32": ("utf-32-le", r"0\.txt: looks like UTF-32LE")}
    for folder, (encoding, pattern) in refused.items():
        put(use, folder, documents, lambda d, i: d.encode(encoding))
        use.expect_gate(sweep(folder), 78, pattern)

    put(use, "damaged", documents, lambda d, i: d.encode() + (b" \xff." if i in (3, 5) else b""))
    for _ in range(2):  # the second reading is that of the cache
        use.expect_outcome(use.saelaw("validate", sweep("damaged")), 0,
                           r"2 ill-formed characters read as U\+FFFD: .*3\.txt \(1\), .*5\.txt \(1\)")
