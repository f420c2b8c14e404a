#!/usr/bin/env bash
# Installs what is missing on a Debian or Ubuntu machine and says what it does.
# Usage: setup.sh run|test. `run` needs Rust and Node; `test` also needs PostgreSQL, Chromium, Python and fonts.
set -euo pipefail
what=${1:-run}

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

packages=()
need() { # need COMMAND PACKAGE...
  local command=$1; shift
  have "$command" || packages+=("$@")
}

need cc build-essential
need curl curl ca-certificates
need openssl openssl
need node nodejs
need npm npm
if [ "$what" = test ]; then
  need python3 python3
  python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || packages+=(postgresql)
  have chromium || have chromium-browser || have google-chrome || packages+=(chromium)
  { have fc-list && fc-list 2>/dev/null | grep -qi 'Noto.*Arabic'; } || packages+=(fontconfig fonts-noto-core)
  { have fc-list && fc-list 2>/dev/null | grep -qi 'CJK'; } || packages+=(fonts-noto-cjk)
  { have fc-list && fc-list 2>/dev/null | grep -qi 'emoji'; } || packages+=(fonts-noto-color-emoji)
fi

if [ ${#packages[@]} -gt 0 ]; then
  have apt-get || fail "please install: ${packages[*]}"
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  say "installing ${packages[*]}"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

node_major=$(node -p 'process.versions.node.split(".")[0]')
[ "$node_major" -ge 20 ] || fail "Node.js 20 or newer is needed, this is $(node --version); see https://nodejs.org"

# shellcheck disable=SC1091
[ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
if ! have cargo; then
  say "installing the Rust toolchain with rustup"
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c clippy -c rustfmt
  # shellcheck disable=SC1091
  . "$HOME/.cargo/env"
fi
wanted=1.90
found=$(rustc --version | sed -E 's/rustc ([0-9]+\.[0-9]+).*/\1/')
[ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n1)" = "$wanted" ] \
  || fail "Rust $wanted or newer is needed, this is $found: run 'rustup update'"

if [ "$what" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
  say "installing cargo-nextest"
  cargo install --locked --quiet cargo-nextest
fi
