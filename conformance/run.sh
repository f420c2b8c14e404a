#!/usr/bin/env bash
# The vendors' own clients judge the sandbox. Needs python3 (with venv), node 20.19+ and npm.
#   SANDBOX_CMD   how to start a sandbox; "{listen}" is replaced by host:port
#                 (default: cargo run -q -p rapport-sandbox --example serve -- {listen})
#   SANDBOX_URL   a sandbox that runs already (then none is started)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
work="$root/target/conformance"
mkdir -p "$work"

die() { echo "conformance: $*" >&2; exit 1; }

venv="$work/venv"
if ! cmp -s "$here/python/requirements.txt" "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv" || die "cannot create a Python environment"
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/python/requirements.txt" || die "pip install failed"
  cp "$here/python/requirements.txt" "$venv/requirements.txt"
fi
node_dir="$work/node"
mkdir -p "$node_dir"
if ! cmp -s "$here/node/package-lock.json" "$node_dir/package-lock.json" || [ ! -d "$node_dir/node_modules" ]; then
  cp "$here/node/package.json" "$here/node/package-lock.json" "$node_dir/"
  (cd "$node_dir" && npm ci --no-audit --no-fund --loglevel=error) || die "npm ci failed"
fi
cp "$here"/node/*.js "$node_dir/"

sandbox=""
stop() { [ -n "$sandbox" ] && kill "$sandbox" 2>/dev/null && wait "$sandbox" 2>/dev/null; }
trap stop EXIT
if [ -z "${SANDBOX_URL:-}" ]; then
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  command=${SANDBOX_CMD:-cargo run -q -p rapport-sandbox --example serve -- {listen\}}
  command=${command//\{listen\}/127.0.0.1:$port}
  export SANDBOX_URL="http://127.0.0.1:$port"
  (cd "$root" && exec $command) >"$work/sandbox.log" 2>&1 &
  sandbox=$!
  for _ in $(seq 1 3000); do
    python3 -c "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('$SANDBOX_URL/_sandbox/state', timeout=1)" 2>/dev/null && break
    kill -0 "$sandbox" 2>/dev/null || { cat "$work/sandbox.log" >&2; die "the sandbox did not start"; }
    sleep 0.1
  done
fi

export NO_PROXY="127.0.0.1,localhost" no_proxy="127.0.0.1,localhost"
(cd "$here/python" && "$venv/bin/python" -B -m pytest -q -p no:cacheprovider --junitxml="$work/python.xml") ; python_rc=$?
(cd "$node_dir" && node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$work/node.tap") ; node_rc=$?

counts=$("$venv/bin/python" - "$work/python.xml" "$work/node.tap" <<'PY'
import re, sys, xml.etree.ElementTree as xml
passed = failed = 0
suite = xml.parse(sys.argv[1]).getroot().find("testsuite")
bad = int(suite.get("failures")) + int(suite.get("errors"))
failed += bad
# A skipped test was not judged: it does not count as passed.
failed += int(suite.get("skipped"))
passed += int(suite.get("tests")) - bad - int(suite.get("skipped"))
tap = open(sys.argv[2]).read()
for key in ("pass", "fail"):
    value = int(re.findall(rf"^# {key} (\d+)$", tap, re.M)[-1])
    passed, failed = (passed + value, failed) if key == "pass" else (passed, failed + value)
print(f"conformance: {passed} passed, {failed} failed")
PY
) || die "no results"
echo "$counts"
[ "$python_rc" -eq 0 ] && [ "$node_rc" -eq 0 ]
