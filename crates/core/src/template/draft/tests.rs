use super::*;
use serde_json::json;

fn found(category: &str, format: &str, components: Value) -> Vec<(&'static str, String)> {
    let draft = Draft {
        name: "order_1",
        language: "en",
        category,
        parameter_format: format,
        components: &components,
        ttl_seconds: None,
    };
    problems(&draft).into_iter().map(|problem| (problem.code.code(), problem.path)).collect()
}

/// The problems of a utility template with numbered variables, as `code path`.
fn of(components: Value) -> Vec<String> {
    found("UTILITY", "POSITIONAL", components).into_iter().map(|(code, path)| format!("{code} {path}")).collect()
}

fn body(text: &str, samples: Value) -> Value {
    json!({ "type": "BODY", "text": text, "example": { "body_text": [samples] } })
}

fn plain() -> Value {
    json!({ "type": "BODY", "text": "Your order is on its way." })
}

fn with_buttons(buttons: Value) -> Value {
    json!([plain(), { "type": "BUTTONS", "buttons": buttons }])
}

fn reply(text: &str) -> Value {
    json!({ "type": "QUICK_REPLY", "text": text })
}

#[test]
fn names_languages_and_categories() {
    let components = json!([plain()]);
    let of = |name: &str, language: &str, category: &str, format: &str| -> Vec<String> {
        let draft =
            Draft { name, language, category, parameter_format: format, components: &components, ttl_seconds: None };
        problems(&draft).into_iter().map(|problem| format!("{} {}", problem.code.code(), problem.path)).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(of("order_1", "ar_EG", "utility", "named"), none);
    assert_eq!(of("", "en", "UTILITY", "POSITIONAL"), ["required name"]);
    assert_eq!(of("Order 1", "en", "UTILITY", "POSITIONAL"), ["name_characters name"]);
    assert_eq!(of("é", "en", "UTILITY", "POSITIONAL"), ["name_characters name"]);
    assert_eq!(of(&"a".repeat(513), "en", "UTILITY", "POSITIONAL"), ["too_long name"]);
    assert_eq!(
        of("a", "en-US", "SALES", "OTHER"),
        ["language_unknown language", "category_unknown category", "format_unknown parameter_format"]
    );
}

#[test]
fn a_problem_says_its_limit_and_value() {
    let components = json!([{ "type": "BODY", "text": "a".repeat(1025) }]);
    let draft = Draft {
        name: "a",
        language: "en",
        category: "UTILITY",
        parameter_format: "NAMED",
        components: &components,
        ttl_seconds: None,
    };
    let found = problems(&draft);
    assert_eq!((found[0].limit, found[0].actual), (Some(1024), Some(1025)));
}

#[test]
fn everything_is_told_at_once() {
    let found = of(json!([
        { "type": "HEADER", "format": "TEXT", "text": "" },
        body("{{1}} and {{3}}", json!(["Ana"])),
        { "type": "FOOTER", "text": "Bye {{1}}" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "", "url": "x" }] }
    ]));
    assert_eq!(
        found,
        [
            "required components.0.text",
            "variable_at_start components.1.text",
            "variable_at_end components.1.text",
            "variables_dense components.1.text",
            "variable_gap components.1.text",
            "example_missing components.1.example.3",
            "variable_not_allowed components.2.text",
            "required components.3.buttons.0.text",
            "link_invalid components.3.buttons.0.url",
        ]
    );
}

