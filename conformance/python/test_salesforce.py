"""A widely used Salesforce client (simple-salesforce) against the stand-in."""

import datetime as dt
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, SFType, format_soql
from simple_salesforce.exceptions import (SalesforceAuthenticationFailed, SalesforceExpiredSession,
                                          SalesforceMalformedRequest, SalesforceRefusedRequest,
                                          SalesforceResourceNotFound)
from simple_salesforce.format import format_external_id

FIELD = "Rapport_Id__c"
HOSTILE = "O'Brien \\ \"x\" %_ 李小龙\nمرحبا') OR (Name != '"


class ToSandbox(HTTPAdapter):
    """Sends what is meant for Salesforce to the sandbox, which speaks plain HTTP."""

    def __init__(self, base: str):
        super().__init__()
        self.base = urlsplit(base)

    def send(self, request, **kwargs):
        url = urlsplit(request.url)
        path = url.path if url.netloc == self.base.netloc else f"/salesforce{url.path}"
        request.url = urlunsplit((self.base.scheme, self.base.netloc, path, url.query, ""))
        return super().send(request, **kwargs)


@pytest.fixture()
def session(base):
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", ToSandbox(base))
    return session


@pytest.fixture()
def sf(session, control) -> Salesforce:
    """Signed in by the client credentials flow, to the address that the token told."""
    return Salesforce(consumer_key="sf-client", consumer_secret="sf-secret", domain="shop.my", version="59.0", session=session)


@pytest.fixture()
def keyed(sf) -> Salesforce:
    """With the field of our key, made and shown as the connector does it."""
    field = {"FullName": f"Contact.{FIELD}", "Metadata": {"label": "Rapport ID", "type": "Text", "length": 64, "externalId": True, "unique": True}}
    sf.toolingexecute("sobjects/CustomField", method="POST", data=field)
    permission_set = sf.PermissionSet.create({"Name": "Rapport", "Label": "Rapport"})["id"]
    sf.FieldPermissions.create({"ParentId": permission_set, "SobjectType": "Contact", "Field": f"Contact.{FIELD}", "PermissionsRead": True, "PermissionsEdit": True})
    user = sf.restful("")["identity"].rsplit("/", 1)[1]
    sf.PermissionSetAssignment.create({"PermissionSetId": permission_set, "AssigneeId": user})
    return sf


def test_signing_in(session, control):
    for client, secret, code in [("nobody", "sf-secret", "invalid_client_id"), ("sf-client", "wrong", "invalid_client")]:
        with pytest.raises(SalesforceAuthenticationFailed) as caught:
            Salesforce(consumer_key=client, consumer_secret=secret, domain="shop.my", session=session)
        assert caught.value.code == code


def test_an_ended_session(sf, session, base, control):
    control.http.delete("/salesforce/sessions")
    alone = Salesforce(session_id=sf.session_id, instance_url=base, version="59.0", session=session)
    alone.base_url = sf.base_url
    with pytest.raises(SalesforceExpiredSession) as caught:
        alone.query("SELECT Id FROM Contact")
    assert caught.value.content[0]["errorCode"] == "INVALID_SESSION_ID"
    assert sf.query("SELECT Id FROM Contact")["done"], "whoever can sign in anew does"
    assert control.get("/salesforce/requests")["grants"] == 2


