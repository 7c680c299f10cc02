#!/usr/bin/env bash
# The report of a small sweep, opened by headless Chromium: figures painted, each of their points
# saying which run it is, tables that sort, numbers on the page equal to the embedded JSON, a silent
# console, no request to any network.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=$root/build/cpu/bin/saelaw
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
"$saelaw" run "$root/experiments/synthetic.yaml" --db t.db
"$saelaw" report "$root/experiments/synthetic.yaml" --db t.db --out report > /dev/null
"$root/scripts/check-report" report/report.html
