"""Intercom's Python client against the stand-in."""

import pytest
from intercom import (
    CreateContactRequestWithEmail,
    CreateContactRequestWithExternalId,
    CreateContactRequestWithRole,
    MultipleFilterSearchRequest,
    SingleFilterSearchRequest,
    StartingAfterPaging,
)
from intercom.core.api_error import ApiError


def user(key, **values):
    return CreateContactRequestWithExternalId(external_id=key, role="user", **values)


def where(field, operator, value):
    return SingleFilterSearchRequest(field=field, operator=operator, value=value)


def ids(found):
    return sorted(contact.external_id for contact in found)


def test_who_asks_and_what_there_is(intercom):
    me = intercom.admins.identify()
    assert (me.app.id_code, me.app.region) == ("sandbx01", "US")
    names = {attribute.full_name: attribute for attribute in intercom.data_attributes.list(model="contact").data}
    assert names["phone"].data_type == "string" and names["custom_attributes.level"].custom
    assert not names["updated_at"].api_writable


def test_create_read_update(intercom):
    made = intercom.contacts.create(request=user("k1", name="Ana", phone="+49 151 12345678", custom_attributes={"orders": 3}))
    assert (made.role, made.phone, made.custom_attributes["orders"]) == ("user", "+4915112345678", 3)
    changed = intercom.contacts.update(made.id, name="Ana López", email="ana@shop.example")
    assert changed.updated_at >= made.created_at
    assert intercom.contacts.find(made.id).name == "Ana López"
    assert intercom.contacts.show_contact_by_external_id("k1").id == made.id
    with pytest.raises(ApiError) as caught:
        intercom.contacts.show_contact_by_external_id("nobody")
    assert caught.value.status_code == 404


def test_clash_and_refusals(intercom):
    made = intercom.contacts.create(request=CreateContactRequestWithEmail(email="ana@shop.example"))
    for again in (CreateContactRequestWithEmail(email="ANA@shop.example"), user("k2", email="ana@shop.example")):
        with pytest.raises(ApiError) as caught:
            intercom.contacts.create(request=again)
        error = caught.value.body["errors"][0]
        assert caught.value.status_code == 409 and error["code"] == "conflict" and error["message"].endswith(f"id={made.id}")
    for values in ({"phone": "12"}, {"email": "nonsense"}, {"custom_attributes": {"colour": "red"}}, {"custom_attributes": {"orders": "three"}}):
        with pytest.raises(ApiError) as caught:
            intercom.contacts.update(made.id, **values)
        assert (caught.value.status_code, caught.value.body["type"]) == (400, "error.list")


def test_pages(intercom):
    for n in range(5):
        intercom.contacts.create(request=user(f"k{n}"))
    assert len(list(intercom.contacts.list(per_page=2))) == 5
    # The client's own pager of searches asks for the first page again and again.
    found, after = [], None
    for _ in range(3):
        paging = StartingAfterPaging(per_page=2, starting_after=after)
        page = intercom.contacts.search(query=where("role", "=", "user"), pagination=paging)
        found += page.items
        after = page.response.pages.next and page.response.pages.next.starting_after
    assert ids(found) == ["k0", "k1", "k2", "k3", "k4"] and after is None


def test_nested_search(intercom):
    for n, city in enumerate(["Lima", "Lima", "Quito"]):
        intercom.contacts.create(request=user(f"k{n}", phone=f"+491511234567{n}", custom_attributes={"city": city, "orders": n}))
    either = MultipleFilterSearchRequest(operator="OR", value=[where("phone", "=", "+4915112345670"), where("phone", "$", "672")])
    more = MultipleFilterSearchRequest(operator="AND", value=[where("custom_attributes.orders", ">", 0), where("name", "=", "")])
    both = MultipleFilterSearchRequest(operator="AND", value=[either, more])
    assert ids(intercom.contacts.search(query=either)) == ["k0", "k2"]
    assert ids(intercom.contacts.search(query=both)) == ["k2"]
    assert ids(intercom.contacts.search(query=where("external_id", "IN", ["k0", "k1", "x"]))) == ["k0", "k1"]


def test_dates_are_days_of_the_workspace(intercom, control):
    made = intercom.contacts.create(request=user("k1"))
    # The workspace is eight hours behind.
    midnight = (made.updated_at - 8 * 3600) // 86400 * 86400 + 8 * 3600
    for operator, value, found in [
        ("=", midnight, 1), ("=", midnight + 86399, 1), ("=", midnight - 1, 0),
        (">", midnight, 0), (">", midnight - 1, 1), ("<", midnight + 86400, 1), ("<", midnight + 86399, 0),
    ]:
        assert len(list(intercom.contacts.search(query=where("updated_at", operator, value)))) == found, (operator, value - midnight)
    for operator in (">=", "<=", "!="):
        with pytest.raises(ApiError) as caught:
            intercom.contacts.search(query=where("updated_at", operator, midnight))
        assert caught.value.status_code == 400


def test_archive_delete_and_merge(intercom):
    made = intercom.contacts.create(request=user("k1"))
    assert intercom.contacts.archive(made.id).archived
    with pytest.raises(ApiError) as caught:
        intercom.contacts.create(request=user("k1"))
    assert caught.value.body["errors"][0]["message"].startswith("An archived contact")
    assert not intercom.contacts.unarchive(made.id).archived
    lead = intercom.contacts.create(request=CreateContactRequestWithRole(role="lead", name="Ana", phone="+4915112345678"))
    merged = intercom.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=made.id)
    assert (merged.id, merged.name, merged.phone) == (made.id, "Ana", "+4915112345678")
    for version, status in (("2.14", 404), ("2.16", 410)):
        with pytest.raises(ApiError) as caught:
            intercom.contacts.find(lead.id, request_options={"additional_headers": {"Intercom-Version": version}})
        assert caught.value.status_code == status
    assert caught.value.headers["link"] == f'</contacts/{made.id}>; rel="canonical"'
    assert intercom.contacts.delete(made.id).deleted
    assert list(intercom.contacts.list()) == []


def test_search_lags_and_limits_are_told(intercom, control):
    control.post("/limits", intercom={"index_lag_ms": 60_000, "calls_per_10s": 1_000})
    intercom.contacts.create(request=user("k1"))
    assert ids(intercom.contacts.search(query=where("external_id", "=", "k1"))) == []
    control.post("/clock", advance_ms=61_000)
    assert ids(intercom.contacts.search(query=where("external_id", "=", "k1"))) == ["k1"]
    raw = intercom.contacts.with_raw_response.show_contact_by_external_id("k1")
    assert raw.headers["x-ratelimit-limit"] == "1000" and int(raw.headers["x-ratelimit-reset"]) % 10 == 0
    control.post("/limits", intercom={"calls_per_10s": 0})
    with pytest.raises(ApiError) as caught:
        intercom.admins.identify(request_options={"max_retries": 0})
    assert (caught.value.status_code, caught.value.headers["x-ratelimit-remaining"]) == (429, "0")
    control.post("/limits", intercom={"calls_per_10s": 1_000, "invalid_tokens": ["ic-conformance"]})
    with pytest.raises(ApiError) as caught:
        intercom.admins.identify()
    assert (caught.value.status_code, caught.value.body["errors"][0]["code"]) == (401, "unauthorized")
