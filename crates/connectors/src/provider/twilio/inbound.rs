//! Deliveries: one form per message or status, put into Meta's shape.

use super::send::CALLBACK;
use crate::provider::delivery::Delivery;
use crate::provider::shape::{self, Item, Person, digits, put};
use crate::provider::{Provider, form};
use crate::whatsapp::api::string;
use crate::whatsapp::{BadBody, Split};
use serde_json::{Map, Value, json};

/// Most files of one message.
const FILES_MAX: usize = 10;
/// Twilio's code for a failure without a known reason.
const UNEXPLAINED: i64 = 30_008;

/// Cuts a delivery into items. Those about neither a message nor a status are kept whole.
pub(crate) fn split(provider: &Provider, delivery: &Delivery<'_>) -> Result<Split, BadBody> {
    let form = Form::read(delivery.raw)?;
    let entry = if form.get("MessageStatus").is_some() || form.is_report() {
        status(provider, &form, delivery.query)
    } else if form.id().is_some() && form.get("From").is_some() {
        message(provider, &form)
    } else {
        shape::entry(&provider.account_id, "twilio", form.into_value())
    };
    shape::split_entries(vec![entry])
}

/// The parameters of a delivery.
struct Form(Vec<(String, String)>);

impl Form {
    /// A form, or a JSON object whose scalars are the parameters.
    fn read(raw: &[u8]) -> Result<Self, BadBody> {
        if raw.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return form::read(raw).map(Self);
        }
        let text = crate::json::check(raw)?;
        let body: Map<String, Value> =
            serde_json::from_str(&text).map_err(|error| BadBody::NotJson(error.to_string()))?;
        Ok(Self(body.into_iter().filter_map(|(name, value)| Some((name, string(&value)?))).collect()))
    }

    /// The last value of this name; empty counts as missing.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    fn id(&self) -> Option<&str> {
        self.get("MessageSid").or_else(|| self.get("SmsSid")).or_else(|| self.get("SmsMessageSid"))
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// A status by its older name: those carry no text.
    fn is_report(&self) -> bool {
        let word = self.get("SmsStatus").unwrap_or_default();
        self.get("Body").is_none()
            && self.get("NumMedia").is_none()
            && matches!(word, "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "undelivered")
    }

    fn into_value(self) -> Value {
        Value::Object(self.0.into_iter().map(|(name, value)| (name, Value::from(value))).collect())
    }
}

/// `whatsapp:+16505551234` or `whatsapp:US.134..`: a number, or a user id.
fn person(form: &Form, address: &str) -> Person {
    let given = form.get(address).unwrap_or_default();
    let bare = given.strip_prefix("whatsapp:").unwrap_or(given);
    let is_number = bare.starts_with('+') || bare.bytes().all(|byte| byte.is_ascii_digit());
    Person {
        wa_id: if is_number { digits(bare) } else { form.get("WaId").and_then(digits).filter(|_| address == "From") },
        user_id: form.get("ExternalUserId").map(str::to_owned).or_else(|| (!is_number).then(|| bare.to_owned())),
        name: form.get("ProfileName").map(str::to_owned),
        username: form.get("ProfileUsername").map(str::to_owned),
    }
}

/// Our own number in this parameter.
fn own(provider: &Provider, form: &Form, address: &str) -> String {
    form.get(address).and_then(digits).unwrap_or_else(|| provider.number_id.clone())
}

fn message(provider: &Provider, form: &Form) -> Value {
    let id = form.id().unwrap_or_default();
    let person = person(form, "From");
    let number = own(provider, form, "To");
    let items = contents(form)
        .into_iter()
        .enumerate()
        .map(|(at, (kind, object))| {
            let mut message = Map::new();
            // A message with several files becomes several; the first keeps the id that answers quote.
            let id = if at == 0 { id.to_owned() } else { format!("{id}/{at}") };
            message.insert("id".to_owned(), id.into());
            message.insert("type".to_owned(), kind.into());
            message.insert(kind.to_owned(), object);
            if let Some(context) = context(form) {
                message.insert("context".to_owned(), context);
            }
            if let Some(referral) = referral(form).filter(|_| at == 0) {
                message.insert("referral".to_owned(), referral);
            }
            Item::Message(message)
        })
        .collect();
    shape::change(&provider.account_id, &number, &number, &person, items)
}

