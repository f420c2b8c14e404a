#!/usr/bin/env bash
# Journeys in a real browser against `rapport demo`. RAPPORT names another binary, CHROMIUM another browser;
# arguments are test files (default all of them). The last line says how many passed.
set -uo pipefail
cd "$(dirname "$0")"
export RAPPORT=${RAPPORT:-$PWD/../target/debug/rapport}
case $RAPPORT in /*) ;; *) RAPPORT=$(cd .. && realpath "$RAPPORT") ;; esac
[ -x "$RAPPORT" ] || (cd .. && cargo build --locked -p rapport-server) || exit 1
[ -f ../web/dist/index.html ] || ../scripts/web.sh || exit 1
[ -d node_modules/playwright-core ] || npm ci || exit 1

rm -rf test-results
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(tests/*.test.mjs)
report=$(mktemp)
trap 'rm -f "$report"' EXIT
node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$report" "${files[@]}"
code=$?
passed=$(sed -n 's/^# pass //p' "$report") failed=$(sed -n 's/^# fail //p' "$report")
cancelled=$(sed -n 's/^# cancelled //p' "$report")
echo "e2e: ${passed:-0} passed, $((${failed:-1} + ${cancelled:-0})) failed"
exit $code
