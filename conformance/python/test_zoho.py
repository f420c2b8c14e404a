"""Zoho's own Python client against the Zoho CRM stand-in."""

import datetime
import uuid

import pytest
from zohocrmsdk.src.com.zoho.api.authenticator.oauth_token import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store.token_store import TokenStore
from zohocrmsdk.src.com.zoho.api.logger import Logger
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api import coql, fields, notifications, org, pipeline
from zohocrmsdk.src.com.zoho.crm.api import record as records
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.exception import SDKException
from zohocrmsdk.src.com.zoho.crm.api.initializer import Initializer
from zohocrmsdk.src.com.zoho.crm.api.record import Field
from zohocrmsdk.src.com.zoho.crm.api.record.record import Record
from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.util import Choice


class Kept(TokenStore):
    """Tokens in memory."""

    def __init__(self):
        self.token = None

    def find_token(self, token):
        return self.token

    def find_token_by_id(self, id):
        return self.token

    def save_token(self, token):
        self.token = token

    def delete_token(self, id):
        self.token = None

    def get_tokens(self):
        return [self.token] if self.token else []

    def delete_tokens(self):
        self.token = None


def begin(base, path, refresh):
    # Fields are remembered by user, address and data centre: each test has its own place for them.
    token = OAuthToken(client_id="1000.sandbox", client_secret="zoho-secret", refresh_token=refresh, find_user=False)
    environment = DataCenter.Environment(f"{base}/zoho", f"{base}/zoho/oauth/v2/token", base)
    Initializer.initialize(environment, token, store=Kept(), sdk_config=SDKConfig(pick_list_validation=False),
                           resource_path=str(path), logger=Logger.get_instance(Logger.Levels.ERROR, str(path / "log")))


@pytest.fixture()
def zoho(base, control, tmp_path):
    begin(base, tmp_path, f"1000.{uuid.uuid4()}")
    return records.RecordOperations("Contacts")


def person(**values):
    one = Record()
    for name, value in values.items():
        one.add_key_value(name, value)
    return one


def body(*people, **more):
    wrapper = records.BodyWrapper()
    wrapper.set_data(list(people))
    for name, value in more.items():
        getattr(wrapper, f"set_{name}")(value)
    return wrapper


def params(**values):
    known = {"fields": records.GetRecordsParam.fields, "ids": records.GetRecordsParam.ids,
             "per_page": records.GetRecordsParam.per_page, "page_token": records.GetRecordsParam.page_token,
             "sort_by": records.GetRecordsParam.sort_by, "sort_order": records.GetRecordsParam.sort_order}
    all = ParameterMap()
    for name, value in values.items():
        all.add(known[name], value)
    return all


def made(zoho, **values):
    rows = zoho.create_records(body(person(**values))).get_object().get_data()
    return int(rows[0].get_details()["id"])


def key_field(module="Contacts", label="Rapport Contact ID"):
    field = fields.Fields()
    field.set_field_label(label)
    field.set_data_type("text")
    field.set_length(64)
    unique = fields.Unique()
    unique.set_casesensitive("false")
    field.set_unique(unique)
    wrapper = fields.BodyWrapper()
    wrapper.set_fields([field])
    which = ParameterMap()
    which.add(fields.CreateFieldParam.module, module)
    return fields.FieldsOperations().create_field(wrapper, which)


def test_a_wrong_refresh_token_is_said(base, control, tmp_path):
    with pytest.raises(SDKException, match="invalid_code"):
        begin(base, tmp_path, "nonsense")


def test_create_read_update_delete(zoho, control):
    ana = made(zoho, Last_Name="López", Email="ana@shop.example", Orders=3, Email_Opt_Out=True)
    read = zoho.get_record(ana).get_object().get_data()[0]
    assert (read.get_key_value("Last_Name"), read.get_key_value("Orders")) == ("López", 3)
    asked = datetime.datetime.fromtimestamp(control.get("/clock")["now"] / 1000, datetime.timezone.utc)
    assert abs(read.get_modified_time() - asked) < datetime.timedelta(minutes=1)
    done = zoho.update_record(ana, body(person(Mailing_City="Köln"))).get_object().get_data()[0]
    assert done.get_status().get_value() == "success"
    listed = zoho.get_records(params(fields="Mailing_City,Email", ids=str(ana))).get_object().get_data()
    assert [one.get_key_value("Mailing_City") for one in listed] == ["Köln"]
    zoho.delete_record(ana)
    assert zoho.get_record(ana).get_status_code() == 204
    gone = zoho.get_deleted_records().get_object().get_data()
    assert [one.get_id() for one in gone] == [ana]


def test_rows_are_judged_each_for_itself(zoho):
    made(zoho, Last_Name="Ana", Email="a@shop.example")
    answer = zoho.create_records(body(person(Last_Name="Bo"), person(Last_Name="Cem", Email="a@shop.example")))
    assert answer.get_status_code() == 207
    good, bad = answer.get_object().get_data()
    assert good.get_status().get_value() == "success"
    assert (bad.get_code().get_value(), bad.get_details()["api_name"]) == ("DUPLICATE_DATA", "Email")


def test_upsert_by_a_field_of_our_own(zoho):
    assert key_field().get_status_code() == 201
    people = [person(Last_Name=f"N{n}", Rapport_Contact_ID=f"k{n}") for n in range(3)]
    for action in ("insert", "update"):
        rows = zoho.upsert_records(body(*people, duplicate_check_fields=["Rapport_Contact_ID"])).get_object().get_data()
        assert [row.get_action().get_value() for row in rows] == [action] * 3


