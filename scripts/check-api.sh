#!/usr/bin/env bash
# The checked-in API description equals the one the binary gives.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target/test
cargo run --quiet --locked -p rapport-server -- openapi > target/test/openapi.json
if ! diff -u web/openapi.json target/test/openapi.json; then
  echo "web/openapi.json is stale. Run: cargo run -p rapport-server -- openapi > web/openapi.json && npm --prefix web run api" >&2
  exit 1
fi
echo "1 passed, 0 failed"
