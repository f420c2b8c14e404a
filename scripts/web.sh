#!/usr/bin/env bash
# Builds the web app when its sources changed since the last build.
set -euo pipefail
cd "$(dirname "$0")/../web"
stamp=node_modules/.lock-stamp
if ! cmp -s package-lock.json "$stamp"; then
  echo "web: installing packages"
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi
if [ ! -f dist/index.html ] || [ ! -d dist/assets ] || [ -n "$(find src public index.html package.json vite.config.ts -newer dist/index.html -print -quit)" ]; then
  echo "web: building"
  npm run --silent build
fi