#[test]
fn texts_and_variables() {
    let long = "x".repeat(61);
    for (components, wanted) in [
        (json!([body("Hi {{1}}, your order is here.", json!(["Ana"]))]), vec![]),
        (json!([body("Hi {{2}}, your order {{1}} is here.", json!(["7", "Ana"]))]), vec![]),
        (json!({}), vec!["not_a_list components"]),
        (json!([]), vec!["body_missing components"]),
        (json!([{ "type": "BODY", "text": " " }]), vec!["required components.0.text"]),
        (
            json!([body("Hi {{1}}{{2}}, your order is here now.", json!(["a", "b"]))]),
            vec!["variables_adjacent components.0.text"],
        ),
        (
            json!([body("Hi {{1}} {{2}}, your order is here now.", json!(["a", "b"]))]),
            vec!["variables_adjacent components.0.text"],
        ),
        (json!([body("Hi {{1}} and {{2}} you", json!(["a", "b"]))]), vec![]),
        (json!([body("Hi {{1}} and {{2}}.", json!(["a", "b"]))]), vec!["variables_dense components.0.text"]),
        (json!([body("Hi {{name}}, your order is here.", json!(["a"]))]), vec!["variable_number components.0.text"]),
        (json!([body("Hi {{}}, your order is here.", json!([]))]), vec!["variable_malformed components.0.text"]),
        (json!([body("Hi {{1}, your order is here.", json!([]))]), vec!["variable_malformed components.0.text"]),
        (json!([body("Hi {{1}}, your order is here.", json!([" "]))]), vec!["example_missing components.0.example.1"]),
        (json!([body("Look at https://bit.ly/x today.", json!([]))]), vec!["link_shortened components.0.text"]),
        (json!([body("Write to (wa.me/123) today.", json!([]))]), vec!["link_whatsapp components.0.text"]),
        (json!([plain(), plain()]), vec!["component_twice components.1"]),
        (json!([plain(), { "type": "SIDEBAR" }]), vec!["component_unknown components.1"]),
        (json!([plain(), { "type": "FOOTER", "text": long }]), vec!["too_long components.1.text"]),
        (json!([plain(), { "type": "FOOTER", "text": "a\nb" }]), vec!["line_break components.1.text"]),
        (
            json!([{ "type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": { "header_text": ["7"] } }, plain()]),
            vec![],
        ),
        (
            json!([{ "type": "HEADER", "format": "TEXT", "text": "Order {{1}} of {{2}}", "example": { "header_text": ["7", "8"] } }, plain()]),
            vec!["variables_many components.0.text"],
        ),
        (json!([{ "type": "HEADER", "format": "SONG" }, plain()]), vec!["header_unknown components.0.format"]),
        (json!([{ "type": "HEADER", "format": "LOCATION" }, plain()]), vec![]),
        (json!([{ "type": "HEADER", "format": "IMAGE" }, plain()]), vec!["sample_missing components.0.example"]),
        (json!([{ "type": "HEADER", "format": "VIDEO", "example": { "header_handle": ["4::x"] } }, plain()]), vec![]),
        (json!([{ "type": "HEADER", "format": "IMAGE", "example": { "media_id": "0190" } }, plain()]), vec![]),
        (
            json!([{ "type": "HEADER", "format": "DOCUMENT", "example": { "header_handle": ["https://x.example/a"] } }, plain()]),
            vec!["sample_link components.0.example"],
        ),
    ] {
        assert_eq!(of(components.clone()), wanted, "{components}");
    }
}

