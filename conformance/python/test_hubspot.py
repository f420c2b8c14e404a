"""HubSpot's Python client against the CRM stand-in."""

import pytest
from hubspot.crm import contacts, objects, properties


def new(**values):
    return contacts.SimplePublicObjectInputForCreate(properties=values)


def unique_property(hub):
    return hub.crm.properties.core_api.create("contacts", properties.PropertyCreate(
        name="wa_id", label="WhatsApp id", type="string", field_type="text", group_name="contactinformation", has_unique_value=True))


def test_create_read_update_archive(hub):
    made = hub.crm.contacts.basic_api.create(new(email="ana@shop.example", firstname="Ana"))
    hub.crm.contacts.basic_api.update(made.id, contacts.SimplePublicObjectInput(properties={"city": "Köln"}))
    read = hub.crm.contacts.basic_api.get_by_id(made.id, properties=["city", "email"])
    assert read.properties["city"] == "Köln"
    assert read.updated_at >= made.created_at
    by_mail = hub.crm.contacts.basic_api.get_by_id("ana@shop.example", id_property="email")
    assert by_mail.id == made.id
    hub.crm.contacts.basic_api.archive(made.id)
    with pytest.raises(contacts.ApiException) as caught:
        hub.crm.contacts.basic_api.get_by_id(made.id)
    assert caught.value.status == 404


def test_conflict_and_validation(hub):
    hub.crm.contacts.basic_api.create(new(email="a@shop.example"))
    with pytest.raises(contacts.ApiException) as caught:
        hub.crm.contacts.basic_api.create(new(email="a@shop.example"))
    assert caught.value.status == 409 and "Existing ID: " in caught.value.body
    with pytest.raises(contacts.ApiException) as caught:
        hub.crm.contacts.basic_api.create(new(nonsense="1"))
    assert caught.value.status == 400 and "PROPERTY_DOESNT_EXIST" in caught.value.body


def test_paging(hub):
    for n in range(5):
        hub.crm.contacts.basic_api.create(new(email=f"c{n}@shop.example"))
    page = hub.crm.contacts.basic_api.get_page(limit=2)
    assert len(page.results) == 2 and page.paging.next.after
    assert len(hub.crm.contacts.get_all()) == 5


def test_search(hub):
    for n in range(3):
        hub.crm.contacts.basic_api.create(new(email=f"c{n}@shop.example", phone=f"+4915{n}"))
    request = contacts.PublicObjectSearchRequest(
        filter_groups=[contacts.FilterGroup(filters=[contacts.Filter(property_name="phone", operator="EQ", value="+49151")])],
        properties=["email"], limit=10, after="0", sorts=["lastmodifieddate"])
    found = hub.crm.contacts.search_api.do_search(public_object_search_request=request)
    assert found.total == 1 and found.results[0].properties["email"] == "c1@shop.example"


def test_batch_upsert_and_read(hub):
    made = unique_property(hub)
    assert made.has_unique_value
    rows = [contacts.SimplePublicObjectBatchInputUpsert(id=f"4915{n}", id_property="wa_id", properties={"firstname": f"N{n}"}) for n in range(3)]
    first = hub.crm.contacts.batch_api.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=rows))
    assert [row.new for row in first.results] == [True] * 3
    second = hub.crm.contacts.batch_api.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=rows))
    assert [row.new for row in second.results] == [False] * 3
    wanted = contacts.BatchReadInputSimplePublicObjectId(
        inputs=[contacts.SimplePublicObjectId(id="49151"), contacts.SimplePublicObjectId(id="none")],
        id_property="wa_id", properties=["firstname"], properties_with_history=[])
    read = hub.crm.contacts.batch_api.read(wanted)
    assert (len(read.results), read.num_errors) == (1, 1)


def test_merge(hub):
    a = hub.crm.contacts.basic_api.create(new(email="a@shop.example"))
    b = hub.crm.contacts.basic_api.create(new(firstname="Ana"))
    result = hub.crm.contacts.basic_api.merge(contacts.PublicMergeInput(primary_object_id=a.id, object_id_to_merge=b.id))
    assert result.properties["firstname"] == "Ana"
    assert hub.crm.contacts.basic_api.get_by_id(b.id).id == result.id


def test_communications_and_associations(hub):
    person = hub.crm.contacts.basic_api.create(new(email="a@shop.example"))
    log = hub.crm.objects.basic_api.create("communications", objects.SimplePublicObjectInputForCreate(
        properties={"hs_communication_channel_type": "WHATS_APP", "hs_communication_logged_from": "CRM",
                    "hs_communication_body": "hi", "hs_timestamp": "2026-11-21T10:00:00Z"},
        associations=[{"to": {"id": person.id}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 81}]}]))
    links = hub.crm.associations.v4.basic_api.get_page("contacts", person.id, "communications")
    assert [str(link.to_object_id) for link in links.results] == [log.id]
    deal = hub.crm.deals.basic_api.create({"properties": {"dealname": "D", "dealstage": "closedwon"}})
    made = hub.crm.associations.v4.basic_api.create_default("deals", deal.id, "contacts", person.id)
    assert made.status == "COMPLETE"


def test_owners_pipelines_properties(hub):
    assert len(hub.crm.owners.owners_api.get_page().results) == 3
    assert hub.crm.pipelines.pipelines_api.get_all("deals").results[0].stages[0].id == "appointmentscheduled"
    names = {p.name for p in hub.crm.properties.core_api.get_all("contacts").results}
    assert {"email", "phone", "lifecyclestage"} <= names


def test_signature_matches_the_clients_own_check(base, control, hub):
    from http.server import BaseHTTPRequestHandler, HTTPServer
    import threading
    from conftest import eventually
    from hubspot.utils.signature import Signature

    got = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            got.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Take)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    control.post("/hubspot/webhooks", target_url=url, client_secret="s3cret")
    hub.crm.contacts.basic_api.create(new(firstname="Ana"))
    headers, body = eventually(lambda: got)[0]
    lower = {key.lower(): value for key, value in headers.items()}
    assert Signature.is_valid(
        signature=lower["x-hubspot-signature-v3"], client_secret="s3cret", request_body=body, http_uri=url,
        http_method="POST", signature_version="v3", timestamp=lower["x-hubspot-request-timestamp"])
    server.shutdown()
