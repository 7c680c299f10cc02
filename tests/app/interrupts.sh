#!/usr/bin/env bash
# How `saelaw run` ends when it is asked to, with a script in the trainer's place: it says what it
# waits for, leaves the trainer its time, takes a signal sent twice at once for one, forces at the
# second Ctrl-C, and goes on when nobody reads what it says.
#   tests/app/interrupts.sh [SAELAW]
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=${1:-$root/build/cpu/bin/saelaw}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
export SAELAW_CACHE=$work/cache
# It is ready when it has written `began`; asked to end it writes `asked`, and ends (75) once `go` is there.
cat > trainer <<'SH'
#!/bin/bash
trap 'touch "$WORK/asked"; while [ ! -e "$WORK/go" ]; do read -rt 0.05 <> <(:) || true; done; exit 75' TERM
touch "$WORK/began"
while :; do read -rt 0.05 <> <(:) || true; done
SH
chmod +x trainer
export SAELAW_TRAINER=$work/trainer WORK=$work

fail() { echo "FAIL: $*"; cat err.txt; exit 1; }
# until_true COMMAND...: polls, for at most 20 s.
until_true() {
  local tries=0
  until "$@" 2>/dev/null; do tries=$((tries + 1)); [ $tries -lt 400 ] || fail "never: $*"; read -rt 0.05 <> <(:) || true; done
}
begin() {
  rm -rf began asked go t.db* t.runs err.txt
  "$saelaw" run "$root/experiments/synthetic.yaml" --db t.db 2> err.txt & pid=$!
  until_true [ -e began ]
}
# ended CODE: waits for saelaw and compares its exit code.
ended() { local code=0; wait $pid || code=$?; [ $code = "$1" ] || fail "ended with $code, wanted $1"; }

begin
kill -INT $pid; kill -INT $pid
until_true [ -e asked ]
until_true grep -q 'waiting for job' err.txt
kill -0 $pid || fail "did not wait for the trainer"
touch go; ended 130
grep -q 'waiting for job [0-9a-f]* (measure) to write its checkpoint; it is ended by force after 5' err.txt || fail "does not say for what it waits"
grep -q 'at once;' err.txt && fail "two signals at once were taken for two wishes"
echo "ok: a signal that comes twice at once is one wish, and the trainer has its time"

begin
kill -INT $pid; until_true [ -e asked ]
read -rt 1.2 <> <(:) || true  # the second wish is a second wish a second later
kill -INT $pid; ended 130
grep -q 'ended by force' err.txt || fail "does not say that it was forced"
echo "ok: the second Ctrl-C forces"

begin
kill -TERM $pid; until_true [ -e asked ]; touch go; ended 75
echo "ok: SIGTERM ends with 75"

# Nobody reads: the pipe's reader is gone before anything is said.
rm -rf began asked go t.db* t.runs
mkfifo pipe
"$saelaw" run "$root/experiments/synthetic.yaml" --db t.db 2> pipe & pid=$!
exec 3< pipe; until_true [ -e began ]; exec 3<&-
kill -HUP $pid; until_true [ -e asked ]; kill -0 $pid || fail "ended because nobody reads"
touch go; touch err.txt; ended 75
echo "ok: a closed terminal takes no checkpoint from a trainer"
