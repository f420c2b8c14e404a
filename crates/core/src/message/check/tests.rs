//! Each limit from both sides.

use super::{Code, content};
use crate::message::Content;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(value: &Value) -> Content {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn interactive(kind: &str, action: Value) -> Value {
    json!({ "type": "interactive", "kind": kind, "body": "b", "action": action })
}

fn with(mut value: Value, key: &str, part: Value) -> Value {
    value[key] = part;
    value
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

fn buttons(titles: &[&str]) -> Value {
    let all: Vec<Value> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| json!({ "type": "reply", "reply": { "id": format!("b{at}"), "title": title } }))
        .collect();
    interactive("button", json!({ "buttons": all }))
}

fn rows(prefix: &str, count: usize) -> Vec<Value> {
    (0..count).map(|at| json!({ "id": format!("{prefix}{at}"), "title": "t" })).collect()
}

fn picks(sections: Value) -> Value {
    interactive("list", json!({ "button": "Pick", "sections": sections }))
}

fn link(text: &str, url: &str) -> Value {
    interactive("cta_url", json!({ "name": "cta_url", "parameters": { "display_text": text, "url": url } }))
}

fn cards(count: usize) -> Value {
    let card = |at: usize| {
        json!({ "card_index": at, "type": "cta_url", "header": { "type": "image", "image": { "link": "https://x.example/a.png" } },
            "body": { "text": x(160) }, "action": { "name": "cta_url", "parameters": { "display_text": "Buy", "url": "https://x.example" } } })
    };
    interactive("carousel", json!({ "cards": (0..count).map(card).collect::<Vec<_>>() }))
}

fn products(count: usize) -> Value {
    let items: Vec<Value> = (0..count).map(|at| json!({ "product_retailer_id": at.to_string() })).collect();
    let action = json!({ "catalog_id": "1", "sections": [{ "title": "All", "product_items": items }] });
    with(interactive("product_list", action), "header", json!({ "type": "text", "text": "Menu" }))
}

#[test]
fn what_is_just_within_the_limits_passes() {
    let flow = json!({ "name": "flow", "parameters": { "flow_id": "1", "flow_cta": x(30), "mode": "draft", "flow_action": "navigate" } });
    let ten = json!([{ "title": x(24), "rows": rows("a", 5) }, { "title": "B", "rows": rows("b", 5) }]);
    for value in [
        json!({ "type": "text", "body": x(4096) }),
        json!({ "type": "text", "body": "😀".repeat(2048) }),
        json!({ "type": "media", "kind": "image", "caption": x(1024) }),
        json!({ "type": "media", "kind": "document", "filename": x(240) }),
        json!({ "type": "location", "latitude": -90.0, "longitude": 180.0, "name": x(1000) }),
        json!({ "type": "contacts", "cards": vec![json!({ "name": "Ana", "phones": ["+1"] }); 257] }),
        json!({ "type": "reaction", "target": "w", "emoji": "👨‍👩‍👧‍👦" }),
        json!({ "type": "reaction", "target": "w", "emoji": null }),
        with(buttons(&[&x(20), "b", "c"]), "body", json!(x(1024))),
        with(buttons(&["a"]), "header", json!({ "type": "image", "image": { "link": "https://x.example/a.png" } })),
        with(buttons(&["a"]), "footer", json!(x(60))),
        with(picks(json!([{ "rows": rows("a", 10) }])), "body", json!(x(4096))),
        picks(ten),
        link(&x(20), "https://x.example/?q=1"),
        interactive("flow", flow),
        json!({ "type": "interactive", "kind": "product", "action": { "catalog_id": "1", "product_retailer_id": "2" } }),
        products(30),
        interactive("catalog_message", json!({ "name": "catalog_message" })),
        interactive("location_request_message", Value::Null),
        interactive("request_contact_info", json!({ "name": "request_contact_info" })),
        interactive(
            "address_message",
            json!({ "name": "address_message", "parameters": { "country": "IN", "values": {} } }),
        ),
        interactive("voice_call", json!({ "name": "voice_call", "parameters": { "display_text": "Call" } })),
        cards(2),
        cards(10),
        interactive("something_of_next_year", json!({})),
        json!({ "type": "template", "name": "hello_1", "language": "en_US" }),
    ] {
        assert_eq!(content(&read(&value)), [], "{value}");
    }
}

/// Content, and the first problem it must have: code, field, limit, actual.
type Refused = (Value, Code, &'static str, &'static str, &'static str);

fn refused() -> Vec<Refused> {
    let values = |text: &str| json!({ "type": "template", "name": "n", "language": "en", "components": [{ "type": "body", "parameters": [{ "type": "text", "text": text }] }] });
    let two_sections = json!([{ "rows": rows("a", 1) }, { "title": "B", "rows": rows("b", 1) }]);
    let mut list = vec![
        (json!({ "type": "text", "body": "" }), Code::Missing, "body", "", ""),
        (json!({ "type": "text", "body": " \n" }), Code::Blank, "body", "", ""),
        (json!({ "type": "text", "body": x(4097) }), Code::TooLong, "body", "4096", "4097"),
        (json!({ "type": "text", "body": "😀".repeat(2049) }), Code::TooLong, "body", "4096", "4098"),
        (
            json!({ "type": "location", "latitude": 90.5, "longitude": 0.0 }),
            Code::OutOfRange,
            "latitude",
            "-90 to 90",
            "90.5",
        ),
        (
            json!({ "type": "location", "latitude": 0.0, "longitude": -181.0 }),
            Code::OutOfRange,
            "longitude",
            "-180 to 180",
            "-181",
        ),
        (json!({ "type": "contacts", "cards": [] }), Code::TooFew, "cards", "1", "0"),
        (
            json!({ "type": "contacts", "cards": vec![json!({ "name": "A" }); 258] }),
            Code::TooMany,
            "cards",
            "257",
            "258",
        ),
        (json!({ "type": "contacts", "cards": [{ "name": "" }] }), Code::Missing, "cards[0].name", "", ""),
        (
            json!({ "type": "reaction", "target": "w", "emoji": "مرحبا" }),
            Code::Characters,
            "emoji",
            "one emoji, not text",
            "مرحبا",
        ),
        (json!({ "type": "reaction", "target": "", "emoji": "👍" }), Code::Missing, "target", "", ""),
        (
            values("a\nb"),
            Code::Characters,
            "components[0].parameters[0].text",
            "no line breaks or tabs",
            "a line break or tab",
        ),
        (
            values("a     b"),
            Code::Characters,
            "components[0].parameters[0].text",
            "at most 4 spaces in a row",
            "5 or more spaces",
        ),
        (
            json!({ "type": "template", "name": "Bad Name", "language": "en" }),
            Code::Characters,
            "name",
            "only a-z, 0-9 and _",
            "Bad Name",
        ),
        (picks(two_sections), Code::Missing, "action.sections[0].title", "", ""),
    ];
    for kind in ["note", "reply"] {
        let value = json!({ "type": kind, "body": "x", "kind": "button", "title": "x" });
        let limit = "text, media, location, contacts, template, interactive or reaction";
        list.push((value, Code::NotAllowed, "type", limit, kind));
    }
    list
}

fn refused_files() -> Vec<Refused> {
    let media =
        |kind: &str, mime: &str, size: u64| json!({ "type": "media", "kind": kind, "mime": mime, "size": size });
    vec![
        (json!({ "type": "media", "kind": "video", "caption": x(1025) }), Code::TooLong, "caption", "1024", "1025"),
        (
            json!({ "type": "media", "kind": "voice", "caption": "x" }),
            Code::NotHere,
            "caption",
            "sounds and stickers",
            "present",
        ),
        (media("image", "image/gif", 5), Code::FileType, "mime", "image/jpeg, image/png", "image/gif"),
        (media("image", "image/png", 5_242_881), Code::FileTooLarge, "size", "5242880", "5242881"),
        (media("sticker", "image/webp", 102_401), Code::FileTooLarge, "size", "102400", "102401"),
    ]
}

fn refused_interactive() -> Vec<Refused> {
    let picture = json!({ "type": "image", "image": { "id": "1" } });
    let mut same_id = buttons(&["a", "b"]);
    same_id["action"]["buttons"][1]["reply"]["id"] = json!("b0");
    let split = json!([{ "title": "A", "rows": rows("a", 6) }, { "title": "B", "rows": rows("b", 5) }]);
    let row = |row: Value| picks(json!([{ "rows": [row] }]));
    vec![
        (buttons(&[]), Code::TooFew, "action.buttons", "1", "0"),
        (buttons(&["a", "b", "c", "d"]), Code::TooMany, "action.buttons", "3", "4"),
        (buttons(&["a", &x(21)]), Code::TooLong, "action.buttons[1].reply.title", "20", "21"),
        (buttons(&["a", "a"]), Code::NotUnique, "action.buttons[1].reply.title", "", "a"),
        (same_id, Code::NotUnique, "action.buttons[1].reply.id", "", "b0"),
        (with(buttons(&["a"]), "body", json!(x(1025))), Code::TooLong, "body", "1024", "1025"),
        (with(buttons(&["a"]), "body", Value::Null), Code::Missing, "body", "", ""),
        (with(buttons(&["a"]), "footer", json!(x(61))), Code::TooLong, "footer", "60", "61"),
        (
            with(buttons(&["a"]), "header", json!({ "type": "text", "text": x(61) })),
            Code::TooLong,
            "header.text",
            "60",
            "61",
        ),
        (
            with(buttons(&["a"]), "header", json!({ "type": "image", "image": {} })),
            Code::NotOne,
            "header.image",
            "id, link",
            "none",
        ),
        (picks(json!([{ "rows": rows("a", 11) }])), Code::TooMany, "action.sections", "10", "11"),
        (picks(split), Code::TooMany, "action.sections", "10", "11"),
        (picks(json!([{ "rows": [] }])), Code::TooFew, "action.sections[0].rows", "1", "0"),
        (picks(json!([])), Code::TooFew, "action.sections", "1", "0"),
        (row(json!({ "id": x(201), "title": "t" })), Code::TooLong, "action.sections[0].rows[0].id", "200", "201"),
        (row(json!({ "id": "1", "title": x(25) })), Code::TooLong, "action.sections[0].rows[0].title", "24", "25"),
        (
            row(json!({ "id": "1", "title": "t", "description": x(73) })),
            Code::TooLong,
            "action.sections[0].rows[0].description",
            "72",
            "73",
        ),
        (
            picks(json!([{ "title": "A", "rows": rows("a", 1) }, { "title": "B", "rows": rows("a", 1) }])),
            Code::NotUnique,
            "action.sections[1].rows[0].id",
            "",
            "a0",
        ),
        (
            with(picks(json!([{ "rows": rows("a", 1) }])), "header", picture),
            Code::NotAllowed,
            "header.type",
            "text",
            "image",
        ),
    ]
}

fn refused_actions() -> Vec<Refused> {
    let text_header = json!({ "type": "text", "text": "h" });
    let flow = |parameters: Value| interactive("flow", json!({ "name": "flow", "parameters": parameters }));
    let mut mixed = cards(2);
    mixed["action"]["cards"][1]["header"] = json!({ "type": "video", "video": { "link": "https://x.example/a.mp4" } });
    let mut long_card = cards(2);
    long_card["action"]["cards"][1]["body"]["text"] = json!(x(161));
    vec![
        (link(&x(21), "https://x.example"), Code::TooLong, "action.parameters.display_text", "20", "21"),
        (link("Go", "ftp://x.example"), Code::NotALink, "action.parameters.url", "https://", "ftp://x.example"),
        (link("Go", "https://"), Code::NotALink, "action.parameters.url", "https://", "https://"),
        (link("Go", ""), Code::Missing, "action.parameters.url", "", ""),
        (flow(json!({ "flow_cta": "Go" })), Code::NotOne, "action.parameters", "flow_id, flow_name", "none"),
        (flow(json!({ "flow_id": "1", "flow_cta": x(31) })), Code::TooLong, "action.parameters.flow_cta", "30", "31"),
        (interactive("product", json!({ "catalog_id": "1" })), Code::Missing, "action.product_retailer_id", "", ""),
        (
            with(
                interactive("product", json!({ "catalog_id": "1", "product_retailer_id": "2" })),
                "header",
                text_header,
            ),
            Code::NotHere,
            "header",
            "product messages",
            "present",
        ),
        (products(31), Code::TooMany, "action.sections", "30", "31"),
        (with(products(1), "header", Value::Null), Code::Missing, "header", "", ""),
        (
            interactive("location_request_message", json!({ "name": "x" })),
            Code::NotAllowed,
            "action.name",
            "send_location",
            "x",
        ),
        (
            interactive("address_message", json!({ "name": "address_message", "parameters": { "country": "DE" } })),
            Code::NotAllowed,
            "action.parameters.country",
            "IN, SG",
            "DE",
        ),
        (cards(1), Code::TooFew, "action.cards", "2", "1"),
        (cards(11), Code::TooMany, "action.cards", "10", "11"),
        (long_card, Code::TooLong, "action.cards[1].body.text", "160", "161"),
        (mixed, Code::Mixed, "action.cards[1].header.type", "the same on all cards", "video"),
        (with(cards(2), "footer", json!("f")), Code::NotHere, "footer", "carousels", "present"),
    ]
}

#[test]
fn what_is_beyond_is_named_with_field_and_limit() {
    for (value, code, field, limit, actual) in
        [refused(), refused_files(), refused_interactive(), refused_actions()].into_iter().flatten()
    {
        let problems = content(&read(&value));
        let first = problems.first().unwrap_or_else(|| panic!("{value} passes"));
        assert_eq!(
            (first.code, first.field.as_str(), first.limit.as_str(), first.actual.as_str()),
            (code, field, limit, actual),
            "{value}"
        );
        assert!(!first.allowed().is_empty() && !first.found().is_empty() || first.actual.is_empty(), "{first:?}");
    }
}

#[test]
fn all_problems_come_at_once() {
    let mut value = buttons(&[&x(21), "", "c", "d"]);
    value["footer"] = json!(x(61));
    let problems = content(&read(&value));
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["footer", "action.buttons", "action.buttons[0].reply.title", "action.buttons[1].reply.title"]);
    assert_eq!((problems[2].allowed(), problems[2].found()), ("at most 20 characters".into(), "21 characters".into()));
    let json = serde_json::to_value(&problems[2]).unwrap();
    assert_eq!(json["code"], problems[2].code.word());
}

proptest! {
    /// Whatever JSON a client puts into an action, there is an answer.
    #[test]
    fn nothing_breaks_it(kind in "(button|list|cta_url|flow|carousel|product_list|address_message|[a-z]{0,8})", text in "\\PC{0,40}", number in any::<i64>()) {
        let junk = [json!(null), json!(number), json!(text), json!([text, number]), json!({ "buttons": [number, { "reply": text }], "sections": [{ "rows": text, "product_items": [number] }],
            "cards": [text, { "type": text, "header": text, "action": number }], "parameters": text })];
        for action in junk {
            let value = json!({ "type": "interactive", "kind": kind, "header": action, "body": text, "action": action });
            for problem in content(&read(&value)) {
                prop_assert!(!problem.field.is_empty());
            }
        }
    }
}
