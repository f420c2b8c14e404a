"""The rest of pywa's surface: every kind of message, templates from making to archive, numbers and their settings."""

import datetime

import pytest
from conftest import CUSTOMER, PHONE_ID, WABA_ID, eventually
from pywa import errors, types
from pywa.types import templates as t

PICTURE = "https://shop.example/a.png"
EN = t.TemplateLanguage.ENGLISH_US


def test_messages_with_headers_footers_and_answers(wa, control):
    wamid = control.post("/whatsapp/inbound", **{"from": CUSTOMER, "text": "hi"})["wamid"]
    wa.send_message(CUSTOMER, "an answer", reply_to_message_id=wamid)
    assert control.last("text")["context"] == {"message_id": wamid}
    button = [types.Button(title="Yes", callback_data="y")]
    wa.send_image(CUSTOMER, PICTURE, caption="Keep it?", footer="Shop", buttons=button)
    wa.send_video(CUSTOMER, "https://shop.example/a.mp4", caption="Keep it?", buttons=button)
    wa.send_document(CUSTOMER, "https://shop.example/a.pdf", filename="a.pdf", caption="Sign it?", buttons=button)
    headers = [item["body"]["interactive"]["header"]["type"] for item in control.get("/whatsapp/received", type="interactive")["items"]]
    assert headers == ["image", "video", "document"]


def test_carousels_and_calls(wa, control):
    cards = [types.ImageCarouselCard(body=f"Card {n}", image=PICTURE, buttons=types.URLButton(title="Buy", url="https://shop.example/")) for n in range(2)]
    wa.send_carousel(CUSTOMER, body="Look", cards=cards)
    assert control.last("interactive")["interactive"]["type"] == "carousel"
    wa.send_message(CUSTOMER, "Call us", buttons=types.VoiceCallButton(title="Call"))
    assert control.last("interactive")["interactive"]["type"] == "voice_call"
    wa.send_message(CUSTOMER, "May we call?", buttons=types.CallPermissionRequestButton())
    assert control.last("interactive")["interactive"]["type"] == "call_permission_request"


def test_every_kind_of_template(wa, control):
    body = "Hi {{1}}, your order has been packed."
    made = {
        "t_text": [t.HeaderText("Order {{1}} news", "12"), t.BodyText(body, "Ana"), t.FooterText(text="Shop")],
        "t_location": [t.HeaderLocation(), t.BodyText(body, "Ana")],
        "t_buttons": [t.BodyText(body, "Ana"), t.Buttons(buttons=[
            t.QuickReplyButton(text="Thanks"), t.URLButton(text="Track", url="https://shop.example/t/{{1}}", example="https://shop.example/t/7"),
            t.PhoneNumberButton(text="Call", phone_number="+15550783881"), t.CopyCodeButton(example="SUMMER")])],
    }
    for name, components in made.items():
        category = t.TemplateCategory.MARKETING if name == "t_buttons" else t.TemplateCategory.UTILITY
        created = wa.create_template(t.Template(name=name, language=EN, category=category, parameter_format=t.ParamFormat.POSITIONAL, components=components))
        eventually(lambda: wa.get_template(created.id).status == t.TemplateStatus.APPROVED)
    header, text = made["t_text"][0], made["t_text"][1]
    wa.send_template(CUSTOMER, "t_text", EN, [header.params("77"), text.params("Bea")])
    wa.send_template(CUSTOMER, "t_location", EN, [made["t_location"][0].params(lat=1.5, lon=2.5, name="Shop", address="1 Way"), text.params("Bea")])
    sent = control.get("/whatsapp/received", type="template")["items"]
    assert [item["body"]["template"]["name"] for item in sent] == ["t_text", "t_location"]


def test_templates_from_making_to_archive(wa, control):
    body = t.BodyText("Hi {{1}}, your order has been packed.", "Ana")
    made = wa.create_template(t.Template(name="life_1", language=EN, category=t.TemplateCategory.UTILITY,
                                         parameter_format=t.ParamFormat.POSITIONAL, components=[body]))
    eventually(lambda: wa.get_template(made.id).status == t.TemplateStatus.APPROVED)
    changed = wa.update_template(made.id, new_components=[t.BodyText("Hi {{1}}, your order has left us.", "Ana")])
    assert changed and changed.name == "life_1"
    eventually(lambda: wa.get_template(made.id).status == t.TemplateStatus.APPROVED)
    with pytest.raises(errors.WhatsAppError):  # once a day
        wa.update_template(made.id, new_components=[body])
    control.post("/whatsapp/templates/life_1/events", event="pause")
    assert wa.get_template(made.id).status == t.TemplateStatus.PAUSED
    wa.unpause_template(made.id)
    assert wa.get_template(made.id).status == t.TemplateStatus.APPROVED
    other = next(iter(wa.get_templates(name="season_sale", languages=[t.TemplateLanguage.ENGLISH])))
    wa.send_template(CUSTOMER, "life_1", EN, [body.params("Bea")])
    now = datetime.datetime.now(datetime.timezone.utc)
    compared = wa.compare_templates(made.id, other.id, start=now - datetime.timedelta(days=7), end=now)
    assert compared.times_sent[made.id] == 1
    assert wa.archive_templates([made.id]).archived == (made.id,)
    assert wa.get_template(made.id).status == t.TemplateStatus.ARCHIVED
    assert wa.unarchive_templates([made.id, "1"]).unarchived == (made.id,)
    assert wa.delete_template("life_1", template_id=made.id)


