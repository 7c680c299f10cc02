#!/usr/bin/env bash
# capture, then a sweep on the shards: the same vectors as live, so the same losses; and shards that
# were cut or hold no numbers are refused before anything is trained.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=$root/build/cpu/bin/saelaw
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
cat > live.yaml <<'YAML'
activations:
  source: synthetic
  synthetic: {d_in: 16, dictionary_size: 32, active_latents: 2}
  held_out_tokens: 1Ki
  normalisation_tokens: 4Ki
sae: {d_sae: 32, threshold: {init: 0.1}, bandwidth: 0.1}
training: {batch_tokens: 128, lr: 8e-3, threshold_lr: 1e-3, precision: fp32}
study:
  loss_law: {tokens: [16Ki, 32Ki]}
  lr_law: none
  hold_out: none
target: {tokens: 64Ki}
execution: {dense_above: 0.05}
YAML
"$saelaw" run live.yaml --db t.db
"$saelaw" capture live.yaml --out shards --tokens 64Ki --dtype fp32 --db t.db
python3 - <<'PY'
text = open("live.yaml").read()
begin, end = text.index("  source: synthetic"), text.index("  held_out_tokens")
open("shards.yaml", "w").write(text[:begin] + "  source: shards\n  shards: shards\n" + text[end:])
PY
"$saelaw" run shards.yaml --db t.db
sqlite3 t.db "SELECT runs.tokens, json_extract(result, '$.final.loss') FROM results JOIN runs ON runs.id = results.run_id ORDER BY 1, 2" > losses.txt
cat losses.txt
python3 - <<'PY'
rows = [line.split("|") for line in open("losses.txt").read().split()]
assert len(rows) == 4, rows
for live, captured in ((rows[0], rows[1]), (rows[2], rows[3])):
    assert live == captured, ("captured vectors train to other losses", rows)
PY
truncate -s -100 "$(ls shards/*.safetensors | head -1)"
code=0; "$saelaw" run shards.yaml --db fresh.db 2> cut.txt || code=$?
[ $code = 74 ] && grep -q safetensors cut.txt || { echo "cut shard: exit $code"; cat cut.txt; exit 1; }
