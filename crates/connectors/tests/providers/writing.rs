//! Templates on their way out, by provider: what is asked for, and what the answers mean.

use super::{NOW, SID, provider};
use rapport_connectors::http::{Body, Method, Request, Response};
use rapport_connectors::provider::{Edit, Feature, Kind, NewTemplate, Outbound, Refused, Registered, Sending, To};
use rapport_core::message::Content;
use serde_json::{Value, json};

const FILES: &str = "https://chat.shop.example/files/";

fn new<'a>(category: &'a str, components: &'a Value) -> NewTemplate<'a> {
    NewTemplate {
        name: "order",
        language: "en_US",
        category,
        parameter_format: "POSITIONAL",
        components,
        ttl_seconds: None,
    }
}

fn asked(request: &Request) -> (Method, &str) {
    (request.method, request.url.as_str())
}

fn body() -> Value {
    json!({"type": "BODY", "text": "Hi {{1}}, parcel {{2}} is here.", "example": {"body_text": [["Ana", "77"]]}})
}

/// Types and variables of the content that is made of these components.
fn content(category: &str, components: Value) -> (Value, Value) {
    let request = provider(Kind::Twilio).create_template(&new(category, &components)).unwrap();
    let body = request.json().unwrap();
    (body["types"].clone(), body["variables"].clone())
}

#[test]
fn dialog360_takes_metas_components_below_its_own_path() {
    let dialog = provider(Kind::Dialog360);
    let components = json!([body()]);
    let request = dialog.create_template(&new("UTILITY", &components)).unwrap();
    assert_eq!(asked(&request), (Method::Post, "https://waba-v2.360dialog.io/v1/configs/templates"));
    assert!(request.headers.contains(&("d360-api-key", "d360-key".to_owned())));
    let plain = json!({"name": "order", "language": "en_US", "category": "UTILITY", "components": components});
    assert_eq!(request.json().unwrap(), plain);
    let named = NewTemplate { parameter_format: "NAMED", ttl_seconds: Some(60), ..new("UTILITY", &components) };
    let told = dialog.create_template(&named).unwrap().json().unwrap();
    assert_eq!((&told["parameter_format"], &told["message_send_ttl_seconds"]), (&json!("NAMED"), &json!(60)));
    assert!(dialog.submit_template("1", &named).is_none(), "handing over is submitting");

    let made = Response::new(
        201,
        &[],
        r#"{"id":"9","name":"order","language":"en_US","status":"submitted","category":"MARKETING"}"#,
    );
    let created = dialog.read_created(&made).unwrap();
    assert_eq!((created.id.as_str(), created.status.as_str()), ("9", "PENDING"));
    assert_eq!(created.category.as_deref(), Some("MARKETING"), "it may have chosen another one");
    let bare = Response::new(201, &[], r#"{"name":"order","language":"en_US"}"#);
    assert_eq!(dialog.read_created(&bare).unwrap().id, "order/en_US");
    let refused = r#"{"meta":{"success":false,"http_code":400,"developer_message":"Bad components"}}"#;
    let refusal = dialog.read_created(&Response::new(400, &[], refused)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.reason.as_str(), refusal.doubtful),
        ("template_refused", "Bad components", false)
    );
    assert_eq!(dialog.read_created(&Response::new(401, &[], refused)).unwrap_err().code, "template_access");
    assert!(dialog.read_created(&Response::new(502, &[], "")).unwrap_err().doubtful);
}