/// What the message says: several when it has several files.
fn contents(form: &Form) -> Vec<(&'static str, Value)> {
    let files = files(form);
    if !files.is_empty() {
        return files;
    }
    let body = form.get("Body");
    if let (Some(latitude), Some(longitude)) = (form.get("Latitude"), form.get("Longitude")) {
        let mut place = Map::new();
        put(&mut place, "latitude", Some(latitude));
        put(&mut place, "longitude", Some(longitude));
        put(&mut place, "name", form.get("Label").or(body));
        put(&mut place, "address", form.get("Address"));
        return vec![("location", place.into())];
    }
    if let Some(data) = form.get("FlowData").or_else(|| form.get("InteractiveData")) {
        let reply = json!({"name": "flow", "body": body.unwrap_or("Sent"), "response_json": data});
        return vec![("interactive", json!({"type": "nfm_reply", "nfm_reply": reply}))];
    }
    if let Some(id) = form.get("ListId") {
        let mut row = Map::new();
        put(&mut row, "id", Some(id));
        put(&mut row, "title", form.get("ListTitle").or(body).or(Some(id)));
        put(&mut row, "description", form.get("ListDescription"));
        return vec![("interactive", json!({"type": "list_reply", "list_reply": row}))];
    }
    if let Some(title) = form.get("ButtonText").or_else(|| form.get("ButtonPayload")) {
        return vec![("button", json!({"payload": form.get("ButtonPayload").unwrap_or(title), "text": title}))];
    }
    match body {
        Some(body) => vec![("text", json!({"body": body}))],
        None => {
            let kind = form.get("MessageType").unwrap_or("unknown");
            vec![("unsupported", json!({"type": kind}))]
        }
    }
}

fn files(form: &Form) -> Vec<(&'static str, Value)> {
    let count = form.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0).min(FILES_MAX);
    let one = |at: usize| {
        let url = form.get(&format!("MediaUrl{at}"))?;
        let mime = form.get(&format!("MediaContentType{at}")).unwrap_or("application/octet-stream");
        let caption = form.get("Body").filter(|_| at == 0);
        // A document's name stands in the text.
        let document = form.get("MessageType") == Some("document");
        let filename = caption.filter(|name| document && name.contains('.') && name.len() <= 240);
        Some(shape::file(mime, url, filename, caption.filter(|_| filename.is_none())))
    };
    (0..count).filter_map(one).collect()
}

fn context(form: &Form) -> Option<Value> {
    let mut context = Map::new();
    put(&mut context, "id", form.get("OriginalRepliedMessageSid"));
    let from = form.get("OriginalRepliedMessageSender").and_then(digits);
    put(&mut context, "from", from.as_deref());
    for (ours, theirs) in [("forwarded", "Forwarded"), ("frequently_forwarded", "FrequentlyForwarded")] {
        if form.flag(theirs) {
            context.insert(ours.to_owned(), true.into());
        }
    }
    (!context.is_empty()).then(|| context.into())
}

/// The advertisement the customer came from, by Meta's names.
fn referral(form: &Form) -> Option<Value> {
    const NAMES: [(&str, &str); 8] = [
        ("source_id", "ReferralSourceId"),
        ("source_type", "ReferralSourceType"),
        ("source_url", "ReferralSourceUrl"),
        ("headline", "ReferralHeadline"),
        ("body", "ReferralBody"),
        ("media_type", "ReferralMediaContentType"),
        ("media_url", "ReferralMediaUrl"),
        ("ctwa_clid", "ReferralCtwaClid"),
    ];
    let mut referral = Map::new();
    for (ours, theirs) in NAMES {
        put(&mut referral, ours, form.get(theirs));
    }
    (!referral.is_empty()).then(|| referral.into())
}

fn status(provider: &Provider, form: &Form, query: &str) -> Value {
    let told = form.get("MessageStatus").or_else(|| form.get("SmsStatus")).unwrap_or_default().to_ascii_lowercase();
    let word = match (told.as_str(), form.get("EventType")) {
        (_, Some("READ")) => "read",
        ("undelivered" | "canceled", _) => "failed",
        (other, _) => other,
    };
    let mut status = Map::new();
    put(&mut status, "id", form.id());
    put(&mut status, "status", Some(word));
    // Only our own sends carry it: the address was ours.
    let pairs = form::read(query.as_bytes()).unwrap_or_default();
    let callback = pairs.iter().find(|(name, _)| name == CALLBACK).map(|(_, value)| value.as_str());
    put(&mut status, "biz_opaque_callback_data", callback);
    if word == "failed" {
        let code: i64 = form.get("ErrorCode").and_then(|code| code.parse().ok()).unwrap_or(UNEXPLAINED);
        let words = form.get("ChannelStatusMessage").or_else(|| form.get("ErrorMessage"));
        let words = words.unwrap_or("Twilio gave no reason");
        status.insert("errors".to_owned(), json!([{"code": code, "title": words}]));
    }
    let mut person = person(form, "To");
    person.name = None;
    let number = own(provider, form, "From");
    shape::change(&provider.account_id, &number, &number, &person, vec![Item::Status(status)])
}