def test_create_read_update_delete(sf):
    made = sf.Contact.create({"LastName": "López", "FirstName": "Ana", "Email": "ana@shop.example"})
    assert made["success"] and len(made["id"]) == 18
    assert sf.Contact.update(made["id"], {"Title": "Owner", "DoNotCall": True}) == 204
    read = sf.Contact.get(made["id"])
    assert (read["Name"], read["Title"], read["DoNotCall"]) == ("Ana López", "Owner", True)
    assert read["SystemModstamp"].endswith(".000+0000"), "whole seconds"
    assert sf.Contact.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        sf.Contact.get(made["id"])
    assert sf.query_all(f"SELECT Id FROM Contact WHERE Id = '{made['id']}'")["totalSize"] == 0
    gone = sf.query_all(f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{made['id']}'", include_deleted=True)
    assert gone["records"][0]["IsDeleted"] is True


def test_validation(sf):
    sf.Contact.create({"LastName": "A", "Email": "a@shop.example"})
    for values, code in [
        ({"FirstName": "Nobody"}, "REQUIRED_FIELD_MISSING"),
        ({"LastName": "B", "Email": "no address"}, "INVALID_EMAIL_ADDRESS"),
        ({"LastName": "B", "Level__c": "Silver"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"LastName": "B", "Nonsense__c": "1"}, "INVALID_FIELD"),
        ({"LastName": "B", "Name": "C"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"LastName": "B", "Email": "A@shop.example"}, "DUPLICATES_DETECTED"),
    ]:
        with pytest.raises(SalesforceMalformedRequest) as caught:
            sf.Contact.create(values)
        assert caught.value.content[0]["errorCode"] == code
    sf.Contact.create({"LastName": "B", "Email": "a@shop.example"}, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"})


def test_hostile_text_is_found_by_what_it_is(sf):
    made = sf.Contact.create({"LastName": HOSTILE.replace("\n", " ")})
    sf.Contact.create({"LastName": "Other"})
    found = sf.query(format_soql("SELECT Id, LastName FROM Contact WHERE LastName = {}", HOSTILE.replace("\n", " ")))
    assert [record["Id"] for record in found["records"]] == [made["id"]]
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.query("SELECT Id FROM Contact WHERE LastName = 'open")
    assert caught.value.content[0]["errorCode"] == "MALFORMED_QUERY"


def test_batches_of_an_answer(sf, control):
    control.post("/limits", salesforce={"batch_size": 200})
    for n in range(450):
        control.post("/salesforce/contacts", LastName=f"N {n}")
    first = sf.query("SELECT Id FROM Contact ORDER BY SystemModstamp, Id")
    assert (len(first["records"]), first["done"], first["totalSize"]) == (200, False, 450)
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert len(second["records"]) == 200
    ids = [record["Id"] for record in sf.query_all_iter("SELECT Id FROM Contact")]
    assert len(set(ids)) == 450
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.query_more("/services/data/v59.0/query/01gnothing-200", identifier_is_url=True)
    assert caught.value.content[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_upsert_by_our_key(keyed):
    contact: SFType = keyed.Contact
    described = {field["name"]: field for field in contact.describe()["fields"]}
    assert described[FIELD]["externalId"] and described[FIELD]["unique"]
    key = format_external_id(FIELD, "a/b&c")
    made = contact.upsert(key, {"LastName": "Ana"}, raw_response=True)
    assert made.status_code == 201 and made.json()["created"] is True
    again = contact.upsert(key, {"LastName": "Ana López"}, raw_response=True)
    assert again.status_code == 200 and again.json()["id"] == made.json()["id"]
    assert contact.get_by_custom_id(FIELD, "a/b&c")["LastName"] == "Ana López"
    with pytest.raises(SalesforceMalformedRequest) as caught:
        contact.create({"LastName": "B", FIELD: "A/B&C"})
    assert caught.value.content[0]["errorCode"] == "DUPLICATE_VALUE" and made.json()["id"] in caught.value.content[0]["message"]


def test_collections_judge_each_row(keyed):
    rows = [{"attributes": {"type": "Contact"}, FIELD: f"k{n}", "LastName": f"N {n}"} for n in range(3)]
    rows[1]["Email"] = "no address"
    path = f"composite/sobjects/Contact/{FIELD}"
    results = keyed.restful(path, method="PATCH", json={"allOrNone": False, "records": rows})
    assert [row["success"] for row in results] == [True, False, True]
    assert results[1]["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS" and results[1]["errors"][0]["fields"] == ["Email"]
    updates = [{"attributes": {"type": "Contact"}, "id": row["id"], "Title": "T"} for row in results if row["success"]]
    assert all(row["success"] for row in keyed.restful("composite/sobjects", method="PATCH", json={"records": updates}))


def test_numbers_are_searched_by_their_digits(sf):
    made = sf.Contact.create({"LastName": "Ana", "MobilePhone": "+49 (151) 12345-678"})
    sf.Contact.create({"LastName": "Bo", "Phone": "+49 151 00000000"})
    found = sf.search("FIND {4915112345678 OR 15112345678} IN PHONE FIELDS RETURNING Contact(Id,MobilePhone LIMIT 10)")
    assert [record["Id"] for record in found["searchRecords"]] == [made["id"]]


def test_changed_deleted_and_merged(sf, control):
    ids = [sf.Contact.create({"LastName": f"N {n}"})["id"] for n in range(3)]
    sf.Contact.delete(ids[0])
    control.post(f"/salesforce/contacts/{ids[1]}/merge_into/{ids[2]}")
    now = dt.datetime.fromtimestamp(control.get("/clock")["now"] / 1000, dt.timezone.utc)
    span = (now - dt.timedelta(hours=1), now + dt.timedelta(minutes=1))
    assert sf.Contact.updated(*span)["ids"] == [ids[2]]
    assert {record["id"] for record in sf.Contact.deleted(*span)["deletedRecords"]} == set(ids[:2])
    merged = sf.query_all("SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true AND MasterRecordId != null", include_deleted=True)
    assert [(record["Id"], record["MasterRecordId"]) for record in merged["records"]] == [(ids[1], ids[2])]
    control.http.delete("/salesforce/bin")
    assert sf.query_all("SELECT Id FROM Contact WHERE IsDeleted = true", include_deleted=True)["totalSize"] == 0
    assert len(sf.Contact.deleted(*span)["deletedRecords"]) == 2, "told also when the bin was emptied"


def test_the_day_s_calls(sf, control):
    sf.query("SELECT Id FROM Contact")
    usage = sf.api_usage["api-usage"]
    assert usage.total == 100_000 and usage.used >= 1
    assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
    control.post("/limits", salesforce={"daily": 2})
    with pytest.raises(SalesforceRefusedRequest) as caught:
        for _ in range(3):
            sf.query("SELECT Id FROM Contact")
    assert caught.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
