//! What Twilio tells the business: messages of customers, and statuses; forms, signed over the configured address.

use super::{
    error::{is_recipient, of_meta, text},
    state::{File, Message, sid},
};
use crate::{
    deliver::{Job, Outcome, Payload},
    whatsapp::state::State,
    world::World,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

type Delivery = Option<oneshot::Receiver<Outcome>>;
type Form = Vec<(String, String)>;

fn submit(world: &World, url: String, lane: &str, label: &str, form: Form, token: String) -> Delivery {
    let (done, outcome) = oneshot::channel();
    world.deliverer.submit(Job {
        url,
        payload: Payload::Twilio { form, token },
        lane: lane.to_owned(),
        label: label.to_owned(),
        attempts: 0,
        first_at: world.clock.now(),
        done: Some(done),
    });
    Some(outcome)
}

fn put(form: &mut Form, name: &str, value: impl ToString) {
    form.push((name.to_owned(), value.to_string()));
}

/// Gives a message its next status and tells the business.
pub fn status(world: &World, state: &mut State, wamid: &str, status: &str) -> Delivery {
    let failure =
        state.sent.get(wamid).and_then(|n| state.received.get(*n)?.error.as_ref()?.get("code")?.as_i64()).map(of_meta);
    let message = state.twilio.of_wamid(wamid)?;
    message.updated = world.clock.now();
    let details = match status {
        "sent" => {
            message.sent = Some(message.updated);
            message.status = "sent";
            None
        }
        "delivered" => {
            message.status = "delivered";
            None
        }
        "read" => {
            message.status = "read";
            None
        }
        "failed" => {
            let code = failure.unwrap_or(63_012);
            message.error = Some(code);
            message.status = if is_recipient(code) { "undelivered" } else { "failed" };
            Some(text(code))
        }
        // Twilio knows nothing of voice notes that were played.
        _ => return None,
    };
    let sid = message.sid.clone();
    tell(world, state, &sid, details)
}

/// Tells the present status of a message, when somebody wants to know.
pub fn tell(world: &World, state: &State, sid: &str, details: Option<&str>) -> Delivery {
    let message = state.twilio.messages.get(sid)?;
    let url = message.callback.clone()?;
    let config = &state.twilio.config;
    let mut form = Form::new();
    for (name, value) in [
        ("AccountSid", config.account_sid.as_str()),
        ("ApiVersion", "2010-04-01"),
        ("ChannelPrefix", "whatsapp"),
        ("ChannelToAddress", message.to.trim_start_matches("whatsapp:")),
        ("From", message.from.as_str()),
        ("MessageSid", message.sid.as_str()),
        ("MessageStatus", message.status),
        ("SmsSid", message.sid.as_str()),
        ("SmsStatus", message.status),
        ("To", message.to.as_str()),
    ] {
        put(&mut form, name, value);
    }
    put(&mut form, "ChannelInstallSid", super::state::sid("XE", &message.from));
    if let Some(service) = &message.service {
        put(&mut form, "MessagingServiceSid", service);
    }
    if let Some(code) = message.error {
        put(&mut form, "ErrorCode", code);
        put(&mut form, "ErrorMessage", text(code));
        put(&mut form, "ChannelStatusMessage", details.unwrap_or_else(|| text(code)));
    }
    match message.status {
        "read" => put(&mut form, "EventType", "READ"),
        "undelivered" => put(&mut form, "EventType", "UNDELIVERED"),
        _ => {}
    }
    submit(world, url, &message.to, "status", form, config.auth_token.clone())
}

/// Tells what a customer wrote, when the number has an address for that and Twilio knows the type.
pub fn inbound(world: &World, state: &mut State, p: &str, key: &str, value: &Value) -> Delivery {
    let number = state.numbers.get(p)?;
    let url = number.config.twilio_url.clone()?;
    let to = format!("whatsapp:+{}", number.config.display_phone);
    let message = value.pointer("/messages/0")?;
    let kind = message["type"].as_str()?;
    let wamid = message["id"].as_str()?;
    let customer = state.customers.get(key)?;
    let hidden = customer.hide_number;
    let from = match customer.wa_id.as_ref().filter(|_| !hidden) {
        Some(wa_id) => format!("whatsapp:+{wa_id}"),
        None => format!("whatsapp:{}", customer.user_id),
    };
    let mut form = Form::new();
    let body = content(&mut form, kind, message)?;
    let file = message[kind].get("id").and_then(Value::as_str).filter(|_| message[kind].get("mime_type").is_some());
    let sid = sid(if file.is_some() { "MM" } else { "SM" }, wamid);
    let account = state.twilio.config.account_sid.clone();
    let mut files = Vec::new();
    if let Some(id) = file {
        let mime = message[kind]["mime_type"].as_str().unwrap_or("application/octet-stream");
        let file = super::state::sid("ME", id);
        let address = format!("{}/twilio/2010-04-01/Accounts/{account}/Messages/{sid}/Media/{file}", world.base_url);
        put(&mut form, "MediaContentType0", mime);
        put(&mut form, "MediaUrl0", address);
        files.push(File { sid: file, mime: mime.to_owned(), media_id: Some(id.to_owned()), link: None });
    }
    for (name, value) in [
        ("AccountSid", account.as_str()),
        ("ApiVersion", "2010-04-01"),
        ("Body", body.as_str()),
        ("ExternalUserId", customer.user_id.as_str()),
        ("From", from.as_str()),
        ("MessageSid", sid.as_str()),
        ("MessageType", kind),
        ("NumSegments", "1"),
        ("ProfileName", customer.name.as_str()),
        ("SmsMessageSid", sid.as_str()),
        ("SmsSid", sid.as_str()),
        ("SmsStatus", "received"),
        ("To", to.as_str()),
    ] {
        put(&mut form, name, value);
    }
    put(&mut form, "NumMedia", files.len());
    put(&mut form, "ReferralNumMedia", 0);
    if let Some(wa_id) = customer.wa_id.as_ref().filter(|_| !hidden) {
        put(&mut form, "WaId", wa_id);
    }
    about(&mut form, state, message);
    let now = world.clock.now();
    let wamid = wamid.to_owned();
    let token = state.twilio.config.auth_token.clone();
    state.twilio.keep(Message {
        sid,
        wamid,
        inbound: true,
        from,
        to,
        body,
        files,
        status: "received",
        error: None,
        callback: None,
        service: None,
        created: now,
        updated: now,
        sent: Some(now),
    });
    submit(world, url, key, "message", form, token)
}

/// Fields of the content; returns the text. `None`: Twilio does not tell of this type.
fn content(form: &mut Form, kind: &str, message: &Value) -> Option<String> {
    let object = &message[kind];
    let string = |value: &Value| value.as_str().unwrap_or("").to_owned();
    Some(match kind {
        "text" => string(&object["body"]),
        "image" | "video" | "audio" | "sticker" => string(&object["caption"]),
        "document" => {
            let caption = string(&object["caption"]);
            if caption.is_empty() { string(&object["filename"]) } else { caption }
        }
        "location" => {
            for (name, key) in [("Latitude", "latitude"), ("Longitude", "longitude")] {
                put(form, name, object.get(key)?);
            }
            for (name, key) in [("Label", "name"), ("Address", "address")] {
                if let Some(text) = object.get(key).and_then(Value::as_str) {
                    put(form, name, text);
                }
            }
            String::new()
        }
        "button" => {
            put(form, "ButtonText", string(&object["text"]));
            put(form, "ButtonPayload", string(&object["payload"]));
            put(form, "ButtonType", "QUICK_REPLY");
            string(&object["text"])
        }
        "interactive" => return interactive(form, object),
        _ => return None,
    })
}

fn interactive(form: &mut Form, object: &Value) -> Option<String> {
    let string = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let kind = object["type"].as_str()?;
    let reply = &object[kind];
    let title = string(&reply["title"]);
    match kind {
        "button_reply" => {
            put(form, "ButtonText", &title);
            put(form, "ButtonPayload", string(&reply["id"]));
            put(form, "ButtonType", "REPLY");
        }
        "list_reply" => {
            put(form, "ListTitle", &title);
            put(form, "ListId", string(&reply["id"]));
            if let Some(text) = reply.get("description").and_then(Value::as_str) {
                put(form, "ListDescription", text);
            }
        }
        "nfm_reply" => {
            let data: Value = serde_json::from_str(&string(&reply["response_json"])).unwrap_or(Value::Null);
            put(form, "FlowData", &data);
            put(form, "InteractiveData", json!({"type": "nfm_reply", "nfm_reply": reply}));
            return Some(string(&reply["body"]));
        }
        _ => return None,
    }
    Some(title)
}

/// What the message answers, and the ad it came from.
fn about(form: &mut Form, state: &State, message: &Value) {
    let context = &message["context"];
    if let Some(wamid) = context.get("id").and_then(Value::as_str) {
        let known = ["SM", "MM"].map(|prefix| sid(prefix, wamid));
        if let Some(original) = known.iter().find(|sid| state.twilio.messages.get(sid.as_str()).is_some()) {
            put(form, "OriginalRepliedMessageSid", original);
            let sender = context.get("from").and_then(Value::as_str).unwrap_or("");
            put(form, "OriginalRepliedMessageSender", format!("whatsapp:+{sender}"));
        }
    }
    for (name, key) in [("Forwarded", "forwarded"), ("FrequentlyForwarded", "frequently_forwarded")] {
        if context.get(key).and_then(Value::as_bool) == Some(true) {
            put(form, name, true);
        }
    }
    for (name, key) in [
        ("ReferralBody", "body"),
        ("ReferralCtwaClid", "ctwa_clid"),
        ("ReferralHeadline", "headline"),
        ("ReferralSourceId", "source_id"),
        ("ReferralSourceType", "source_type"),
        ("ReferralSourceUrl", "source_url"),
    ] {
        if let Some(text) = message.pointer(&format!("/referral/{key}")).and_then(Value::as_str) {
            put(form, name, text);
        }
    }
}
