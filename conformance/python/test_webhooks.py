"""Our webhooks, judged by the library that receivers use (Standard Webhooks)."""

import json
import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

NEW = "whsec_bmV3IHNlY3JldCBvZiB0aGUgc2hvcCwgMzIgYnl0ZXM="
OLD = "whsec_b2xkIHNlY3JldCBvZiB0aGUgc2hvcCwgMzIgYnl0ZXM="
OTHER = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgMzIgYnl0ZXM="
ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("SIGN_CMD", "cargo run -q -p rapport-connectors --example signed_delivery --")


def delivery(*secrets: str, at: int | None = None) -> tuple[str, dict]:
    seconds = str(at or int(time.time()))
    done = subprocess.run([*shlex.split(COMMAND), seconds, *secrets], cwd=ROOT, capture_output=True, text=True, check=True)
    sent = json.loads(done.stdout)
    return sent["body"], sent["headers"]


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_both_secrets_fit_while_one_follows_the_other(secret):
    body, headers = delivery(NEW, OLD)
    assert Webhook(secret).verify(body, headers)["data"]["message"]["text"] == 'سلام 📦 "quoted"'


def test_nobody_elses_secret_fits_nor_another_body_nor_an_old_one():
    body, headers = delivery(NEW)
    Webhook(NEW).verify(body, headers)
    for secret, text, sent in [
        (OTHER, body, headers),
        (NEW, body.replace("0199", "0198"), headers),
        (NEW, body, {**headers, "webhook-id": "0198"}),
        (NEW, *delivery(NEW, at=int(time.time()) - 3_600)),
    ]:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(text, sent)