#[test]
fn dialog360_deletes_whole_names_and_takes_samples_as_uploads() {
    let dialog = provider(Kind::Dialog360);
    let request = dialog.delete_template("order", Some("9"));
    assert_eq!(asked(&request), (Method::Delete, "https://waba-v2.360dialog.io/v1/configs/templates/order"));
    assert!(!Kind::Dialog360.offers(Feature::TemplateLanguages) && !dialog.deletes_one_by_one());
    assert!(dialog.read_deleted(&Response::new(200, &[], r#"{"meta":{"success":true}}"#)).is_ok());
    let gone = r#"{"error":{"code":100,"error_subcode":2593002,"message":"no"}}"#;
    assert_eq!(dialog.read_deleted(&Response::new(400, &[], gone)).unwrap_err().code, "template_gone");
    let begin = dialog.begin_sample("", "a b.png", "image/png", 12).unwrap();
    assert_eq!(
        begin.url,
        "https://waba-v2.360dialog.io/uploads?file_name=a%20b.png&file_length=12&file_type=image%2Fpng"
    );
    let upload = dialog.upload_sample("upload:abc?sig=1", "/tmp/x".into());
    assert!(upload.url.starts_with("https://waba-v2.360dialog.io/upload") && upload.url.ends_with("abc?sig=1"));
    assert!(upload.headers.contains(&("d360-api-key", "d360-key".to_owned())));
    let listed =
        json!({"waba_templates": [{"id": "1", "name": "a", "language": "en", "status": "submitted"}], "total": 1});
    let page = dialog.read_templates(&Response::new(200, &[], listed.to_string())).unwrap();
    assert_eq!(page.items[0].status, "PENDING");
}

#[test]
fn twilio_makes_a_content_and_asks_for_its_approval() {
    let twilio = provider(Kind::Twilio);
    let components = json!([body()]);
    let wanted = new("UTILITY", &components);
    let request = twilio.create_template(&wanted).unwrap();
    assert_eq!(asked(&request), (Method::Post, "https://content.twilio.com/v1/Content"));
    assert_eq!(
        request.json().unwrap(),
        json!({
            "friendly_name": "order_en_US", "language": "en_US", "variables": {"1": "Ana", "2": "77"},
            "types": {"twilio/text": {"body": "Hi {{1}}, parcel {{2}} is here."}},
        })
    );
    assert_eq!(twilio.read_created(&Response::new(201, &[], r#"{"sid":"HX1"}"#)).unwrap().id, "HX1");
    assert!(twilio.read_created(&Response::new(201, &[], "{}")).unwrap_err().doubtful);
    let request = twilio.submit_template("HX1", &wanted).unwrap();
    assert_eq!(asked(&request), (Method::Post, "https://content.twilio.com/v1/Content/HX1/ApprovalRequests/whatsapp"));
    assert_eq!(request.json().unwrap(), json!({"name": "order", "category": "UTILITY"}));
    let received = Response::new(201, &[], r#"{"status":"received","category":"MARKETING","rejection_reason":""}"#);
    let created = twilio.read_submitted("HX1", &received).unwrap();
    assert_eq!((created.id.as_str(), created.status.as_str()), ("HX1", "PENDING"));
    assert_eq!(created.category.as_deref(), Some("MARKETING"));
    let no = Response::new(400, &[], r#"{"code":20001,"message":"Name is taken","status":400}"#);
    let refusal = twilio.read_submitted("HX1", &no).unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str(), refusal.doubtful), ("template_refused", "Name is taken", false));
    let hurry = Response::new(429, &[], r#"{"code":20429,"message":"Too Many Requests"}"#);
    assert_eq!(twilio.read_submitted("HX1", &hurry).unwrap_err().code, "template_hurry");

    let request = twilio.delete_template("order", Some("HX1"));
    assert_eq!(asked(&request), (Method::Delete, "https://content.twilio.com/v1/Content/HX1"));
    assert!(twilio.deletes_one_by_one() && !Kind::Twilio.deletes_slowly());
    assert!(twilio.read_deleted(&Response::new(204, &[], "")).is_ok());
    let gone = Response::new(404, &[], r#"{"code":20404,"message":"not found"}"#);
    assert_eq!(twilio.read_deleted(&gone).unwrap_err().code, "template_gone");
}

#[test]
fn twilio_has_the_plainest_type_for_what_there_is() {
    let reply = json!({"type": "QUICK_REPLY", "text": "Yes"});
    let link = json!({"type": "URL", "text": "Track", "url": "https://x.example/t/{{1}}", "example": ["https://x.example/t/9"]});
    let call = json!({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+971455512"});
    let coupon = json!({"type": "COPY_CODE", "example": "SAVE10"});
    let with = |buttons: Value| json!([body(), {"type": "BUTTONS", "buttons": buttons}]);
    let words = "Hi {{1}}, parcel {{2}} is here.";
    let (types, _) = content("UTILITY", with(json!([reply])));
    let tap = json!({"type": "QUICK_REPLY", "title": "Yes", "id": "Yes"});
    assert_eq!(types, json!({"twilio/quick-reply": {"body": words, "actions": [tap]}}));
    let (types, variables) = content("UTILITY", with(json!([link, call, coupon])));
    let actions = json!([
        {"type": "URL", "title": "Track", "url": "https://x.example/t/{{3}}"},
        {"type": "PHONE_NUMBER", "title": "Call", "phone": "+971455512"},
        {"type": "COPY_CODE", "title": "Copy offer code", "code": "{{4}}"},
    ]);
    assert_eq!(types, json!({"twilio/call-to-action": {"body": words, "actions": actions}}));
    assert_eq!(variables, json!({"1": "Ana", "2": "77", "3": "9", "4": "SAVE10"}));
    let kind = |components: Value| {
        let (types, _) = content("UTILITY", components);
        types.as_object().unwrap().keys().next().unwrap().clone()
    };
    assert_eq!(kind(with(json!([reply, link]))), "whatsapp/card");
    let header = json!({"type": "HEADER", "format": "TEXT", "text": "For {{1}}", "example": {"header_text": ["Ana"]}});
    let (types, variables) = content("UTILITY", json!([header, body(), {"type": "FOOTER", "text": "bye"}]));
    assert_eq!(
        types,
        json!({"whatsapp/card": {"header_text": "For {{1}}", "body": "Hi {{2}}, parcel {{3}} is here.", "footer": "bye"}})
    );
    assert_eq!(variables, json!({"1": "Ana", "2": "Ana", "3": "77"}));
    let code = json!([
        {"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]},
    ]);
    let (types, variables) = content("AUTHENTICATION", code);
    let otp = json!({"add_security_recommendation": true, "code_expiration_minutes": 5,
        "actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}]});
    assert_eq!((types, variables), (json!({"whatsapp/authentication": otp}), Value::Null));
}

fn picture(rest: &str) -> Value {
    json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [format!("{FILES}{rest}")]}})
}

#[test]
fn twilio_shows_our_files_by_what_follows_their_address() {
    let (types, variables) = content("MARKETING", json!([picture("c/m/1/s.png"), {"type": "BODY", "text": "New."}]));
    assert_eq!(types, json!({"twilio/media": {"media": [format!("{FILES}{{{{1}}}}")], "body": "New."}}));
    assert_eq!(variables, json!({"1": "c/m/1/s.png"}));
    let card = |rest: &str, text: &str| {
        let link =
            json!({"type": "URL", "text": "See", "url": "https://x.example/{{1}}", "example": ["https://x.example/a"]});
        json!({"components": [picture(rest), {"type": "BODY", "text": text}, {"type": "BUTTONS", "buttons": [link]}]})
    };
    let cards = json!([body(), {"type": "CAROUSEL", "cards": [card("1.png", "Blue"), card("2.png", "Red")]}]);
    let (types, variables) = content("MARKETING", cards.clone());
    let shown = |text: &str, file: u8, link: u8| {
        json!({"body": text, "media": format!("{FILES}{{{{{file}}}}}"),
            "actions": [{"type": "URL", "title": "See", "url": format!("https://x.example/{{{{{link}}}}}")}]})
    };
    let expected =
        json!({"body": "Hi {{1}}, parcel {{2}} is here.", "cards": [shown("Blue", 3, 4), shown("Red", 5, 6)]});
    assert_eq!(types, json!({"twilio/carousel": expected}));
    assert_eq!(variables["5"], "2.png");

    // What is sent is read back out of it: each file and link by its own variable.
    let known = provider(Kind::Twilio).template_as_read(&new("MARKETING", &cards)).unwrap();
    let header = |rest: &str| json!({"type": "header", "parameters": [{"type": "image", "image": {"id": format!("{FILES}{rest}")}}]});
    let link = |end: &str| json!({"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": end}]});
    let words = json!({"type": "body", "parameters": [{"type": "text", "text": "Bea"}, {"type": "text", "text": "5"}]});
    let given = |first: &str| {
        json!([words, {"type": "carousel", "cards": [
            {"card_index": 0, "components": [header(first), link("x")]},
            {"card_index": 1, "components": [header("q.png"), link("y")]},
        ]}])
    };
    let values = sent(&given("p.png"), &known).unwrap();
    assert_eq!(values, json!({"1": "Bea", "2": "5", "3": "p.png", "4": "x", "5": "q.png", "6": "y"}));
    let mut foreign = given("p.png");
    foreign[1]["cards"][0]["components"][0]["parameters"][0]["image"]["id"] = json!("https://cdn.example/x.png");
    let refused = sent(&foreign, &known).unwrap_err();
    assert!(refused.to_string().contains(FILES), "{refused}");
}

/// The variables of a send with these components.
fn sent(components: &Value, known: &Value) -> Result<Value, Refused> {
    let content = json!({"type": "template", "name": "order", "language": "en_US", "components": components});
    let content: Content = serde_json::from_value(content).unwrap();
    let outbound = Outbound { to: To::Phone("+16505550001"), content: &content, reply_to: None, callback: None };
    let template = Some(Registered { id: "HX1", components: known });
    let request = provider(Kind::Twilio).message(&outbound, &Sending { at: NOW, template })?;
    let Body::Bytes(bytes) = &request.body else { panic!("a form") };
    let url = format!("https://x.example/?{}", String::from_utf8(bytes.to_vec()).unwrap());
    let pairs: Vec<(String, String)> = reqwest::Url::parse(&url).unwrap().query_pairs().into_owned().collect();
    assert!(pairs.contains(&("ContentSid".to_owned(), "HX1".to_owned())) && request.url.contains(SID));
    let values = pairs.into_iter().find(|(name, _)| name == "ContentVariables").unwrap().1;
    Ok(serde_json::from_str(&values).unwrap())
}

#[test]
fn what_is_written_reads_back_as_it_was() {
    let twilio = provider(Kind::Twilio);
    let components = json!([
        picture("c/m/1/s.mp4"),
        body(),
        {"type": "FOOTER", "text": "bye"},
        {"type": "BUTTONS", "buttons": [
            {"type": "URL", "text": "Track", "url": "https://x.example/t/{{1}}", "example": ["https://x.example/t/9"]},
            {"type": "QUICK_REPLY", "text": "Yes"},
        ]},
    ]);
    let known = twilio.template_as_read(&new("UTILITY", &components)).unwrap();
    assert_eq!(
        known,
        json!([
            {"type": "HEADER", "format": "VIDEO", "provider_variables": ["1"], "provider_start": FILES,
                "example": {"header_handle": [format!("{FILES}c/m/1/s.mp4")]}},
            {"type": "BODY", "text": "Hi {{1}}, parcel {{2}} is here.", "provider_variables": ["2", "3"],
                "example": {"body_text": [["Ana", "77"]]}},
            {"type": "FOOTER", "text": "bye"},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Track", "url": "https://x.example/t/{{1}}", "provider_variables": ["4"],
                    "example": ["https://x.example/t/9"]},
                {"type": "QUICK_REPLY", "text": "Yes"},
            ]},
        ])
    );
    let code = json!([{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]}]);
    let known = twilio.template_as_read(&new("AUTHENTICATION", &code)).unwrap();
    assert_eq!((&known[0]["provider_variables"], &known[1]["buttons"][0]["type"]), (&json!(["1"]), &json!("OTP")));
    let given = json!([
        {"type": "body", "parameters": [{"type": "text", "text": "4711"}]},
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "4711"}]},
    ]);
    assert_eq!(sent(&given, &known).unwrap(), json!({"1": "4711"}));
}

#[test]
fn what_cannot_be_said_is_refused_before_anything_is_sent() {
    let twilio = provider(Kind::Twilio);
    let foreign = json!([{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}}, body()]);
    let place = json!([{"type": "HEADER", "format": "LOCATION"}, body()]);
    let flow = json!([body(), {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "x"}]}]);
    let offer = json!([body(), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x"}}]);
    for components in [foreign, place, flow, offer] {
        assert!(twilio.create_template(&new("MARKETING", &components)).is_err(), "{components}");
    }
    let components = json!([body()]);
    for kind in [Kind::Bird, Kind::Gateway] {
        assert!(!kind.offers(Feature::TemplateWriting));
        assert!(provider(kind).create_template(&new("UTILITY", &components)).is_err());
    }
    let edit = Edit { components: Some(&components), ..Edit::default() };
    for kind in Kind::ALL {
        let offers = kind.offers(Feature::TemplateEditing);
        assert_eq!(provider(kind).edit_template("1", &edit).is_some(), offers, "{kind:?}");
        assert_eq!(provider(kind).unpause_template("1").is_some(), offers, "{kind:?}");
    }
}
