#!/usr/bin/env bash
# From nothing to a read message with nothing but curl and openssl: init, channel, signed webhook, conversation,
# reply, the provider's stand-in received it, status webhook, `read`. The same steps an integrator would take.
set -uo pipefail
cd "$(dirname "$0")/.."
rapport=${RAPPORT:-target/debug/rapport}
[ -x "$rapport" ] || cargo build --locked -p rapport-server || exit 1

work=$(mktemp -d)
passed=0 failed=0
server=0 sandbox=0
stop() { kill "$server" "$sandbox" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"; }
trap stop EXIT

check() { # check NAME CONDITION...
  local name=$1; shift
  if "$@"; then echo "ok    $name"; passed=$((passed + 1)); else echo "FAIL  $name"; failed=$((failed + 1)); fi
}
port() { local p; for _ in $(seq 50); do p=$((20000 + RANDOM % 20000)); (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }; done; }
field() { # field NAME: the first string or number of that name in the JSON on standard input
  sed -nE 's/.*"'"$1"'": ?"?([^",}]*)"?.*/\1/p' | head -n1
}
flat() { tr -d '\n' | sed -E 's/([,{}])/\1\n/g'; }
wait_for() { for _ in $(seq 100); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done; return 1; }

app_port=$(port) sandbox_port=$(port)
base="http://127.0.0.1:$app_port" graph="http://127.0.0.1:$sandbox_port"
export RAPPORT_DATABASE_URL="sqlite://$work/rapport.db" RAPPORT_DATA_DIR="$work" RAPPORT_LISTEN="127.0.0.1:$app_port"
export RAPPORT_PUBLIC_URL="$base" RAPPORT_ALLOW_HOSTS="127.0.0.1"

"$rapport" sandbox --listen "127.0.0.1:$sandbox_port" >"$work/sandbox.log" 2>&1 & sandbox=$!
check "the sandbox answers" wait_for curl -fs "$graph/_sandbox/state"

init=$("$rapport" init --json)
token=$(flat <<<"$init" | field token)
check "init prints an API token once" test -n "$token"
check "init refuses a second time" bash -c "! '$rapport' init --json >/dev/null 2>&1"

channel_json=$("$rapport" channel add whatsapp --phone-number-id 106540352242922 --waba-id 102290129340398 \
  --access-token sandbox-token --app-secret sandbox-app-secret --verify-token sandbox-verify --base-url "$graph" --json)
channel=$(flat <<<"$channel_json" | field id)
hook=$(flat <<<"$channel_json" | field webhook_url)
check "channel add prints id and webhook URL" test -n "$channel" -a "$hook" = "$base/webhooks/whatsapp/$channel"

"$rapport" serve >"$work/serve.log" 2>&1 & server=$!
check "the server is ready" wait_for curl -fs "$base/readyz"

api() { curl -sS -H "Authorization: Bearer $token" "$@"; }
sign() { openssl dgst -sha256 -hmac sandbox-app-secret | sed 's/.*= //'; }
deliver() { # deliver FILE -> status code
  curl -s -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
    -H "X-Hub-Signature-256: sha256=$(sign <"$1")" --data-binary "@$1" "$hook"
}

challenge=$(curl -s "$hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=sandbox-verify")
check "the handshake answers the challenge" test "$challenge" = 1158201444
check "a wrong verify token is refused" test "$(curl -s -o /dev/null -w '%{http_code}' "$hook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=no")" = 403

now=$(date +%s)
cat >"$work/inbound.json" <<JSON
{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Spine Tester"},"wa_id":"16505551234","user_id":"US.13491208655302741918"}],"messages":[{"from":"16505551234","from_user_id":"US.13491208655302741918","id":"wamid.SPINE1","timestamp":"$now","type":"text","text":{"body":"Do you have it in blue?"}}]}}]}]}
JSON
check "a signed webhook is accepted" test "$(deliver "$work/inbound.json")" = 200
check "the same one again is accepted" test "$(deliver "$work/inbound.json")" = 200
forged=$(curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -H 'X-Hub-Signature-256: sha256=00' --data-binary "@$work/inbound.json" "$hook")
check "a forged one is refused" test "$forged" = 401

conversation_there() { api "$base/api/v1/conversations?view=all" | grep -q "Do you have it in blue"; }
check "the conversation is in the inbox" wait_for conversation_there
list=$(api "$base/api/v1/conversations?view=all")
conversation=$(flat <<<"$list" | field id)
check "once" test "$(grep -o '"window_expires_at"' <<<"$list" | wc -l)" = 1

sent=$(api -X POST -H 'Content-Type: application/json' -H 'Idempotency-Key: spine-1' \
  -d '{"content":{"type":"text","body":"Yes, in two blues."}}' "$base/api/v1/conversations/$conversation/messages")
message=$(flat <<<"$sent" | field id)
check "a reply is accepted" test -n "$message"
again=$(api -X POST -H 'Content-Type: application/json' -H 'Idempotency-Key: spine-1' \
  -d '{"content":{"type":"text","body":"Yes, in two blues."}}' "$base/api/v1/conversations/$conversation/messages")
check "the same request again gives the same message" test "$(flat <<<"$again" | field id)" = "$message"

received() { curl -s "$graph/_sandbox/whatsapp/received"; }
reached() { received | grep -q "in two blues"; }
check "the provider's stand-in received it" wait_for reached
check "once" test "$(received | grep -o '"rpt:[^"]*"' | sort -u | wc -l)" = 1
wamid_of() { api "$base/api/v1/messages/$message" | flat | field status; }
accepted() { case $(wamid_of) in sent|delivered|read) true;; *) false;; esac; }
check "its answer is noted" wait_for accepted

cat >"$work/status.json" <<JSON
{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.ANY","status":"read","timestamp":"$now","recipient_id":"16505551234","biz_opaque_callback_data":"rpt:$message:1"}]}}]}]}
JSON
real=$(received | flat | field wamid)
[ -n "$real" ] && sed -i "s|wamid.ANY|$real|" "$work/status.json"
check "a status webhook is accepted" test "$(deliver "$work/status.json")" = 200
is_read() { [ "$(wamid_of)" = read ]; }
check "the message is read" wait_for is_read

balanced() { "$rapport" audit --json | grep -q '"balanced": *true'; }
check "the books balance" wait_for balanced
check "doctor speaks" bash -c "'$rapport' doctor --json | grep -q findings"
kill -9 "$server"; wait "$server" 2>/dev/null
"$rapport" serve >>"$work/serve.log" 2>&1 & server=$!
check "it is ready again after kill -9" wait_for curl -fs "$base/readyz"
check "and remembers" is_read

[ "$failed" = 0 ] || { echo "--- server log"; tail -n 40 "$work/serve.log"; }
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
