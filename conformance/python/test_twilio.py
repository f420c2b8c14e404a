"""Twilio's Python client, and its own check of signatures, against the Twilio stand-in."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import CUSTOMER, PHONE_ID, eventually
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

ACCOUNT, TOKEN = "AC" + "1".rjust(32, "0"), "sandbox-auth-token"
US, ANA = "whatsapp:+15550783881", f"whatsapp:+{CUSTOMER}"


class ToSandbox(TwilioHttpClient):
    """Sends what is meant for any of Twilio's hosts to the sandbox instead."""

    def __init__(self, base: str):
        super().__init__()
        self.base, self.session.trust_env = base, False

    def request(self, method, url, *args, **options):
        parts = urllib.parse.urlsplit(url)
        if parts.hostname.endswith("twilio.com"):
            url = f"{self.base}/twilio{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, url, *args, **options)


@pytest.fixture()
def twilio(base, control) -> Client:
    control.post("/whatsapp/inbound", **{"from": CUSTOMER, "text": "hi"})
    return Client(ACCOUNT, TOKEN, http_client=ToSandbox(base))


@pytest.fixture()
def hook(control):
    """Takes forms, and keeps those that the client's own validator accepts."""
    got, wrong = [], []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            fine = RequestValidator(TOKEN).validate(hook.url, form, self.headers["X-Twilio-Signature"])
            (got if fine else wrong).append(form)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    class hook:
        url, forms, refused = f"http://127.0.0.1:{server.server_port}/hook?shop=1&x=%20y", got, wrong

    control.post("/whatsapp/numbers", phone_number_id=PHONE_ID, callback_url=None, twilio_url=hook.url)
    yield hook
    server.shutdown()
    assert not wrong, "a signature was wrong"


def statuses(hook, sid):
    return [form["MessageStatus"] for form in hook.forms if form.get("MessageSid") == sid and "MessageStatus" in form]