def test_lists_of_templates(wa):
    arabic = list(wa.get_templates(languages=[t.TemplateLanguage.ARABIC]))
    assert arabic and all(template.language == t.TemplateLanguage.ARABIC for template in arabic)
    marketing = list(wa.get_templates(categories=[t.TemplateCategory.MARKETING], statuses=[t.TemplateStatus.APPROVED]))
    assert {template.name for template in marketing} == {"season_sale"}
    page = wa.get_templates(pagination=types.Pagination(limit=2))
    names = [template.id for template in page]
    following = list(wa.get_templates(pagination=types.Pagination(limit=2, after=page.after)))
    assert len(names) == 2 and following and not set(names) & {template.id for template in following}


def test_authentication_templates(wa, control, base):
    # pywa 4.5's own call puts the JSON into a JSON string, which Meta does not document: the body is sent without it.
    languages = ["en_US", "ar"]
    body = {"name": "code_2", "category": "AUTHENTICATION", "languages": languages, "components": [
        {"type": "BODY", "add_security_recommendation": True}, {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]}

    def upsert():
        answer = control.http.post(f"{base}/v26.0/{WABA_ID}/upsert_message_templates", json=body, headers={"Authorization": "Bearer sandbox-token"})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    made = upsert()
    assert [one["language"] for one in made] == languages
    eventually(lambda: all(wa.get_template(one["id"]).status == t.TemplateStatus.APPROVED for one in made))
    assert [one["id"] for one in upsert()] == [one["id"] for one in made]


def test_rejections_tell_why(wa, control):
    control.post("/whatsapp/reviews", name="promo", outcome={"event": "reject", "reason": "PROMOTIONAL"})
    made = wa.create_template(t.Template(name="promo_1", language=EN, category=t.TemplateCategory.UTILITY,
                                         parameter_format=t.ParamFormat.POSITIONAL, components=[t.BodyText("Your order has been packed.")]))
    eventually(lambda: wa.get_template(made.id).status == t.TemplateStatus.REJECTED)
    assert wa.get_template(made.id).rejected_reason == t.TemplateRejectionReason.PROMOTIONAL


def test_media_in_pieces(wa, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"hello " * 5_000)
    media = wa.upload_media(path, mime_type="text/plain")
    assert b"".join(wa.stream_media(wa.get_media_url(media.id).url, chunk_size=1024)) == path.read_bytes()


def test_number_and_its_settings(wa):
    assert wa.update_commerce_settings(is_catalog_visible=True, is_cart_enabled=False)
    settings = wa.get_commerce_settings()
    assert (settings.is_catalog_visible, settings.is_cart_enabled) == (True, False)
    assert wa.update_conversational_automation(ice_breakers=["Hello"], commands=[types.Command(name="start", description="Begin")])
    assert wa.update_display_name("New name")
    assert wa.get_business_phone_number().verified_name == "New name"
    assert wa.set_username("sandbox.shop").status.value == "approved"
    assert wa.get_current_username().username == "sandbox.shop"
    assert wa.delete_username()
    assert wa.deregister_phone_number()
    assert wa.request_verification_code(code_method="SMS", language_code="en_US")
    with pytest.raises(errors.WhatsAppError):
        wa.verify_phone_number("000000")
    assert wa.verify_phone_number("123456")
    assert wa.register_phone_number("123456")


def test_links_and_blocked_users(wa):
    link = wa.create_qr_code("Hello", "PNG")
    assert wa.update_qr_code(link.code, "Hello again").prefilled_message == "Hello again"
    assert [code.prefilled_message for code in wa.get_qr_codes()] == ["Hello again"]
    wa.block_users([CUSTOMER])
    assert len(list(wa.get_blocked_users())) == 1
    with pytest.raises(errors.WhatsAppError):
        wa.block_users(["4915100000001"])
    wa.unblock_users([CUSTOMER])
    assert not list(wa.get_blocked_users())


def test_tokens_and_subscriptions(wa):
    assert wa.get_app_access_token(app_id=f"67{PHONE_ID}", app_secret="sandbox-app-secret")
    assert wa.delete_waba_callback_url() and wa.delete_phone_callback_url()


@pytest.mark.parametrize("code", [130429, 131016, 131031, 131056])
def test_every_error_of_a_recipient(wa, code):
    with pytest.raises(errors.WhatsAppError) as caught:
        wa.send_message(f"971500{code}", "x")
    assert caught.value.code == code
