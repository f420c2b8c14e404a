#!/usr/bin/env bash
# Benchmarks with baselines measured in the same run. Options go to `rapport-bench bench`: --quick, --only ack,full.
# Prints a table and writes target/bench/report.json.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f web/dist/index.html ] || scripts/web.sh
cargo build --release --locked -p rapport-server -p rapport-bench
exec target/release/rapport-bench bench "$@"
