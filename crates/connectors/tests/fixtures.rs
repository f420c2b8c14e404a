//! Walks over `testdata/whatsapp`: each file holds a webhook (`body`, or `raw` text) and what must come out of it.
//!
//! With `RAPPORT_BLESS=1` the expectations are written anew; read the difference before keeping it.

use rapport_connectors::whatsapp::{RawItem, decode, split};
use rapport_core::inbound::{AccountEvent, Amend, Customer, Event, EventKind, InboundMessage};
use serde_json::{Map, Value, json};

fn customer(customer: &Customer) -> Value {
    let Value::Object(fields) = serde_json::to_value(customer).unwrap() else { unreachable!() };
    Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
}

fn message(message: &InboundMessage) -> Value {
    json!({
        "id": message.id, "customer": customer(&message.customer), "content": message.content, "reply_to": message.reply_to,
        "forwarded": message.forwarded, "referral": message.referral, "group_id": message.group_id,
    })
}

fn account(event: &AccountEvent) -> Value {
    match event {
        AccountEvent::TemplateStatus { id, name, language, status, reason } => {
            json!({"template_status": {"id": id, "name": name, "language": language, "status": status, "reason": reason}})
        }
        AccountEvent::TemplateQuality { id, name, language, quality } => {
            json!({"template_quality": {"id": id, "name": name, "language": language, "quality": quality}})
        }
        AccountEvent::TemplateCategory { id, name, language, category, announced } => json!({"template_category":
            {"id": id, "name": name, "language": language, "category": category, "announced": announced}}),
        AccountEvent::NumberQuality { display_phone, event, limit, unlimited } => json!({"number_quality":
            {"display_phone": display_phone, "event": event, "limit": limit, "unlimited": unlimited}}),
        AccountEvent::Notice { field, summary, blocking, .. } => {
            json!({"notice": {"field": field, "summary": summary, "blocking": blocking}})
        }
    }
}

fn kind(kind: &EventKind) -> Value {
    match kind {
        EventKind::Message(one) => json!({"message": message(one)}),
        EventKind::Echo(one) => json!({"echo": message(one)}),
        EventKind::Status(one) => json!({"status": {
            "id": one.id, "status": one.status, "customer": customer(&one.customer), "callback": one.callback,
            "failure": one.failure, "pricing": one.pricing,
        }}),
        EventKind::Amend(one) => {
            let change = match &one.change {
                Amend::Edit(content) => json!({"edit": content}),
                Amend::Revoke => json!("revoke"),
                Amend::React(emoji) => json!({"react": emoji}),
            };
            json!({"amend": {"id": one.id, "target": one.target, "customer": customer(&one.customer), "change": change,
                "by_business": one.by_business}})
        }
        EventKind::Renamed(one) => {
            json!({"renamed": {"id": one.id, "old": customer(&one.old), "new": customer(&one.new),
            "event": one.event, "body": one.body}})
        }
        EventKind::Preference(one) => json!({"preference":
            {"customer": customer(&one.customer), "marketing": one.marketing, "proof": one.proof}}),
        EventKind::Account(one) => account(one),
        EventKind::Other { field, note } => json!({"other": {"field": field, "note": note}}),
    }
}

fn outcome(item: &RawItem) -> Value {
    let mut out = json!({
        "kind": item.kind.code(), "lane_key": item.lane_key, "phone_number_id": item.phone_number_id, "waba_id": item.waba_id,
    });
    match decode(item.kind, &item.body) {
        Ok(Event { phone_number_id, at, kind: event }) => {
            assert_eq!(phone_number_id, item.phone_number_id, "split and decode must agree about the number");
            out["at"] = json!(at);
            out["event"] = kind(&event);
        }
        Err(error) => out["error"] = error.to_string().into(),
    }
    out
}

#[test]
fn every_fixture_reads_as_expected() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/whatsapp");
    let bless = std::env::var_os("RAPPORT_BLESS").is_some();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let mut case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let raw = case["raw"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let items = split(raw.as_bytes()).unwrap().items;
        let actual = Value::from(items.iter().map(outcome).collect::<Vec<_>>());
        if bless {
            case["expect"] = actual;
            std::fs::write(file, serde_json::to_string_pretty(&case).unwrap() + "\n").unwrap();
        } else if case["expect"] != actual {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            wrong.push(format!("{name}:\n expected {}\n   actual {actual}", case["expect"]));
        }
    }
    assert!(files.len() > 90, "the fixtures are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
