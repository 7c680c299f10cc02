"""Tables as spreadsheets, trackers and scripts write them.

Sources: JuliaData/CSV.jl 626 and 1150, tidyverse/readr 799, karpathy/nanochat PR 580 (33,554,432),
openwall/john 2802 and PowerShell/PowerShell 14108 (UTF-16), plaintextaccounting/hledger 841 and
ayu5h-raj/quickcsv PR 5 (line breaks inside quotes), wandb/wandb 6474 (column names with commas).

All that RFC 4180 allows is read, and so are UTF-16, old line ends, Excel's "sep=;", units and grouped
thousands; the usual words for a missing value are one; a name that is there twice is refused; every
message is one short line.
"""
import json

ROWS = [(d, 0.3 + 30 * d ** -0.5) for d in (16384, 32768, 65536, 131072, 262144, 524288)]
BODY = "".join(f"{d},{loss:.5f}\n" for d, loss in ROWS)
CRLF = BODY.replace("\n", "\r\n")
NOTE = '"node lost\nagain, ""fine"""'

# Tables of the same six runs.
GOOD = {
    "plain": "tokens,loss\n" + BODY,
    "utf16_le": b"\xff\xfe" + ("tokens,loss\r\n" + CRLF).encode("utf-16-le"),
    "utf16_be": b"\xfe\xff" + ("tokens,loss\r\n" + CRLF).encode("utf-16-be"),
    "utf16_without_mark": ("tokens,loss\r\n" + CRLF).encode("utf-16-le"),
    "cr": ("tokens,loss\n" + BODY).replace("\n", "\r"),
    "sep": "\ufeffsep=;\r\ntokens;loss\r\n" + CRLF.replace(",", ";"),
    "thousands": "tokens,loss\n" + "".join(f'"{d:,}",{loss:.5f}\n' for d, loss in ROWS),
    "underscores": "tokens,loss\n" + "".join(f"{d:_},{loss:.5f}\n" for d, loss in ROWS),
    "units": "tokens,loss\n" + "".join(f"{d / 1000:g}K,{loss:.5f}\n" for d, loss in ROWS),
    "binary_units": "tokens,loss\n" + "".join(f"{d // 1024}Ki,{loss:.5f}\n" for d, loss in ROWS),
    "multiline": "tokens,notes,loss\n" + "".join(
        f"{d},{NOTE if i == 3 else '-'},{loss:.5f}\n" for i, (d, loss) in enumerate(ROWS)),
    "tab": "tokens\tloss\n" + BODY.replace(",", "\t"),
    "missing": "tokens,loss\n" + BODY + "".join(
        f"{2 ** (20 + i)},{word}\n"
        for i, word in enumerate(["#N/A", "NULL", "n/a", "-", "NA", "<NA>", "None", ""])),
}
# Tables that are refused, and what the message has to say.
BAD = {
    "twice": ("tokens,loss,loss\n" + "".join(f"{d},{loss},{2 * loss}\n" for d, loss in ROWS),
              "2 columns are called 'loss'"),
    "ragged": ("tokens,loss,notes\n" + BODY, r"ragged.csv:2:.* 2 fields where the header has 3"),
    "decimal_comma": ("tokens;loss\n" + BODY.replace(",", ";").replace(".", ","),
                      "decimals are written with a point"),
    "quote": ('tokens,loss\n1000,"0.5\n' + BODY * 10000, r"quote.csv:2:7: a quoted field .* never ends"),
    "one_line": ("tokens,losses " * 100000, "no column 'loss'.* and [0-9]+ more"),
    "excel": (b"PK\x03\x04" + bytes(1000), "spreadsheet"),
    "json": ('{"tokens": 1}\n', "JSON"),
    "binary": (bytes(range(256)) * 100, "binary"),
    "no_header": (BODY, "a table begins with a line of column names"),
}


def law(use, name, *options):
    done = use.saelaw("fit", "--csv", name, "--law", "data", "--bootstrap", "0", "--json", *options)
    use.expect(done.code == 0, f"{name}: exit code {done.code}: {done.text[-300:]}")
    return json.loads(done.out) if done.code == 0 else {"params": {}, "n_points": 0, "dropped": []}


def case(use):
    for name, table in GOOD.items():
        data = table if isinstance(table, bytes) else table.encode()
        (use.folder / f"{name}.csv").write_bytes(data)
        fit = law(use, f"{name}.csv")
        use.expect(fit["n_points"] == 6, f"{name}: {fit['n_points']} points")
        use.expect(abs(fit["params"].get("exponent", 0) - 0.5) < 0.01, f"{name}: {fit['params']}")
        use.expect(len(fit["dropped"]) == (8 if name == "missing" else 0), f"{name}: {fit['dropped']}")
    for name, (table, pattern) in BAD.items():
        data = table if isinstance(table, bytes) else table.encode()
        (use.folder / f"{name}.csv").write_bytes(data)
        done = use.saelaw("fit", "--csv", f"{name}.csv", "--bootstrap", "0")
        use.expect_outcome(done, 78, pattern)
        use.expect(len(done.text) < 600 and done.text.count("\n") == 1, f"{name}: {done.text[:600]}")
    use.write("many.csv", "tokens,loss\n" + BODY * 2000)
    done = use.saelaw("fit", "--csv", "many.csv", "--bootstrap", "0")
    use.expect_outcome(done, 0, "Dropped: 11994 of 12000 rows")
    use.expect(len(done.text) < 10000, f"{len(done.text)} characters for rows that repeat")
    use.write("comma_name.csv", 'Step,"lr: 0.001, bs: 32 - loss"\n' + BODY)
    for columns in ('tokens=Step,loss="lr: 0.001, bs: 32 - loss"',
                    "tokens=Step,loss=lr: 0.001, bs: 32 - loss",
                    "loss=lr: 0.001, bs: 32 - loss,tokens=step"):
        use.expect(law(use, "comma_name.csv", "--columns", columns)["n_points"] == 6, columns)
    done = use.saelaw("fit", "--csv", "plain.csv", "--columns", "tokens=tokens,los=loss")
    use.expect_outcome(done, 64, "'los=loss' is not KEY=COLUMN; allowed keys: tokens")
    done = use.saelaw("fit", "--csv", "plain.csv", "--columns", "tokens=tokens,loss")
    use.expect_outcome(done, 64, "'loss' is not KEY=COLUMN; allowed keys: tokens")