def test_search_and_query(zoho):
    ana = made(zoho, Last_Name="O'Neil", Mobile="+49 151 1234567", Email="o'neil@shop.example")
    made(zoho, Last_Name="Bo", Phone="+49 30 123456")
    by_phone = ParameterMap()
    by_phone.add(records.SearchRecordsParam.phone, "+491511234567")
    assert [one.get_id() for one in zoho.search_records(by_phone).get_object().get_data()] == [ana]
    question = coql.BodyWrapper()
    question.set_select_query("select id, Last_Name from Contacts where (Email in ('o''neil@shop.example') or Last_Name = 'x')")
    found = coql.CoqlOperations().get_records(question).get_object().get_data()
    assert [one.get_id() for one in found] == [ana]
    question.set_select_query("select id from Contacts where Email = 'nobody@shop.example'")
    assert coql.CoqlOperations().get_records(question).get_status_code() == 204
    question.set_select_query("select id from Contacts where Nonsense = '1'")
    assert coql.CoqlOperations().get_records(question).get_object().get_code().get_value() == "INVALID_QUERY"


def test_paging_and_changes(zoho, control):
    for n in range(5):
        made(zoho, Last_Name=f"C{n}")
    seen, token = [], None
    while True:
        more = {"page_token": token} if token else {}
        page = zoho.get_records(params(fields="Last_Name", per_page=2, sort_by="id", sort_order="asc", **more)).get_object()
        seen += [one.get_key_value("Last_Name") for one in page.get_data()]
        token = page.get_info().get_next_page_token()
        if not page.get_info().get_more_records():
            break
    assert seen == [f"C{n}" for n in range(5)]
    later = HeaderMap()
    now = datetime.datetime.fromtimestamp(control.get("/clock")["now"] / 1000, datetime.timezone.utc)
    later.add(records.GetRecordsHeader.if_modified_since, now + datetime.timedelta(minutes=1))
    assert zoho.get_records(params(fields="Last_Name"), later).get_status_code() == 304


def test_fields_and_org(zoho):
    which = ParameterMap()
    which.add(fields.GetFieldsParam.module, "Contacts")
    all = {one.get_api_name(): one for one in fields.FieldsOperations().get_fields(which).get_object().get_fields()}
    assert all["Mobile"].get_data_type() == "phone" and all["Last_Name"].get_system_mandatory()
    assert org.OrgOperations().get_organization().get_object().get_org()[0].get_zgid()


def test_a_channel_tells_with_its_token(zoho, control):
    import json
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from conftest import eventually

    got = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Take)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    channel = notifications.Notification()
    channel.set_channel_id("1000000068001")
    channel.set_events(["Contacts.all"])
    channel.set_token("s3cret")
    channel.set_notify_url(f"http://127.0.0.1:{server.server_port}/hook")
    wrapper = notifications.BodyWrapper()
    wrapper.set_watch([channel])
    answer = notifications.NotificationsOperations().enable_notifications(wrapper)
    assert answer.get_object().get_watch()[0].get_status().get_value() == "success"
    ana = made(zoho, Last_Name="Ana")
    told = eventually(lambda: got)[0]
    assert (told["token"], told["operation"], told["ids"]) == ("s3cret", "insert", [str(ana)])
    server.shutdown()


def deal(contact, **values):
    who = Record()
    who.set_id(contact)
    usual = {"Deal_Name": "Phone", "Stage": Choice("Qualification"), "Pipeline": Choice("Standard (Standard)"),
             "Closing_Date": datetime.date(2026, 12, 24), "Amount": 129.9, "Contact_Name": who}
    return person(**{**usual, **values})


def test_deals_stand_in_stages_of_their_pipeline(zoho, control):
    ana = made(zoho, Last_Name="Ana")
    deals = records.RecordOperations("Deals")
    answer = deals.create_records(body(deal(ana), deal(ana, Stage=Choice("Sampling"))))
    assert answer.get_status_code() == 207
    good, bad = answer.get_object().get_data()
    assert bad.get_code().get_value() == "MAPPING_MISMATCH"
    id = int(good.get_details()["id"])
    pipelines = pipeline.PipelineOperations(5725767000000091023).get_pipelines().get_object().get_pipeline()
    stages = {one.get_actual_value(): one.get_forecast_type() for one in pipelines[0].get_maps()}
    assert (stages["Qualification"], stages["Closed Won"]) == ("Open", "Closed Won")
    won = deals.update_record(id, body(person(Stage=Choice("Closed Won")))).get_object().get_data()[0]
    assert won.get_status().get_value() == "success"
    listed = deals.get_records(params(fields="Stage,Amount,Contact_Name", ids=str(id))).get_object().get_data()[0]
    assert (listed.get_key_value("Stage").get_value(), listed.get_key_value("Amount")) == ("Closed Won", 129.9)
    assert listed.get_key_value("Contact_Name").get_id() == ana


def test_deals_are_found_by_a_unique_field(zoho):
    ana = made(zoho, Last_Name="Ana")
    assert key_field("Deals", "Rapport Deal ID").get_status_code() == 201
    deals = records.RecordOperations("Deals")
    for action in ("insert", "update"):
        wanted = body(deal(ana, Rapport_Deal_ID="d-1"), duplicate_check_fields=["Rapport_Deal_ID"])
        assert deals.upsert_records(wanted).get_object().get_data()[0].get_action().get_value() == action
    question = coql.BodyWrapper()
    question.set_select_query("select id from Deals where Rapport_Deal_ID in ('d-1') order by id asc limit 200")
    assert len(coql.CoqlOperations().get_records(question).get_object().get_data()) == 1
