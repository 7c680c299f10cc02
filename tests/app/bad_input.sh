#!/usr/bin/env bash
# What people get wrong: each is answered in one clear line with the documented exit code.
set -uo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=$root/build/cpu/bin/saelaw; trainer=$root/build/cpu/bin/saelaw-trainer
work=$(mktemp -d); trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
bad=0

# expect CODE PATTERN COMMAND...: the exit code, and a line on stderr that matches.
expect() {
  local code=$1 pattern=$2; shift 2
  timeout 60 "$@" >out.txt 2>err.txt; local got=$?
  if [ $got != "$code" ] || ! grep -qE "$pattern" err.txt; then
    bad=$((bad + 1)); echo "FAIL ($got, wanted $code /$pattern/): $*"; head -c 2000 err.txt
  else
    echo "ok: $(grep -E -m1 "$pattern" err.txt | head -c 150)"
  fi
}
yaml() { printf '%b' "$2" > "$1"; }
synthetic=$root/experiments/synthetic.yaml

expect 64 '' "$saelaw" no-such-command
expect 64 'saelaw|csv' "$saelaw" fit
expect 74 'absent.yaml' "$saelaw" validate absent.yaml
yaml empty.yaml '';                                  expect 78 'empty.yaml' "$saelaw" validate empty.yaml
yaml tab.yaml 'name: x\n\tsae: 1\n';                 expect 78 'tab.yaml:2' "$saelaw" validate tab.yaml
yaml latin.yaml 'name: \xe9t\xe9\n';                 expect 78 'UTF-8' "$saelaw" validate latin.yaml
head -c 100000000 /dev/zero | tr '\0' 'a' > huge.yaml; expect 78 'huge.yaml' "$saelaw" validate huge.yaml
sed 's/^training:/trainning:/' "$synthetic" > typo.yaml;  expect 78 'typo.yaml:[0-9]+:[0-9]+:.*did you mean' "$saelaw" validate typo.yaml
{ cat "$synthetic"; echo 'name: again'; } > twice.yaml;   expect 78 'twice.yaml:[0-9]+:' "$saelaw" validate twice.yaml
sed 's/d_sae: .*/d_sae: 12 bananas/' "$synthetic" > unit.yaml; expect 78 'unit.yaml:[0-9]+:[0-9]+:' "$saelaw" validate unit.yaml
sed 's/batch_tokens: .*/batch_tokens: -1/' "$synthetic" > negative.yaml; expect 78 'negative.yaml:[0-9]+:[0-9]+:' "$saelaw" validate negative.yaml
expect 78 'GPU|CUDA|cuda' "$saelaw" run "$synthetic" --db gpu.db --device cuda
expect 78 'absent.db' "$saelaw" recommend "$synthetic" --db absent.db
sqlite3 other.db 'CREATE TABLE t(x); PRAGMA user_version=3;'; expect 78 'other.db' "$saelaw" run "$synthetic" --db other.db
if [ "$(id -u)" != 0 ]; then mkdir locked; chmod a-w locked; expect 74 'locked' "$saelaw" run "$synthetic" --db locked/x.db; fi
expect 74 'no/such' "$saelaw" run "$synthetic" --db no/such/folder/x.db

model=$root/.deps/model/smollm2-135m.gguf
if [ -e "$model" ]; then
  quick=$root/experiments/quickstart.yaml
  export SAELAW_DATA=$work/data; mkdir -p data/text
  echo 'too short' > data/text/a.txt
  expect 74 'smollm2-135m.gguf' "$saelaw" run "$quick" --db m.db
  expect 0 'smollm2-135m.gguf' "$saelaw" plan "$quick" --db m.db
  head -c 1000000 "$model" > data/smollm2-135m.gguf;   expect '74' 'smollm2-135m.gguf' "$saelaw" run "$quick" --db m.db
  ln -sf "$model" data/smollm2-135m.gguf;              expect 78 'tokens' "$saelaw" run "$quick" --db m.db
  sed 's/layer: .*/layer: 99/' "$quick" > layer.yaml;  expect 78 'layer' "$saelaw" validate layer.yaml
  sed 's/hook: .*/hook: nose/' "$quick" > hook.yaml;   expect 78 'mlp_out' "$saelaw" validate hook.yaml
fi

printf 'D;loss\n1e6;0,5\n' > comma.csv;   expect 78 'comma.csv:2' "$saelaw" fit --csv comma.csv --columns 'tokens=D,loss=loss'
printf 'D,loss\n1e6,0.5\n' > column.csv;  expect 78 'column.csv' "$saelaw" fit --csv column.csv --columns 'tokens=N,loss=loss'
expect 74 'absent.csv' "$saelaw" fit --csv absent.csv
expect 64 'not both: leave one out' "$saelaw" fit --csv comma.csv --db results.db
echo '{' > job.json; expect 74 'job' "$trainer" job.json --attempt t
expect 74 'job' "$trainer" job.json --token t  # what the option was called in 0.1.0
[ $bad = 0 ]