#[test]
fn named_variables() {
    let of = |text: &str, samples: Value| {
        let components = json!([{ "type": "BODY", "text": text, "example": { "body_text_named_params": samples } }]);
        found("MARKETING", "NAMED", components).into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    let ana = json!([{ "param_name": "first_name", "example": "Ana" }]);
    assert!(of("Hi {{first_name}}, your order is here.", ana.clone()).is_empty());
    assert_eq!(of("Hi {{first_name}}, your order is here.", json!([])), ["example_missing"]);
    assert_eq!(of("Hi {{Name}}, your order is here.", ana.clone()), ["variable_name", "example_missing"]);
    assert_eq!(of("Hi {{1st}}, your order is here.", ana), ["variable_name", "example_missing"]);
}

#[test]
fn buttons_of_every_kind() {
    let url = |url: &str, example: Value| json!({ "type": "URL", "text": "Track", "url": url, "example": example });
    let at = "components.1.buttons";
    for (buttons, wanted) in [
        (json!([reply("Yes"), reply("No"), url("https://x.example/{{1}}", json!(["https://x.example/1"]))]), vec![]),
        (json!([]), vec![format!("buttons_missing {at}")]),
        (json!(3), vec![format!("not_a_list {at}")]),
        ((0..11).map(|n| reply(&n.to_string())).collect(), vec![format!("buttons_many {at}")]),
        (
            json!([reply("Yes"), url("https://x.example", json!(null)), reply("No")]),
            vec![format!("quick_replies_apart {at}")],
        ),
        (
            json!([
                url("https://x.example", json!(null)),
                url("https://y.example", json!(null)),
                url("https://z.example", json!(null))
            ]),
            vec![format!("button_kind_many {at}")],
        ),
        (json!([reply(&"x".repeat(26))]), vec![format!("too_long {at}.0.text")]),
        (json!([reply("Hi {{1}}")]), vec![format!("variable_not_allowed {at}.0.text")]),
        (json!([{ "type": "DANCE", "text": "x" }]), vec![format!("button_unknown {at}.0.type")]),
        (json!([{ "type": "OTP", "otp_type": "COPY_CODE" }]), vec![format!("button_not_allowed {at}.0.type")]),
        (json!([{ "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+16505551234" }]), vec![]),
        (
            json!([{ "type": "PHONE_NUMBER", "text": "Call", "phone_number": "0 800" }]),
            vec![format!("phone_invalid {at}.0.phone_number")],
        ),
        (json!([{ "type": "COPY_CODE", "example": "SAVE10" }]), vec![]),
        (json!([{ "type": "COPY_CODE", "example": "x".repeat(21) }]), vec![format!("too_long {at}.0.example")]),
        (json!([{ "type": "FLOW", "text": "Book" }]), vec![format!("flow_missing {at}.0.flow_id")]),
        (json!([{ "type": "FLOW", "text": "Book", "flow_id": "1" }]), vec![]),
        (json!([{ "type": "CATALOG", "text": "View catalog" }, { "type": "REQUEST_CONTACT_INFO" }]), vec![]),
        (json!([url("ftp://x.example", json!(null))]), vec![format!("link_invalid {at}.0.url")]),
        (json!([url("https://x.example/a b", json!(null))]), vec![format!("link_invalid {at}.0.url")]),
        (json!([url("https://x.example/{{1}}/a", json!(["x"]))]), vec![format!("link_variable {at}.0.url")]),
        (json!([url("https://{{1}}", json!(["x"]))]), vec![format!("link_variable {at}.0.url")]),
        (json!([url("https://x.example/{{1}}/{{2}}", json!(["x"]))]), vec![format!("variables_many {at}.0.url")]),
        (json!([url("https://x.example/{{2}}", json!(["x"]))]), vec![format!("variable_gap {at}.0.url")]),
        (json!([url("https://x.example/{{1}}", json!([]))]), vec![format!("example_missing {at}.0.example")]),
        (json!([url("https://bit.ly/x", json!(null))]), vec![format!("link_shortened {at}.0.url")]),
        (json!([url("https://wa.me/123", json!(null))]), vec![format!("link_whatsapp {at}.0.url")]),
        (
            json!([url(&format!("https://x.example/{}", "a".repeat(2000)), json!(null))]),
            vec![format!("too_long {at}.0.url")],
        ),
    ] {
        assert_eq!(of(with_buttons(buttons.clone())), wanted, "{buttons}");
    }
}

#[test]
fn authentication() {
    let of = |components: Value| -> Vec<String> {
        let found = found("AUTHENTICATION", "POSITIONAL", components);
        found.into_iter().map(|(code, path)| format!("{code} {path}")).collect()
    };
    let body = json!({ "type": "BODY", "add_security_recommendation": true });
    let copy = json!({ "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE", "text": "Copy" }] });
    let tap = |more: Value| {
        let mut button = json!({ "type": "OTP", "otp_type": "ZERO_TAP" });
        button.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([{ "type": "BODY" }, { "type": "BUTTONS", "buttons": [button] }])
    };
    let apps = json!([{ "package_name": "com.shop", "signature_hash": "12345678901" }]);
    let none: [&str; 0] = [];
    assert_eq!(of(json!([body, { "type": "FOOTER", "code_expiration_minutes": 10 }, copy])), none);
    assert_eq!(of(json!([body])), ["code_button_missing components"]);
    assert_eq!(of(json!([{ "type": "BODY", "text": "Mine" }, copy])), ["component_not_allowed components.0.text"]);
    assert_eq!(
        of(json!([body, { "type": "FOOTER", "code_expiration_minutes": 91 }, copy])),
        ["code_expiry components.1.code_expiration_minutes"]
    );
    assert_eq!(
        of(json!([{ "type": "HEADER", "format": "LOCATION" }, body, copy])),
        ["component_not_allowed components.0"]
    );
    let two = json!({ "type": "BUTTONS", "buttons": [reply("a"), reply("b")] });
    assert_eq!(of(json!([body, two])), ["code_button_missing components.1.buttons"]);
    assert_eq!(of(tap(json!({ "supported_apps": apps, "zero_tap_terms_accepted": true }))), none);
    assert_eq!(
        of(tap(json!({ "supported_apps": [{ "package_name": "x" }] }))),
        [
            "code_apps components.1.buttons.0.supported_apps",
            "code_terms components.1.buttons.0.zero_tap_terms_accepted"
        ]
    );
    assert_eq!(of(tap(json!({ "otp_type": "SHAKE" }))), ["code_button_kind components.1.buttons.0.otp_type"]);
}

