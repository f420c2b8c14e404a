use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

fn order_update() -> Definition {
    let components = json!([
        { "type": "HEADER", "format": "TEXT", "text": "Order {{order_id}} update",
          "example": { "header_text_named_params": [{ "param_name": "order_id", "example": "118" }] } },
        { "type": "BODY", "text": "Hi {{first_name}}, it arrives {{eta}}. Thanks, {{first_name}}!",
          "example": { "body_text_named_params": [
              { "param_name": "eta", "example": "Tuesday" }, { "param_name": "first_name", "example": "Ana" }] } },
        { "type": "FOOTER", "text": "Reply STOP to end" },
        { "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Track", "url": "https://x.example/t/{{1}}", "example": ["https://x.example/t/1"] },
            { "type": "QUICK_REPLY", "text": "Help" },
            { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+16505551234" }] }
    ]);
    parse(&components, Some("NAMED"), "UTILITY").unwrap()
}

fn picture_offer() -> Definition {
    let components = json!([
        { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::x"] } },
        { "type": "BODY", "text": "{{2}} is {{1}} off", "example": { "body_text": [["10 %", "Shoes"]] } },
        { "type": "BUTTONS", "buttons": [{ "type": "COPY_CODE", "example": "SAVE10" }] },
        { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Now", "has_expiration": true } }
    ]);
    parse(&components, Some("POSITIONAL"), "MARKETING").unwrap()
}

fn carousel() -> Definition {
    let card = |n: u32| {
        json!({ "components": [
            { "type": "header", "format": "image" },
            { "type": "body", "text": format!("Card {n}: {{{{1}}}}") },
            { "type": "buttons", "buttons": [{ "type": "url", "text": "Buy", "url": "https://x.example/{{1}}" }] }
        ]})
    };
    let components = json!([{ "type": "BODY", "text": "New in" }, { "type": "CAROUSEL", "cards": [card(1), card(2)] }]);
    parse(&components, None, "MARKETING").unwrap()
}

fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

fn named(name: &str, words: &str) -> Value {
    json!({ "type": "text", "parameter_name": name, "text": words })
}

fn part(kind: &str, parameters: &[Value]) -> Value {
    json!({ "type": kind, "parameters": parameters })
}

fn button(sub_type: &str, index: Value, parameter: Value) -> Value {
    json!({ "type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter] })
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn definitions_are_read() {
    let order = order_update();
    assert_eq!((order.category, order.format), (Category::Utility, Format::Named));
    assert_eq!(order.body.variables, ["first_name", "eta"]);
    assert_eq!(order.body.examples, ["Ana", "Tuesday"]);
    assert_eq!(order.footer.as_deref(), Some("Reply STOP to end"));
    let keys: Vec<(String, String)> = variables(&order).into_iter().map(|v| (v.key, v.example)).collect();
    let expected = [
        ("header.order_id", "118"),
        ("body.first_name", "Ana"),
        ("body.eta", "Tuesday"),
        ("buttons.0", "https://x.example/t/1"),
    ];
    assert_eq!(keys, expected.map(|(key, example)| (key.to_owned(), example.to_owned())));
    let keys: Vec<String> = variables(&picture_offer()).into_iter().map(|variable| variable.key).collect();
    assert_eq!(keys, ["header.image", "body.1", "body.2", "buttons.0", "offer"]);
    assert_eq!(picture_offer().body.examples, ["10 %", "Shoes"]);
    let keys: Vec<String> = variables(&carousel()).into_iter().map(|variable| variable.key).collect();
    let card = |n: u32| ["header.image", "body.1", "buttons.0"].map(|key| format!("cards.{n}.{key}"));
    assert_eq!(keys, [card(0), card(1)].concat());
}

#[test]
fn definitions_that_cannot_be_read() {
    let table = [
        (json!({}), TemplateError::NotAList),
        (json!([{ "text": "x" }]), TemplateError::NoType(0)),
        (json!([{ "type": "FOOTER", "text": "x" }]), TemplateError::NoBody),
        (json!([{ "type": "HEADER", "format": "HOLOGRAM" }]), TemplateError::UnknownHeader("HOLOGRAM".to_owned())),
    ];
    for (components, error) in table {
        assert_eq!(parse(&components, None, "UTILITY"), Err(error), "{components}");
    }
    assert_eq!(Category::parse("something new"), Category::Marketing);
    for text in ["{{}}", "{{ }}", "{{a-b}}", "{{", "}}", "{ {1} }"] {
        let plain = parse(&json!([{ "type": "BODY", "text": text }]), None, "UTILITY").unwrap();
        assert!(plain.body.variables.is_empty(), "{text}");
    }
}

#[test]
fn sends_that_fit() {
    let track = button("url", json!("0"), text("118"));
    let header = part("header", &[named("order_id", "118")]);
    let body = part("body", &[named("eta", "Tuesday"), named("first_name", "Ana")]);
    let order = order_update();
    let help = button("quick_reply", json!(1), json!({ "type": "payload", "payload": "help" }));
    for components in [json!([header, body, track]), json!([track, body, help, header])] {
        assert_eq!(check(&order, &components), Ok(()), "{components}");
    }
    let plain = parse(&json!([{ "type": "BODY", "text": "Hello" }]), None, "UTILITY").unwrap();
    for components in [json!(null), json!([]), json!([{ "type": "body" }]), json!([part("body", &[])])] {
        assert_eq!(check(&plain, &components), Ok(()), "{components}");
    }
    let legacy = parse(&json!([{ "type": "BODY", "text": "Pay {{1}}" }]), None, "UTILITY").unwrap();
    let money =
        json!({ "type": "currency", "currency": { "fallback_value": "$10", "code": "USD", "amount_1000": 10_000 } });
    assert_eq!(check(&legacy, &json!([part("body", &[money])])), Ok(()));
    let code = json!([
        { "type": "BODY", "add_security_recommendation": true },
        { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE", "text": "Copy" }] }
    ]);
    let code = parse(&code, None, "AUTHENTICATION").unwrap();
    let send = json!([part("body", &[text("123456")]), button("url", json!(0), text("123456"))]);
    assert_eq!(check(&code, &send), Ok(()));
}

#[test]
fn sends_that_do_not_fit() {
    use MismatchKind::{Count, Missing, Name, Text, Type, Unexpected};
    let order = order_update();
    let header = part("header", &[named("order_id", "118")]);
    let body = part("body", &[named("eta", "Tuesday"), named("first_name", "Ana")]);
    let track = button("url", json!("0"), text("118"));
    let with_body = |parameters: &[Value]| json!([header, part("body", parameters), track]);
    let ana = |words: &str| with_body(&[named("eta", "x"), named("first_name", words)]);
    let call = button("phone_number", json!(2), text("x"));
    let table: &[(Value, &str, MismatchKind)] = &[
        (json!(null), "header", Count),
        (json!([header, track]), "body", Count),
        (with_body(&[named("eta", "x")]), "body", Count),
        (with_body(&[named("eta", "x"), named("first_name", "y"), named("z", "z")]), "body", Count),
        (with_body(&[text("x"), text("y")]), "body", Name),
        (with_body(&[named("eta", "x"), named("eta", "y")]), "body", Name),
        (with_body(&[named("eta", "x"), named("First_name", "y")]), "body", Name),
        (with_body(&[named("eta", "x"), json!({ "type": "image" })]), "body", Type),
        (with_body(&[named("eta", "x"), json!({ "type": "text", "text": 5 })]), "body", Type),
        (ana(""), "body", Text),
        (ana("a\nb"), "body", Text),
        (ana("a\tb"), "body", Text),
        (ana("a     b"), "body", Text),
        (ana(&"x".repeat(1_025)), "body", Text),
        (json!([header, body]), "buttons.0", Missing),
        (
            json!([header, body, button("url", json!(0), json!({ "type": "payload", "payload": "x" }))]),
            "buttons.0",
            Type,
        ),
        (json!([header, body, button("quick_reply", json!(0), text("x"))]), "buttons.0", Type),
        (json!([header, body, { "type": "button", "sub_type": "url", "index": 0 }]), "buttons.0", Count),
        (json!([header, body, track, track]), "buttons.0", Unexpected),
        (json!([header, body, track, button("url", json!(7), text("x"))]), "buttons.7", Unexpected),
        (json!([header, body, track, call]), "buttons.2", Unexpected),
        (json!([header, body, { "type": "button", "sub_type": "url" }]), "buttons", Missing),
        (json!([header, header, body, track]), "header", Unexpected),
        (json!([header, body, track, { "type": "footer" }]), "components", Unexpected),
        (json!({ "type": "body" }), "components", Type),
        (json!([header, { "type": "body", "parameters": "x" }, track]), "body", Type),
        (json!([header, body, track, { "type": "limited_time_offer" }]), "offer", Unexpected),
        (json!([header, body, track, { "type": "carousel", "cards": [{}] }]), "cards", Count),
    ];
    for (components, place, kind) in table {
        let mismatch = check(&order, components).expect_err(&components.to_string());
        assert_eq!((mismatch.component.as_str(), mismatch.kind), (*place, *kind), "{components}: {mismatch}");
    }
    let positional = check(&picture_offer(), &json!([part("body", &[named("1", "x"), named("2", "y")])]));
    assert_eq!(positional.unwrap_err().component, "header");
}

#[test]
fn media_headers() {
    let offer = picture_offer();
    let send = |parameters: &[Value]| {
        let values =
            values(&[("header.image", "m"), ("body.1", "a"), ("body.2", "b"), ("buttons.0", "C"), ("offer", "1")]);
        let mut components = fill(&offer, &values).unwrap();
        components[0] = part("header", parameters);
        check(&offer, &components).map_err(|mismatch| mismatch.kind)
    };
    use MismatchKind::{Count, Missing, Type};
    let image = |object: Value| json!({ "type": "image", "image": object });
    let table: &[(&[Value], Result<(), MismatchKind>)] = &[
        (&[image(json!({ "id": "1" }))], Ok(())),
        (&[image(json!({ "link": "https://x.example/a.png" }))], Ok(())),
        (&[image(json!({ "id": "1", "link": "https://x.example/a.png" }))], Err(Missing)),
        (&[image(json!({ "id": "" }))], Err(Missing)),
        (&[image(json!({}))], Err(Missing)),
        (&[json!({ "type": "video", "video": { "id": "1" } })], Err(Type)),
        (&[text("x")], Err(Type)),
        (&[], Err(Count)),
        (&[image(json!({ "id": "1" })), image(json!({ "id": "1" }))], Err(Count)),
    ];
    for (parameters, expected) in table {
        assert_eq!(send(parameters), *expected, "{parameters:?}");
    }
    let place =
        parse(&json!([{ "type": "HEADER", "format": "LOCATION" }, { "type": "BODY", "text": "x" }]), None, "UTILITY");
    let place = place.unwrap();
    let filled = fill(&place, &values(&[("header.location", "25.03, 121.56")])).unwrap();
    assert_eq!(filled[0]["parameters"][0]["location"], json!({ "latitude": "25.03", "longitude": "121.56" }));
    assert_eq!(check(&place, &filled), Ok(()));
    assert_eq!(
        fill(&place, &values(&[("header.location", "here")])),
        Err(FillError { key: "header.location".to_owned() })
    );
}

#[test]
fn carousels() {
    let definition = carousel();
    let all = values(&[
        ("cards.0.header.image", "https://x.example/a.png"),
        ("cards.0.body.1", "Shoe"),
        ("cards.0.buttons.0", "shoe"),
        ("cards.1.header.image", "file-2"),
        ("cards.1.body.1", "Hat"),
        ("cards.1.buttons.0", "hat"),
    ]);
    let components = fill(&definition, &all).unwrap();
    assert_eq!(check(&definition, &components), Ok(()));
    assert_eq!(render(&definition, &components), "New in\nCard 1: Shoe\nCard 2: Hat");
    let mut one = components.clone();
    one[0]["cards"].as_array_mut().unwrap().pop();
    assert_eq!(check(&definition, &one).unwrap_err().kind, MismatchKind::Count);
    let mut twice = components.clone();
    twice[0]["cards"][1]["card_index"] = json!(0);
    assert_eq!(check(&definition, &twice).unwrap_err().kind, MismatchKind::Missing);
    let mut wrong = components;
    wrong[0]["cards"][1]["components"][1]["parameters"] = json!([]);
    assert_eq!(check(&definition, &wrong).unwrap_err().component, "cards.1.body");
}

#[test]
fn previews() {
    let order = order_update();
    let filled = values(&[
        ("header.order_id", "118"),
        ("body.first_name", "{{eta}}"),
        ("body.eta", "Tuesday"),
        ("buttons.0", "118"),
    ]);
    let components = fill(&order, &filled).unwrap();
    let expected = "Order 118 update\nHi {{eta}}, it arrives Tuesday. Thanks, {{eta}}!\nReply STOP to end";
    assert_eq!(render(&order, &components), expected);
    let missing =
        "Order {{order_id}} update\nHi {{first_name}}, it arrives {{eta}}. Thanks, {{first_name}}!\nReply STOP to end";
    assert_eq!(render(&order, &json!(null)), missing);
    let send = json!([part("body", &[text("10 %"), text("Shoes")])]);
    assert_eq!(render(&picture_offer(), &send), "Shoes is 10 % off");
    assert_eq!(fill(&order, &values(&[])), Err(FillError { key: "header.order_id".to_owned() }));
}

proptest! {
    #[test]
    fn what_is_filled_fits(words in prop::collection::vec("[\\p{L}\\p{N}][\\p{L}\\p{N} ]{0,3}[\\p{L}]", 7)) {
        for definition in [order_update(), picture_offer(), carousel()] {
            let given: BTreeMap<String, String> = variables(&definition)
                .into_iter()
                .zip(words.iter().cycle())
                .map(|(variable, word)| (variable.key, if variable.kind == "time" { "1".to_owned() } else { word.clone() }))
                .collect();
            let components = fill(&definition, &given).unwrap();
            prop_assert_eq!(check(&definition, &components), Ok(()));
            prop_assert!(!render(&definition, &components).contains("{{"));
            // Leaving anything out is noticed.
            for at in 0..components.as_array().unwrap().len() {
                let mut fewer = components.clone();
                fewer.as_array_mut().unwrap().remove(at);
                prop_assert!(check(&definition, &fewer).is_err());
            }
        }
    }

    #[test]
    fn nothing_panics(words in "\\PC{0,60}", kind in "(HEADER|BODY|BUTTONS|CAROUSEL|\\PC{0,5})") {
        let part = json!({ "type": kind, "text": words, "format": words, "buttons": [{ "type": words }], "cards": [{}] });
        let components = json!([part, { "type": "BODY", "text": words }]);
        if let Ok(definition) = parse(&components, Some("NAMED"), &words) {
            let _ = check(&definition, &components);
            prop_assert!(definition.body.text == words || definition.category == Category::Authentication);
            let _ = variables(&definition);
            let _ = render(&definition, &components);
        }
    }
}