def test_text_and_statuses(twilio, hook):
    sent = twilio.messages.create(from_=US, to=ANA, body="Grüße & 😀 + more", status_callback=hook.url)
    assert (sent.status, sent.error_code, sent.direction) == ("queued", None, "outbound-api")
    assert sent.date_created is not None
    eventually(lambda: statuses(hook, sent.sid) == ["queued", "sent", "delivered", "read"])
    assert twilio.messages(sent.sid).fetch().status == "read"
    assert [m.sid for m in twilio.messages.list(to=ANA, limit=5)] == [sent.sid]
    assert twilio.messages(sent.sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages(sent.sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_outside_the_window(twilio, hook, control):
    stranger = "whatsapp:+491519999999"
    sent = twilio.messages.create(from_=US, to=stranger, body="hello", status_callback=hook.url)
    eventually(lambda: statuses(hook, sent.sid) == ["queued", "failed"])
    assert (hook.forms[-1]["ErrorCode"], twilio.messages(sent.sid).fetch().error_code) == ("63016", 63016)
    content = next(c for c in twilio.content.v1.contents.list() if c.friendly_name == "follow_up_en")
    sent = twilio.messages.create(from_=US, to=stranger, content_sid=content.sid, content_variables=json.dumps({"1": "Bea"}), status_callback=hook.url)
    assert sent.body.startswith("Hi Bea, we have an answer")
    eventually(lambda: "read" in statuses(hook, sent.sid))
    assert control.last("template")["template"]["name"] == "follow_up"


def test_refusals(twilio):
    for arguments, code in [
        ({"from_": US, "to": "whatsapp:+123", "body": "x"}, 21211),
        ({"from_": US, "to": ANA}, 21619),
        ({"from_": US, "to": ANA, "body": "x" * 1601}, 21617),
        ({"from_": "whatsapp:+4930123", "to": ANA, "body": "x"}, 63007),
        ({"from_": US, "to": ANA, "content_sid": "HX" + "0" * 32}, 21655),
    ]:
        with pytest.raises(TwilioRestException) as caught:
            twilio.messages.create(**arguments)
        assert (caught.value.status, caught.value.code) == (400, code), arguments
    stranger = Client(ACCOUNT, "wrong", http_client=twilio.http_client)
    with pytest.raises(TwilioRestException) as caught:
        stranger.messages.create(from_=US, to=ANA, body="x")
    assert (caught.value.status, caught.value.code) == (401, 20003)


def test_rate_limits_and_fates(twilio, hook, control):
    control.post("/faults", target="whatsapp", kind="error_code", code=130429, times=1, match={"path": "Messages.json"})
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(from_=US, to=ANA, body="x")
    assert (caught.value.status, caught.value.code) == (429, 20429)
    for number, code, status in [("971500131026", 63024, "undelivered"), ("971500131049", 63049, "undelivered"), ("971500131053", 63019, "failed")]:
        sent = twilio.messages.create(from_=US, to=f"whatsapp:+{number}", body="x", status_callback=hook.url)
        eventually(lambda: statuses(hook, sent.sid) == ["queued", status])
        assert twilio.messages(sent.sid).fetch().error_code == code


def test_customers_write(twilio, hook, control, base):
    control.post("/whatsapp/inbound", **{"from": CUSTOMER, "name": "Ana Grün", "text": "a=b&c +d%"})
    form = eventually(lambda: [f for f in hook.forms if f.get("Body") == "a=b&c +d%"])[0]
    assert (form["From"], form["To"], form["ProfileName"], form["WaId"]) == (ANA, US, "Ana Grün", CUSTOMER)
    inbound = twilio.messages(form["MessageSid"]).fetch()
    assert (inbound.direction, inbound.status) == ("inbound", "received")
    control.post("/whatsapp/inbound", **{"from": CUSTOMER, "message": {"type": "image", "image": {"caption": "look"}}})
    form = eventually(lambda: [f for f in hook.forms if f.get("NumMedia") == "1"])[0]
    answer = twilio.http_client.request("GET", form["MediaUrl0"], auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 200 and form["MediaContentType0"] == "image/png"
    [media] = twilio.messages(form["MessageSid"]).media.list()
    assert media.content_type == "image/png"
    assert twilio.messages(form["MessageSid"]).media(media.sid).delete()


def test_media_and_services(twilio, control):
    sent = twilio.messages.create(from_=US, to=ANA, media_url=["https://shop.example/a.pdf"], body="Bill")
    assert (sent.sid[:2], sent.num_media) == ("MM", "1")
    assert control.last("document")["document"] == {"link": "https://shop.example/a.pdf", "caption": "Bill"}
    sent = twilio.messages.create(messaging_service_sid="MG" + "0" * 32, to=ANA, body="x")
    assert sent.from_ == US
    twilio.messages.create(from_=US, to=ANA, body="here", persistent_action=["geo:37.78,-122.4|Shop"])
    assert control.last("location")["location"]["name"] == "Shop"


def test_contents_and_approvals(twilio, control):
    contents = twilio.content.v1.contents
    request = ContentList.ContentCreateRequest({
        "friendly_name": "packed_by_twilio", "language": "en", "variables": {"1": "Ana"},
        "types": {"twilio/text": {"body": "Hi {{1}}, your order has been packed."}},
    })
    made = contents.create(content_create_request=request)
    assert made.sid.startswith("HX") and contents(made.sid).fetch().friendly_name == "packed_by_twilio"
    assert contents(made.sid).approval_fetch().fetch().whatsapp["status"] == "unsubmitted"
    answer = twilio.request("POST", f"https://content.twilio.com/v1/Content/{made.sid}/ApprovalRequests/whatsapp",
                            data={"name": "packed_by_twilio", "category": "UTILITY"}, headers={"Content-Type": "application/json"})
    assert (answer.status_code, json.loads(answer.text)["status"]) == (201, "received")
    eventually(lambda: contents(made.sid).approval_fetch().fetch().whatsapp["status"] == "approved")
    both = {c.sid: c for c in twilio.content.v1.content_and_approvals.list()}
    assert both[made.sid].approval_requests["status"] == "approved"
    twilio.messages.create(from_=US, to=ANA, content_sid=made.sid)
    assert control.last("template")["template"]["name"] == "packed_by_twilio"
    assert contents(made.sid).delete()
    assert made.sid not in {c.sid for c in contents.list()}
