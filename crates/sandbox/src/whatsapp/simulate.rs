//! What the control API can make customers and Meta do.

use super::{
    envelope::{self, Options},
    inbound::{self, Injection},
    status, template,
};
use crate::{deliver::Outcome, world::World};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// A webhook to deliver as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    /// The number; default the first.
    #[serde(default)]
    pub phone_number_id: Option<String>,
    /// The field; default `messages`.
    #[serde(default)]
    pub field: Option<String>,
    /// The value.
    pub value: Value,
    /// Sign with another secret.
    #[serde(default)]
    pub wrong_signature: bool,
    /// Add `metadata` of the number when the value has none (default true).
    #[serde(default)]
    pub metadata: Option<bool>,
}

/// Delivers a value as it is.
pub fn raw(world: &World, raw: Raw) -> Result<Option<oneshot::Receiver<Outcome>>, String> {
    let state = world.wa();
    let p = inbound::number(&state, raw.phone_number_id.as_deref())?;
    let mut value = raw.value;
    let field = raw.field.as_deref().unwrap_or("messages");
    if field == "messages" && raw.metadata != Some(false) && value.get("metadata").is_none() && value.is_object() {
        value["metadata"] = envelope::metadata(&state, &p);
    }
    let lane = value
        .pointer("/messages/0/from")
        .or_else(|| value.pointer("/statuses/0/recipient_id"))
        .and_then(Value::as_str)
        .unwrap_or(&p)
        .to_owned();
    let options = Options { wrong_signature: raw.wrong_signature, time: field != "messages", via: None };
    Ok(envelope::send(world, &state, &p, &lane, field, &value, &options))
}

/// A status to force on a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forced {
    /// The message we accepted.
    pub wamid: String,
    /// sent, delivered, read, played, failed, deleted.
    pub status: String,
    /// Error code for failed.
    #[serde(default)]
    pub code: Option<i64>,
}

/// Forces a status.
pub fn force(world: &World, forced: &Forced) -> Result<Option<oneshot::Receiver<Outcome>>, String> {
    if !world.wa().sent.contains_key(&forced.wamid) {
        return Err(format!("no message {} was accepted", forced.wamid));
    }
    Ok(status::progress(world, &forced.wamid, &forced.status, forced.code))
}

/// A customer's change of an earlier message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// The customer.
    pub from: String,
    /// The number; default the first.
    pub phone_number_id: Option<String>,
    /// The message that is edited, revoked or reacted to.
    pub wamid: String,
    /// The new text of an edit.
    pub text: String,
    /// The emoji of a reaction; missing removes it.
    pub emoji: Option<String>,
}

/// The injection for `edit`, `revoke` or `react`.
pub fn change(kind: &str, change: Change) -> Option<Injection> {
    let message = match kind {
        "edit" => json!({"type": "edit", "edit": {
            "original_message_id": change.wamid,
            "message": {"type": "text", "text": {"body": change.text}},
        }}),
        "revoke" => json!({"type": "revoke", "revoke": {"original_message_id": change.wamid}}),
        "react" => {
            let mut reaction = json!({"message_id": change.wamid});
            if let Some(emoji) = change.emoji {
                reaction["emoji"] = emoji.into();
            }
            json!({"type": "reaction", "reaction": reaction})
        }
        _ => return None,
    };
    Some(Injection {
        from: Some(change.from),
        phone_number_id: change.phone_number_id,
        message: Some(message),
        ..Injection::default()
    })
}

/// Settings of a customer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Traits {
    /// The customer's number.
    pub wa_id: Option<String>,
    /// Or user id.
    pub user_id: Option<String>,
    /// Profile name.
    pub name: Option<String>,
    /// Username.
    pub username: Option<String>,
    /// Hide the number.
    pub hide_number: Option<bool>,
    /// On WhatsApp.
    pub reachable: Option<bool>,
    /// Blocked the business.
    pub blocks_business: Option<bool>,
    /// Sends read receipts.
    pub read_receipts: Option<bool>,
    /// Stopped (or resumed) marketing: also tells the business by `user_preferences`.
    pub marketing_opt_out: Option<bool>,
    /// In Meta's experiment group.
    pub experiment: Option<bool>,
    /// The code every message to this customer fails with; 0 takes it away.
    pub answers_with: Option<i64>,
    /// For `user_preferences`: the number; default the first.
    pub phone_number_id: Option<String>,
}

/// Creates or changes a customer and returns it.
pub fn customer(world: &World, traits: Traits) -> Result<Value, String> {
    let mut guard = world.wa();
    let state = &mut *guard;
    let wa_id = match &traits.wa_id {
        Some(raw) => Some(super::content::wa_id(raw).ok_or_else(|| format!("not a phone number: {raw}"))?),
        None => None,
    };
    if wa_id.is_none() && traits.user_id.is_none() {
        return Err("give `wa_id` or `user_id`".into());
    }
    let key = inbound::customer(state, wa_id.as_deref(), traits.user_id.as_deref());
    let customer = state.customers.get_mut(&key).ok_or("the customer was forgotten at once")?;
    if let Some(name) = traits.name {
        customer.name = name;
    }
    if traits.username.is_some() {
        customer.username = traits.username;
    }
    let told = traits.marketing_opt_out.filter(|out| *out != customer.marketing_opt_out);
    for (flag, to) in [
        (&mut customer.hide_number, traits.hide_number),
        (&mut customer.reachable, traits.reachable),
        (&mut customer.blocks_business, traits.blocks_business),
        (&mut customer.read_receipts, traits.read_receipts),
        (&mut customer.marketing_opt_out, traits.marketing_opt_out),
        (&mut customer.experiment, traits.experiment),
    ] {
        *flag = to.unwrap_or(*flag);
    }
    if let Some(code) = traits.answers_with {
        customer.answers_with = (code != 0).then_some(code);
    }
    let view = json!(customer);
    if let Some(out) = told {
        let customer = customer.clone();
        let p = inbound::number(state, traits.phone_number_id.as_deref())?;
        preference(world, state, &p, &key, &customer, out);
    }
    Ok(view)
}

fn preference(world: &World, state: &super::state::State, p: &str, key: &str, customer: &inbound::Customer, out: bool) {
    let mut entry = json!({
        "user_id": customer.user_id,
        "detail": if out { "User requested to stop marketing messages" } else { "User requested to resume marketing messages" },
        "category": "marketing_messages",
        "value": if out { "stop" } else { "resume" },
        "timestamp": world.clock.now() / 1000,
    });
    if let (Some(wa_id), false) = (&customer.wa_id, customer.hide_number) {
        entry["wa_id"] = wa_id.as_str().into();
    }
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": envelope::metadata(state, p),
        "contacts": [customer.contact()],
        "user_preferences": [entry],
    });
    let options = Options { time: true, ..Options::default() };
    envelope::send(world, state, p, key, "user_preferences", &value, &options);
}

/// Sets a template's status as Meta's review or quality system would.
pub fn template_status(world: &World, id: &str, to: &str, reason: Option<&str>) -> Result<(), String> {
    let mut state = world.wa();
    let template = state.templates.get_mut(id).ok_or_else(|| format!("there is no template {id}"))?;
    template.status = to.to_owned();
    template.rejected_reason = reason.unwrap_or("NONE").to_owned();
    template::tell(world, &state, id, None);
    Ok(())
}
