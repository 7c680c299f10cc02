#!/usr/bin/env bash
# `plan` reads neither weights nor text, `validate` tokenises the text and reads no weights: of their
# file they look at the header alone. It has a tensor of 256 GiB that is a hole: whoever reads it all
# is not done by the timeout.
#   tests/app/plan_reads_no_weights.sh [SAELAW]
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=${1:-$root/build/cpu/bin/saelaw}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
export SAELAW_CACHE=$work/cache
mkdir model text
cp "$root"/tests/tokens/data/llama3_made/* model/
cat > model/config.json <<'JSON'
{"model_type": "llama", "num_hidden_layers": 4, "hidden_size": 64, "intermediate_size": 128,
 "num_attention_heads": 4, "vocab_size": 2300, "tie_word_embeddings": true}
JSON
python3 - model/model.safetensors <<'PY'
import json, struct, sys
hidden, ffn, vocabulary, layers = 64, 128, 2300, 4
shapes = {"model.embed_tokens": [vocabulary, hidden], "model.norm": [hidden]}
for i in range(layers):
    block = f"model.layers.{i}."
    shapes |= {block + name: [hidden] for name in ("input_layernorm", "post_attention_layernorm")}
    shapes |= {block + f"self_attn.{name}_proj": [hidden, hidden] for name in "qkvo"}
    shapes |= {block + "mlp.gate_proj": [ffn, hidden], block + "mlp.up_proj": [ffn, hidden],
               block + "mlp.down_proj": [hidden, ffn]}
shapes["hole"] = [1 << 36]
header, offset = {}, 0
for name, shape in shapes.items():
    size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
    header[name + ".weight"] = dict(dtype="F32", shape=shape, data_offsets=[offset, offset + size])
    offset += size
text = json.dumps(header).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    file.truncate(8 + len(text) + offset)
PY
for i in $(seq 40); do seq "$i" 2000 | tr '\n' ' ' > "text/$i.txt"; done
cat > s.yaml <<'YAML'
activations: {source: model, model: model, text: text, context_tokens: 64, held_out_tokens: 1Ki}
sae: {d_sae: 128}
training: {batch_tokens: 64, lr_warmup: 20%}
study:
  loss_law: {tokens: [8Ki, 16Ki, 32Ki]}
target: {tokens: 64Mi}
YAML
expect() { grep -q -- "$2" "$1" || { echo "no '$2' in $1:"; cat "$1"; exit 1; }; }

timeout 20 "$saelaw" plan s.yaml --json > before.json 2> before.txt
expect before.txt 'estimated from its size'
! ls cache/corpora 2>/dev/null | grep -q 'tokens\|hash\|tensors' || { echo "plan read data"; ls cache/corpora; exit 1; }

timeout 20 "$saelaw" validate s.yaml 2> validate.txt
expect validate.txt 'usable training tokens'
! ls cache/corpora | grep -q '^tensors-' || { echo "validate hashed the weights"; exit 1; }

# Counted once, plan knows the number; a run that is too long for it is refused.
timeout 20 "$saelaw" plan s.yaml --json > after.json 2> after.txt
! grep -q estimated after.txt || { echo "the count was forgotten"; cat after.txt; exit 1; }
sed 's/32Ki\]/32Mi]/' s.yaml > long.yaml
code=0; timeout 20 "$saelaw" plan long.yaml 2> long.txt || code=$?
[ "$code" = 78 ] || { echo "exit $code"; cat long.txt; exit 1; }
expect long.txt 'data is never repeated'

# The same files without the weights: a price all the same.
rm model/model.safetensors
timeout 20 "$saelaw" plan s.yaml --json > /dev/null
echo ok
