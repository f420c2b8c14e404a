//! Webhook bodies in the provider's shape (whatsapp-cloud-api.md §2-§5).

use super::texts::TEXTS;
use super::{Event, Kind, Plan, Step, customer_ids, wamid};
use rand::Rng;
use rand::rngs::StdRng;
use std::fmt::Write;

/// Writes one delivery with this event.
pub fn write(into: &mut String, plan: &Plan, event: &Event, rng: &mut StdRng) {
    let (field, list) = match event.kind {
        Kind::Inbound | Kind::Reaction => ("messages", "messages"),
        Kind::Status(_) => ("messages", "statuses"),
        Kind::Echo => ("smb_message_echoes", "message_echoes"),
        Kind::Notice => return notice(into, plan, event),
    };
    let old_form = plan.old_form > 0.0 && rng.random_bool(plan.old_form);
    let (wa_id, user_id) = customer_ids(event.customer);
    let channel = &plan.channel;
    put(
        into,
        format_args!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{}","changes":[{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"{}","phone_number_id":"{}"}},"contacts":[{{"#,
            channel.waba_id, channel.display, channel.phone_number_id
        ),
    );
    if event.kind != Kind::Echo {
        put(into, format_args!(r#""profile":{{"name":"Customer {}"}},"#, event.customer));
    }
    put(into, format_args!(r#""wa_id":"{wa_id}""#));
    if !old_form {
        put(into, format_args!(r#","user_id":"{user_id}""#));
    }
    put(into, format_args!(r#"}}],"{list}":[{{"id":"{}","timestamp":"{}""#, wamid(plan.seed, event.message), event.at));
    let user_id = (!old_form).then_some(user_id.as_str());
    match event.kind {
        Kind::Status(step) => status(into, step, &wa_id, user_id, event),
        Kind::Echo => echo(into, channel.display.as_str(), &wa_id, user_id, rng),
        _ => inbound(into, plan, event, &wa_id, user_id, rng),
    }
    put(into, format_args!(r#"}}]}},"field":"{field}"}}]}}]}}"#));
}

/// Writing to a String cannot fail.
fn put(into: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = into.write_fmt(what);
}

fn status(into: &mut String, step: Step, wa_id: &str, user_id: Option<&str>, event: &Event) {
    put(into, format_args!(r#","status":"{}","recipient_id":"{wa_id}""#, step.word()));
    if let Some(user_id) = user_id {
        put(into, format_args!(r#","recipient_user_id":"{user_id}""#));
    }
    match step {
        Step::Failed => into.push_str(
            r#","errors":[{"code":131026,"title":"Message undeliverable","message":"Message undeliverable","error_data":{"details":"Message Undeliverable."},"href":"https:\/\/developers.facebook.com\/docs\/whatsapp\/cloud-api\/support\/error-codes\/"}]"#,
        ),
        Step::Sent => put(
            into,
            format_args!(
                r#","conversation":{{"id":"{:032x}","origin":{{"type":"service"}}}},"pricing":{{"billable":false,"pricing_model":"PMP","category":"service","type":"free_customer_service"}}"#,
                event.message
            ),
        ),
        _ => into.push_str(
            r#","pricing":{"billable":false,"pricing_model":"PMP","category":"service","type":"free_customer_service"}"#,
        ),
    }
}

fn echo(into: &mut String, from: &str, wa_id: &str, user_id: Option<&str>, rng: &mut StdRng) {
    put(into, format_args!(r#","from":"{from}","to":"{wa_id}""#));
    if let Some(user_id) = user_id {
        put(into, format_args!(r#","to_user_id":"{user_id}""#));
    }
    text(into, rng);
}

fn inbound(into: &mut String, plan: &Plan, event: &Event, wa_id: &str, user_id: Option<&str>, rng: &mut StdRng) {
    put(into, format_args!(r#","from":"{wa_id}""#));
    if let Some(user_id) = user_id {
        put(into, format_args!(r#","from_user_id":"{user_id}""#));
    }
    if event.kind == Kind::Reaction {
        let target = wamid(plan.seed, event.target);
        put(into, format_args!(r#","type":"reaction","reaction":{{"message_id":"{target}","emoji":"\ud83d\udc4d"}}"#));
        return;
    }
    match rng.random_range(0..1_000) {
        // 5 % media, 1 % odd; the rest is text.
        0..50 => put(
            into,
            format_args!(
                r#","type":"image","image":{{"mime_type":"image\/jpeg","sha256":"{}","id":"{}","caption":"{}"}}"#,
                "zX0pQ3nH8uVb2mT5yR7wK1sL9cJ4fG6dA0eB3hN8iOo=",
                4_000_000_000_000_000_u64 + event.message,
                event.message
            ),
        ),
        50..55 => put(into, format_args!(r#","type":"hologram","hologram":{{"depth":{},"x":null}}"#, event.message)),
        55..60 => into.push_str(
            r#","type":"unsupported","errors":[{"code":131051,"title":"Message type unknown","message":"Message type unknown","error_data":{"details":"Message type is currently not supported."}}],"unsupported":{"type":"poll"}"#,
        ),
        _ => text(into, rng),
    }
}

fn text(into: &mut String, rng: &mut StdRng) {
    let language = TEXTS[rng.random_range(0..TEXTS.len())];
    into.push_str(r#","type":"text","text":{"body":""#);
    escape(into, language[rng.random_range(0..language.len())]);
    if rng.random_bool(0.5) {
        put(into, format_args!(" #{}", rng.random_range(1_000..1_000_000)));
    }
    into.push_str(r#""}"#);
}

/// The provider writes non-ASCII as `\uXXXX` and `/` as `\/`.
fn escape(into: &mut String, text: &str) {
    let mut units = [0_u16; 2];
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '/' => put(into, format_args!("\\{letter}")),
            letter if letter.is_ascii() => into.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut units) {
                    put(into, format_args!("\\u{unit:04x}"));
                }
            }
        }
    }
}

fn notice(into: &mut String, plan: &Plan, event: &Event) {
    put(
        into,
        format_args!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{}","time":{},"changes":[{{"field":"account_alerts","value":{{"entity_type":"WABA","entity_id":"{}","alert_severity":"INFORMATIONAL","alert_status":"NONE","alert_type":"NOTE_{}","alert_description":"generated"}}}}]}}]}}"#,
            plan.channel.waba_id, event.at, plan.channel.waba_id, event.message
        ),
    );
}
