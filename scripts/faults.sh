#!/usr/bin/env bash
# Breaks a running server on purpose and judges what is left; ends with `faults: N passed, N failed`.
# RAPPORT_FAULTS=long: many rounds, on the release build. Options go to `rapport-bench faults`: --only kill-sqlite --seed 7.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f web/dist/index.html ] || scripts/web.sh
if [ "${RAPPORT_FAULTS:-short}" = long ]; then
  cargo build --release --locked -p rapport-server -p rapport-bench
  exec target/release/rapport-bench faults --release "$@"
fi
cargo build --locked -p rapport-server -p rapport-bench
exec target/debug/rapport-bench faults "$@"
