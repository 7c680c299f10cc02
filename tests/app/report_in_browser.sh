#!/usr/bin/env bash
# The report of a small sweep, opened by headless Chromium: figures painted, each of their points
# saying which run it is, tables that sort, numbers on the page equal to the embedded JSON, a silent
# console, no request to any network. The same of the pages of `fit`: a law of loss, of the edge
# and of compute from tables, and of the best rate from the sweep's own database.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD; saelaw=$root/build/cpu/bin/saelaw
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
"$saelaw" run "$root/experiments/synthetic.yaml" --db t.db
"$saelaw" report "$root/experiments/synthetic.yaml" --db t.db --out report > /dev/null
"$root/scripts/check-report" report/report.html
data=$root/tests/fit/data
"$saelaw" fit --csv "$data/kyo_chinchilla_234.csv" --law size-data --columns tokens=D,params=N,loss=loss \
  --estimator least-squares --predict tokens=1e12,params=7e10 --html loss.html > /dev/null
"$saelaw" fit --csv "$data/smollm2_probe.csv" --law lr-edge --html edge.html \
  --columns tokens=tokens,lr=lr,seed=seed,stream=seed,loss=loss,status=status > /dev/null
"$saelaw" fit --csv "$data/isoflop_near_sizes.csv" --law compute --columns compute=C,params=N,loss=loss \
  --predict compute=1e22 --html compute.html > /dev/null
"$saelaw" fit --db t.db --sweep synthetic --law lr --html ledger.html > /dev/null
for page in loss edge compute ledger; do "$root/scripts/check-report" "$page.html"; done
