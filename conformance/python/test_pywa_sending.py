"""pywa sends everything it can send."""

import pytest
from conftest import CUSTOMER, eventually
from pywa import errors, types
from pywa.types import templates as t

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def test_text(wa, control):
    sent = wa.send_message(CUSTOMER, "Hello *you*", preview_url=True, tracker="rpt:1:1")
    assert sent.id.startswith("wamid.")
    received = control.get("/whatsapp/received", to=CUSTOMER)["items"][-1]
    assert received["wamid"] == sent.id
    assert received["biz_opaque_callback_data"] == "rpt:1:1"
    assert control.last("text")["text"]["body"] == "Hello *you*"


def test_buttons_and_lists(wa, control):
    wa.send_message(CUSTOMER, "Keep it?", header="Question", footer="Shop", buttons=[
        types.Button(title="Yes", callback_data="y"), types.Button(title="No", callback_data="n")])
    assert control.last("interactive")["interactive"]["type"] == "button"
    rows = [types.SectionRow(title="One", callback_data="1", description="first"), types.SectionRow(title="Two", callback_data="2")]
    wa.send_message(CUSTOMER, "Pick", buttons=types.SectionList(button_title="Open", sections=[types.Section(title="All", rows=rows)]))
    assert control.last("interactive")["interactive"]["type"] == "list"
    wa.send_message(CUSTOMER, "See", buttons=types.URLButton(title="Open", url="https://shop.example/"))
    wa.send_message(CUSTOMER, "Fill", buttons=types.FlowButton(
        title="Start", flow_id="1", flow_token="t", flow_action_type=types.FlowActionType.NAVIGATE, flow_action_screen="FIRST"))
    assert control.last("interactive")["interactive"]["type"] == "flow"


def test_requests_and_products(wa, control):
    wa.request_location(CUSTOMER, "Where are you?")
    wa.request_contact_info(CUSTOMER, "May we have your number?")
    wa.send_catalog(CUSTOMER, "Our things")
    wa.send_product(CUSTOMER, catalog_id="7", sku="A1", body="This one")
    wa.send_products(CUSTOMER, catalog_id="7", title="Menu", body="Choose", product_sections=[
        types.ProductsSection(title="Best", skus=["A1", "A2"])])
    kinds = [i["body"]["interactive"]["type"] for i in control.get("/whatsapp/received", type="interactive")["items"]]
    assert kinds == ["location_request_message", "request_contact_info", "catalog_message", "product", "product_list"]


def test_media(wa, control, tmp_path):
    media = wa.upload_media(PNG, mime_type="image/png", filename="a.png")
    wa.send_image(CUSTOMER, media.id, caption="look")
    info = wa.get_media_url(media.id)
    assert (info.mime_type, info.file_size) == ("image/png", len(PNG))
    assert wa.get_media_bytes(info.url) == PNG
    path = wa.download_media(url=info.url, path=tmp_path, filename="got.png")
    assert path.read_bytes() == PNG
    assert wa.delete_media(media.id)
    with pytest.raises(errors.WhatsAppError):
        wa.get_media_url(media.id)


def test_every_media_type(wa, control):
    wa.send_video(CUSTOMER, "https://shop.example/a.mp4", caption="v")
    wa.send_document(CUSTOMER, "https://shop.example/a.pdf", filename="a.pdf")
    wa.send_audio(CUSTOMER, "https://shop.example/a.mp3")
    wa.send_voice(CUSTOMER, wa.upload_media(b"OggS....", mime_type="audio/ogg", filename="v.ogg").id)
    wa.send_sticker(CUSTOMER, wa.upload_media(b"RIFF....WEBP", mime_type="image/webp", filename="s.webp").id)
    assert control.get("/state")["whatsapp"]["totals"]["accepted"] == 5


def test_location_contact_reaction_read(wa, control):
    wa.send_location(CUSTOMER, latitude=37.48, longitude=-122.14, name="HQ", address="1 Way")
    wa.send_contact(CUSTOMER, types.Contact(
        name=types.Contact.Name(formatted_name="Ana B", first_name="Ana"), phones=[types.Contact.Phone(phone="+491511", type="CELL")]))
    wamid = control.post("/whatsapp/inbound", **{"from": CUSTOMER, "text": "nice"})["wamid"]
    wa.send_reaction(CUSTOMER, "👍", wamid)
    wa.remove_reaction(CUSTOMER, wamid)
    assert wa.mark_message_as_read(wamid)
    assert wa.indicate_typing(wamid)
    totals = control.get("/state")["whatsapp"]["totals"]
    assert (totals["read_marks"], totals["typing"]) == (2, 1)


def test_templates(wa, control):
    body = t.BodyText("Hi {{name}}, your order {{number}} has been packed.", name="Ana", number="12")
    template = t.Template(name="packed_1", language=t.TemplateLanguage.ENGLISH_US, category=t.TemplateCategory.UTILITY,
                          parameter_format=t.ParamFormat.NAMED, components=[
                              t.HeaderText("Order news"), body, t.FooterText(text="Reply STOP to end"),
                              t.Buttons(buttons=[t.QuickReplyButton(text="Thanks"), t.QuickReplyButton(text="Help")])])
    created = wa.create_template(template)
    assert created.status == t.TemplateStatus.PENDING
    eventually(lambda: wa.get_template(created.id).status == t.TemplateStatus.APPROVED)
    assert [d.name for d in wa.get_templates(name="packed_1")] == ["packed_1"]
    sent = wa.send_template(CUSTOMER, "packed_1", t.TemplateLanguage.ENGLISH_US, [body.params(name="Bea", number="13")])
    assert sent.status.value == "accepted"
    with pytest.raises(errors.WhatsAppError) as caught:
        wa.send_template(CUSTOMER, "packed_1", t.TemplateLanguage.ENGLISH_US, [])
    assert caught.value.code == 132000
    assert wa.delete_template("packed_1")


def test_profile_number_account(wa):
    assert wa.update_business_profile(about="Open daily", websites=["https://shop.example"], industry=types.Industry.RETAIL)
    profile = wa.get_business_profile()
    assert (profile.about, profile.industry) == ("Open daily", types.Industry.RETAIL)
    number = wa.get_business_phone_number()
    assert number.display_phone_number == "+1 555-078-3881"
    assert [n.id for n in wa.get_business_phone_numbers()] == [number.id]
    assert wa.get_business_account().name == "Sandbox Shop"


def test_links_and_blocking(wa):
    link = wa.create_qr_code("Hello", "SVG")
    assert wa.get_qr_code(link.code).prefilled_message == "Hello"
    assert [code.code for code in wa.get_qr_codes()] == [link.code]
    assert wa.delete_qr_code(link.code)
    assert wa.block_users([CUSTOMER]).added_users
    assert wa.unblock_users([CUSTOMER]).removed_users


def test_errors(wa):
    with pytest.raises(errors.WhatsAppError) as caught:
        wa.send_message(CUSTOMER, "x" * 5000)
    assert caught.value.code == 131009
    wa.token = "some-old-token"
    with pytest.raises(errors.ExpiredAccessToken):
        wa.send_message(CUSTOMER, "x")
