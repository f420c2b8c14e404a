"""pywa's own receiver takes the sandbox's webhooks: handshake, signature, decoding."""

import socket
import threading
import time

import httpx
import pytest
import uvicorn
from conftest import APP_ID, CUSTOMER, PHONE_ID, WABA_ID, ToSandbox, eventually
from fastapi import FastAPI
from pywa import WhatsApp


class Shop:
    def __init__(self, base, control):
        self.control, self.got = control, []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        app = FastAPI()
        self.wa = WhatsApp(
            phone_id=PHONE_ID, token="sandbox-token", waba_id=WABA_ID, app_id=APP_ID, app_secret="sandbox-app-secret",
            session=httpx.Client(transport=ToSandbox(base)), server=app, verify_token="sandbox-verify")
        for register, name in [
            (self.wa.on_message, "message"), (self.wa.on_callback_button, "button"), (self.wa.on_callback_selection, "selection"),
            (self.wa.on_message_status, "status"), (self.wa.on_template_status_update, "template"),
            (self.wa.on_user_marketing_preferences, "preferences"),
        ]:
            register()(lambda _, update, name=name: self.got.append((name, update)))
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
        threading.Thread(target=self.server.run, daemon=True).start()
        eventually(lambda: self.server.started)
        self.url = f"http://127.0.0.1:{port}/"

    def wait(self, name):
        return eventually(lambda: [update for kind, update in self.got if kind == name])


@pytest.fixture()
def shop(base, control):
    shop = Shop(base, control)
    defined = control.post("/whatsapp/numbers", phone_number_id=PHONE_ID, callback_url=shop.url, handshake=True)
    assert defined["handshake"] == {"ok": True}
    yield shop
    shop.server.should_exit = True


def write(shop, **extra):
    answer = shop.control.post("/whatsapp/inbound", **{"from": CUSTOMER, "name": "Ana Grün", **extra})
    assert answer["delivery"] == "delivered", answer
    return answer


def test_text(shop):
    answer = write(shop, text="Grüße / 😀")
    [message] = shop.wait("message")
    assert (message.id, message.text, message.from_user.name) == (answer["wamid"], "Grüße / 😀", "Ana Grün")
    assert message.from_user.wa_id == CUSTOMER


def test_media(shop):
    write(shop, message={"type": "image", "image": {"caption": "look"}})
    [message] = shop.wait("message")
    assert message.image.mime_type == "image/png"
    assert message.image.get_bytes().startswith(b"\x89PNG")


def test_replies(shop):
    sent = shop.wa.send_message(CUSTOMER, "hi")
    context = {"from": "15550783881", "id": sent.id}
    write(shop, message={"type": "interactive", "context": context,
                         "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}})
    write(shop, message={"type": "interactive", "context": context,
                         "interactive": {"type": "list_reply", "list_reply": {"id": "r1", "title": "Express"}}})
    write(shop, message={"type": "button", "context": context, "button": {"payload": "again", "text": "Again"}})
    [selection] = shop.wait("selection")
    assert selection.data == "r1"
    eventually(lambda: len(shop.wait("button")) == 2)
    assert [b.data for b in shop.wait("button")] == ["yes", "again"]


def test_statuses(shop):
    write(shop, text="hi")
    sent = shop.wa.send_message(CUSTOMER, "hello", tracker="rpt:7:1")
    eventually(lambda: len(shop.wait("status")) == 3)
    updates = shop.wait("status")
    assert [u.status.value for u in updates] == ["sent", "delivered", "read"]
    assert {(u.id, u.tracker) for u in updates} == {(sent.id, "rpt:7:1")}


def test_closed_window(shop):
    shop.wa.send_message("491519999999", "hello")
    [update] = shop.wait("status")
    assert (update.status.value, update.error.code) == ("failed", 131047)


def test_user_without_number(shop):
    answer = shop.control.post("/whatsapp/inbound", user_id="US.13491208655302741918", username="sheena", hide_number=True, text="hi")
    assert answer["delivery"] == "delivered"
    [message] = shop.wait("message")
    assert message.from_user.bsuid == "US.13491208655302741918"
    shop.wa.send_message("US.13491208655302741918", "hello")


def test_template_status_and_preferences(shop):
    template = next(t for t in shop.control.get("/whatsapp/templates")["items"] if t["name"] == "season_sale")
    shop.control.post(f"/whatsapp/templates/{template['id']}/status", status="PAUSED")
    [update] = shop.wait("template")
    assert update.template_name == "season_sale"
    shop.control.post("/whatsapp/customers", wa_id=CUSTOMER, marketing_opt_out=True)
    assert shop.wait("preferences")


def test_bad_signature_is_refused(shop):
    value = {"messages": [{"from": CUSTOMER, "id": "wamid.x", "timestamp": "1", "type": "text", "text": {"body": "x"}}]}
    answer = shop.control.post("/whatsapp/raw", value=value, wrong_signature=True)
    assert answer["delivery"] == "failed" and answer["status"] in (401, 403)
    time.sleep(0.1)
    assert not shop.got
