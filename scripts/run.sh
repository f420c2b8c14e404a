#!/usr/bin/env bash
# Starts the demo; says so when the port is taken.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-8080}
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "Port $port is in use. Choose another one: make run PORT=8081" >&2
  exit 1
fi
exec target/release/rapport demo --listen "127.0.0.1:$port"
