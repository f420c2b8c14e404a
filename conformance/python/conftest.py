"""A running sandbox (SANDBOX_URL) and the vendors' clients pointed at it."""

import os
import time

import httpx
import pytest
import requests
from freshdesk.api import API as Freshdesk
from hubspot import HubSpot
from intercom import Intercom
from pywa import WhatsApp
from requests.adapters import HTTPAdapter
from zenpy import Zenpy

PHONE_ID = "106540352242922"
WABA_ID = "102290129340398"
APP_ID = f"67{PHONE_ID}"
CUSTOMER = "491511234567"


class ToSandbox(httpx.HTTPTransport):
    """Sends what is meant for Meta to the sandbox instead."""

    def __init__(self, base: str):
        super().__init__()
        self.base = httpx.URL(base)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith("facebook.com"):
            request.url = request.url.copy_with(scheme=self.base.scheme, host=self.base.host, port=self.base.port)
            request.headers["Host"] = self.base.netloc.decode()
        return super().handle_request(request)


class ToDesk(HTTPAdapter):
    """Sends what is meant for a help desk's account to the sandbox instead."""

    def __init__(self, base: str, kind: str):
        super().__init__()
        self.base = f"{base}/{kind}"

    def send(self, request, **options):
        sent = request.copy()
        sent.url = f"{self.base}/api/v2/{request.url.split('/api/v2/', 1)[1]}"
        response = super().send(sent, **{**options, "proxies": {}})
        # Clients read answers by the address they asked.
        response.request, response.url = request, request.url
        return response


def desk_session(base: str, kind: str, session: requests.Session | None = None) -> requests.Session:
    session = session or requests.Session()
    session.mount("https://", ToDesk(base, kind))
    return session


class Control:
    """The sandbox's control API."""

    def __init__(self, base: str):
        self.http = httpx.Client(base_url=f"{base}/_sandbox", trust_env=False)

    def post(self, path: str, **body) -> dict:
        response = self.http.post(path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def get(self, path: str, **query) -> dict:
        return self.http.get(path, params=query).json()

    def last(self, kind: str) -> dict:
        """The newest request to send of that type, as it came."""
        return self.get("/whatsapp/received", type=kind)["items"][-1]["body"]


def eventually(found, seconds: float = 5.0):
    """Waits until `found()` is true and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("timed out")


@pytest.fixture(scope="session")
def base() -> str:
    return os.environ["SANDBOX_URL"]


@pytest.fixture()
def control(base) -> Control:
    control = Control(base)
    control.post("/reset")
    control.post("/limits", delays={"sent_ms": 10, "delivered_ms": 20, "read_ms": 30}, review_ms=10)
    return control


@pytest.fixture()
def wa(base, control) -> WhatsApp:
    """pywa, talking to a customer whose window is open."""
    control.post("/whatsapp/inbound", **{"from": CUSTOMER, "text": "hi"})
    session = httpx.Client(transport=ToSandbox(base))
    return WhatsApp(phone_id=PHONE_ID, token="sandbox-token", waba_id=WABA_ID, app_id=APP_ID, session=session)


@pytest.fixture()
def hub(base, control) -> HubSpot:
    control.post("/limits", hubspot={"search_per_second": 1000, "burst_per_10s": 1000})
    return HubSpot(access_token="pat-na1-conformance", host=f"{base}/hubspot")


@pytest.fixture()
def zendesk(base, control) -> Zenpy:
    session = desk_session(base, "zendesk")
    return Zenpy(subdomain="shop", email="agent@shop.example", token="zd-conformance", session=session, disable_cache=True)


@pytest.fixture()
def freshdesk(base, control) -> Freshdesk:
    """Made for the real address; only the way there is another one."""
    api = Freshdesk("shop.freshdesk.com", "fd-conformance")
    desk_session(base, "freshdesk", api._session)
    return api


@pytest.fixture()
def intercom(base, control) -> Intercom:
    return Intercom(token="ic-conformance", base_url=f"{base}/intercom", httpx_client=httpx.Client(trust_env=False))
