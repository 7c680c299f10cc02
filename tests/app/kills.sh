#!/usr/bin/env bash
# kill -9 of saelaw, of its trainers, or of both, half of the times after a trainer has written a
# checkpoint in the midst of its training; then the same command must finish with every run counted
# once and the same losses, bit for bit, as a sweep that was left alone and wrote no checkpoint.
#   tests/app/kills.sh MOMENTS
set -euo pipefail
moments=${1:-10}
cd "$(dirname "$0")/../.."
root=$PWD
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
python3 "$root/tests/app/kills.py" "$root/build/cpu/bin/saelaw" "$root/experiments/synthetic.yaml" "$moments"
