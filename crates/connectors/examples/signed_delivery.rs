//! Prints a delivery as a webhook's target gets it, signed with the given secrets: `conformance/` lets the receivers' own
//! libraries judge it.
//!
//! `signed_delivery <seconds UTC> <secret> [secret before]` prints `{"headers": {..}, "body": ".."}`.

use rapport_connectors::Secret;
use rapport_connectors::http::Body;
use rapport_connectors::webhook::{Delivery, request};
use rapport_core::Ms;
use serde_json::{Map, Value, json};

fn main() {
    let mut given = std::env::args().skip(1);
    let Some(seconds) = given.next().and_then(|text| text.parse().ok()) else {
        eprintln!("signed_delivery <seconds UTC> <secret> [secret before]");
        std::process::exit(2);
    };
    let secrets: Vec<Secret> = given.map(Secret::new).collect();
    let body = r#"{"id":"0199","type":"message.received","data":{"message":{"text":"سلام 📦 \"quoted\""}}}"#;
    let delivery = Delivery { id: "0199", body, now: Ms::from_seconds(seconds) };
    let call = request("https://company.example/hook", delivery, &secrets);
    let headers: Map<String, Value> =
        call.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let sent = match &call.body {
        Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Body::Empty | Body::File { .. } => String::new(),
    };
    println!("{}", json!({ "headers": headers, "body": sent }));
}
