#!/usr/bin/env bash
# Formatting, clippy, dependency rules, web lint and types, drift of the API description.
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$*"; }

scripts/web.sh
step "rustfmt"; cargo fmt --all --check
step "clippy"; cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
step "cargo-deny"
cargo deny --version >/dev/null 2>&1 || cargo install --locked --quiet cargo-deny
cargo deny --offline check bans licenses sources
step "web"; (cd web && npm run --silent lint && npx --no-install tsc --noEmit)
step "browser journeys"; web/node_modules/.bin/oxlint --deny-warnings e2e/tests e2e/lib e2e/pictures.mjs e2e/bench.mjs
step "API description"
cargo run --quiet --locked -p rapport-server -- openapi > target/openapi.json
diff -u web/openapi.json target/openapi.json || { echo "web/openapi.json is stale: cargo run -p rapport-server -- openapi > web/openapi.json && (cd web && npm run api)" >&2; exit 1; }
(cd web && npm run --silent api && git diff --exit-code -- src/api/schema.d.ts)
echo "lint: clean"