#[test]
fn carousels() {
    let card = |buttons: Value| {
        json!({ "components": [
            { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::x"] } },
            { "type": "BODY", "text": "One of our shoes." },
            { "type": "BUTTONS", "buttons": buttons }
        ]})
    };
    let yes = json!([reply("Yes")]);
    let carousel = |cards: Value| json!([plain(), { "type": "CAROUSEL", "cards": cards }]);
    let none: [&str; 0] = [];
    assert_eq!(of(carousel(json!([card(yes.clone()), card(yes.clone())]))), none);
    assert_eq!(of(carousel(json!([card(yes.clone())]))), ["cards_count components.1.cards"]);
    let other = json!([reply("Yes"), reply("No")]);
    assert_eq!(of(carousel(json!([card(yes.clone()), card(other)]))), ["card_differs components.1.cards.1"]);
    let bare = json!({ "components": [{ "type": "BODY", "text": "x".repeat(161) }] });
    assert_eq!(
        of(carousel(json!([bare.clone(), bare]))),
        [
            "too_long components.1.cards.0.components.0.text",
            "card_header components.1.cards.0",
            "too_long components.1.cards.1.components.0.text",
            "card_header components.1.cards.1",
        ]
    );
    let mut with_footer = carousel(json!([card(yes.clone()), card(yes)]));
    with_footer.as_array_mut().unwrap().push(json!({ "type": "FOOTER", "text": "x" }));
    assert_eq!(of(with_footer), ["component_not_allowed components.2"]);
}

#[test]
fn limited_time_offers() {
    let parts = |offer: Value, buttons: Value| json!([plain(), { "type": "LIMITED_TIME_OFFER", "limited_time_offer": offer }, { "type": "BUTTONS", "buttons": buttons }]);
    let of = |category: &str, components: Value| -> Vec<String> {
        found(category, "POSITIONAL", components).into_iter().map(|(code, path)| format!("{code} {path}")).collect()
    };
    let link = json!({ "type": "URL", "text": "Buy", "url": "https://x.example" });
    let code = json!({ "type": "COPY_CODE", "example": "SAVE" });
    let none: [&str; 0] = [];
    let now = json!({ "text": "Today only", "has_expiration": true });
    assert_eq!(of("MARKETING", parts(now.clone(), json!([code, link]))), none);
    assert_eq!(of("UTILITY", parts(now.clone(), json!([code, link]))), ["offer_category category"]);
    assert_eq!(of("MARKETING", parts(now.clone(), json!([link]))), ["offer_code components.2.buttons"]);
    assert_eq!(of("MARKETING", parts(now.clone(), json!([link, code]))), ["offer_code components.2.buttons"]);
    assert_eq!(of("MARKETING", parts(now, json!([code]))), ["offer_buttons components.2.buttons"]);
    assert_eq!(
        of("MARKETING", parts(json!({ "text": "x".repeat(17) }), json!([link]))),
        ["too_long components.1.limited_time_offer.text"]
    );
}

#[test]
fn codes_are_unique() {
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Code::ALL.len());
    assert!(Code::ALL.iter().all(|code| code.text().ends_with('.')));
}

