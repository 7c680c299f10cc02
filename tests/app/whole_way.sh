#!/usr/bin/env bash
# The synthetic sweep from YAML to recommendation, as a user runs it; then what must hold of it:
# the documented keys, a hold-out inside its interval, nothing left to do, and the page written.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=$root/build/cpu/bin/saelaw
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
start=$(date +%s)
"$saelaw" run "$root/experiments/synthetic.yaml" --db t.db
"$saelaw" recommend "$root/experiments/synthetic.yaml" --db t.db --json > advice.json
took=$(( $(date +%s) - start ))
echo "run and recommend took $took s"
"$saelaw" run "$root/experiments/synthetic.yaml" --db t.db 2> again.txt
grep -q '^complete$' again.txt
sed '0,/^complete$/d' again.txt > verdict.txt
# It ends with the verdict, in the words of `recommend`.
"$saelaw" recommend "$root/experiments/synthetic.yaml" --db t.db -n > brief.txt
diff <(head -n -1 verdict.txt) <(head -n "$(( $(wc -l < verdict.txt) - 1 ))" brief.txt)
! grep -q '^round' again.txt
"$saelaw" status --db t.db --json > status.json
"$saelaw" report "$root/experiments/synthetic.yaml" --db t.db --out report > report.txt
python3 - <<'PY'
import json
advice = json.load(open("advice.json"))
for key in ("lr lr_interval lr_basis lr_max lr_max_interval loss_predicted loss_interval mse_predicted fvu_predicted "
            "l0_predicted exponents tokens d_sae batch_tokens schedule sparsity threshold_lr flops hours alternatives "
            "holdout transfer extrapolation_factor evidence warnings config_path").split():
    assert key in advice, f"recommend --json lacks {key}"
assert advice["holdout"], "no hold-out was checked"
for check in advice["holdout"]:
    low, high = check["interval"]
    print("hold-out: predicted", check["predicted"], "in", (low, high), "measured", check["measured"])
    assert check["inside"] and low <= check["measured"] <= high, "the hold-out lies outside its interval"
status = json.load(open("status.json"))
assert status["counts"].get("done") == len(status["runs"]) > 10, status["counts"]
for name in ("report.html", "report.json", "runs.csv", "laws.csv"):
    assert open("report/" + name).read().strip(), name
PY
# The emitted configuration trains, here at a 64th of its length, and what it leaves is an SAE.
[ -s analysis/synthetic/recommended.yaml ]
sed -E 's/^( +tokens:) .*/\1 256Ki/' analysis/synthetic/recommended.yaml > short.yaml
"$saelaw" train short.yaml --db t.db --out sae.safetensors | tee train.txt
grep -q completed train.txt
python3 - <<'PY'
import json, struct
with open("sae.safetensors", "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
shapes = {name: tensor["shape"] for name, tensor in header.items() if name != "__metadata__"}
assert shapes == {"W_enc": [64, 256], "b_enc": [256], "W_dec": [256, 64], "b_dec": [64], "threshold": [256]}, shapes
PY
"$saelaw" train short.yaml --db t.db --out again.safetensors  # known by now
cmp sae.safetensors again.safetensors

# A call that was given its end leaves a verdict and a report of what there is, and the next goes on.
code=0; "$saelaw" run "$root/experiments/synthetic.yaml" --db night.db --for 4s 2> night.err || code=$?
case $code in
  75) grep -q 'its time is spent: --for is 4 s, until ' night.err ;;
  0) grep -q '^complete$' night.err ;;  # a machine that does all of it in 4 s
  *) echo "a call with an end ended with $code"; cat night.err; exit 1 ;;
esac
grep -q 'written: analysis/synthetic/report.html' night.err || grep -q 'nothing to report yet' night.err
code=0; "$saelaw" run "$root/experiments/synthetic.yaml" --db night.db --for 8 2> bare.txt || code=$?
[ "$code" = 64 ]
grep -q "a time with its unit such as 8h" bare.txt

# A budget that leaves runs out is no complete study: exit 75, and the advice says so.
python3 - "$root/experiments/synthetic.yaml" > small.yaml <<'PY'
import sys
print(open(sys.argv[1]).read().replace("  wall: 10m", "  runs: 2"))
PY
code=0; "$saelaw" run small.yaml --db small.db 2> small.txt || code=$?
[ "$code" = 75 ] || { echo "a spent budget ended with $code"; cat small.txt; exit 1; }
grep -q 'budget is spent' small.txt
