"""** in a pattern finds what Python's glob, bash's globstar and datasets find.

Sources: huggingface/datasets PR 3309 and 2991 (** of Python's globs), quanteda/quanteda 132. Of 40
files in four folders all are found, by the pattern and by the folder's name; hidden files are not,
links do not lead round in circles, and a pattern that finds nothing is refused with its words.
"""
import glob

import small_models


def case(use):
    model, _, _ = small_models.folder(use.folder / "model")
    for i, document in enumerate(small_models.documents(count=40)):
        folder = use.folder / ["deep", "deep/a", "deep/a/b", "deep/a/b/c"][i % 4]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i}.txt").write_text(document)
    (use.folder / "deep/.cache").mkdir()
    (use.folder / "deep/.cache/copy.txt").write_text("a copy")
    counts = {pattern: len(glob.glob(str(use.folder / pattern), recursive=True))
              for pattern in ("deep/**/b/*.txt", "deep/*.txt", "*/a/*.txt")}
    (use.folder / "deep/a/circle").symlink_to(use.folder / "deep")

    def validate(text):
        return use.saelaw("validate", use.model_sweep("s.yaml", model, text))

    for pattern in ("deep/**/*.txt", "deep/**/**/*", "**/[0-9]*.txt", "./deep/**", "deep", "deep/"):
        use.expect_outcome(validate(pattern), 0, "text: 40 documents in 40 files")
    for pattern, found in counts.items():
        use.expect_outcome(validate(pattern), 0, f"text: {found} documents in {found} files")
    for pattern, words in (("deep/**/*.rst", r"no text file matches '.*deep/\*\*/\*\.rst'"),
                           ("deep/**.txt", "whole part of the path"),
                           ("nowhere/**/*.txt", "no text file matches")):
        use.expect_gate(use.model_sweep("n.yaml", model, pattern), 78, words)