#[test]
fn messages_are_tried_as_long_as_their_category_allows() {
    let components = json!([plain()]);
    let of = |category: &str, ttl: i64| -> Vec<String> {
        let draft = Draft {
            name: "a",
            language: "en",
            category,
            parameter_format: "NAMED",
            components: &components,
            ttl_seconds: Some(ttl),
        };
        problems(&draft).iter().map(|problem| format!("{} {}", problem.path, problem.text())).collect()
    };
    let none: [&str; 0] = [];
    for (category, fine, wrong) in
        [("UTILITY", [30, 43_200], [29, 43_201]), ("MARKETING", [43_200, 2_592_000], [43_199, 2_592_001])]
    {
        for seconds in fine.into_iter().chain([-1]) {
            assert_eq!(of(category, seconds), none, "{category} {seconds}");
        }
        for seconds in wrong {
            let found = of(category, seconds);
            assert!(found[0].starts_with("message_send_ttl_seconds Messages of this category"), "{found:?}");
            assert!(found[0].contains(&seconds.to_string()), "{found:?}");
        }
    }
    assert_eq!(ttl_range("AUTHENTICATION"), Some(30..=900));
}

#[test]
fn a_header_is_plain_text() {
    let header = |text: &str, sample: Value| json!([{ "type": "HEADER", "format": "TEXT", "text": text, "example": { "header_text": sample } }, plain()]);
    let none: [&str; 0] = [];
    for text in ["Your order", "Size_L: 50% off", "~10 min", "Zürich © 2026", "طلبك", "您的订单", "नमस्ते", "5 - 6"]
    {
        assert_eq!(of(header(text, json!([]))), none, "{text}");
    }
    assert_eq!(of(header("Order {{1}}", json!(["*9*"]))), none, "the sample is the reviewers'");
    for (text, found) in [
        ("Sale 🎉", "🎉"),
        ("*Sale*", "*"),
        ("2 * 3", "*"),
        ("_Sale_ now", "_"),
        ("~Sale~", "~"),
        ("```Sale```", "`"),
        ("Order ✅", "✅"),
        ("Order ☑\u{FE0F}", "☑\u{FE0F}"),
        ("Step 1\u{FE0F}\u{20E3}", "1\u{FE0F}"),
        ("🇦🇪 Dubai", "🇦"),
    ] {
        assert_eq!(of(header(text, json!([]))), ["header_plain components.0.text"], "{text}");
        let components = header(text, json!([]));
        let draft = Draft {
            name: "a",
            language: "en",
            category: "UTILITY",
            parameter_format: "POSITIONAL",
            components: &components,
            ttl_seconds: None,
        };
        assert_eq!(problems(&draft)[0].value.as_deref(), Some(found), "{text}");
    }
    let named = json!([
        { "type": "HEADER", "format": "TEXT", "text": "Order {{order_no_1}} today",
          "example": { "header_text_named_params": [{ "param_name": "order_no_1", "example": "9" }] } },
        plain()
    ]);
    assert!(found("UTILITY", "NAMED", named).is_empty(), "a variable's name is not shown");
}
