//! Webhooks. Freshdesk sends none of its own accord: a rule of the account calls us with what its author wrote, unsigned
//! but for a header whose value only the two know.

use crate::crm::answer::text;
use crate::crm::{Hint, HookCall, HookOp, SignatureError};
use crate::json::{self, BadBody};
use crate::sign;
use rapport_core::matter::Object;
use rapport_core::time::Ms;
use serde_json::Value;

/// The header that the rule must send.
pub(super) const HEADERS: [&str; 1] = ["x-rapport-secret"];
/// Words under which a rule may name the contact. The last two are those of Freshdesk's own simple form.
const NAMES: [&str; 4] = ["contact_id", "requester_id", "ticket_contact_id", "ticket_requester_id"];
/// The word under which a rule names the ticket.
const TICKET: &str = "ticket_id";

/// Compares the header with our secrets, in the same time wherever they differ. Any secret may fit.
///
/// # Errors
/// [`SignatureError`]; nothing of the body should be read then.
pub fn verify(secrets: &[&str], call: &HookCall<'_>, _: Ms) -> Result<(), SignatureError> {
    let given = call.header(HEADERS[0]).map(str::trim).filter(|given| !given.is_empty());
    let given = given.ok_or(SignatureError::Missing)?;
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    // Hashed first, so that not even the secret's length can be timed.
    let given = sign::sha256(given.as_bytes());
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        matched |= sign::same(&sign::sha256(secret.as_bytes()), &given);
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// What a delivery hints at: the contact and the ticket that it names. One that names neither hints at nothing.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not JSON.
pub fn hints(body: &[u8]) -> Result<Vec<Hint>, BadBody> {
    let checked = json::check(body)?;
    let event: Value = serde_json::from_str(&checked).map_err(|error| BadBody::NotJson(error.to_string()))?;
    let places = [&event, &event["freshdesk_webhook"]];
    let named = |names: &[&str]| {
        let all = places.into_iter().flat_map(|place| names.iter().filter_map(|name| text(&place[*name])));
        all.into_iter().find(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let op = || HookOp::Changed { property: String::new(), value: String::new() };
    let about = [(None, named(&NAMES)), (Some(Object::Case), named(&[TICKET]))].into_iter();
    Ok(about.filter_map(|(object, id)| Some(Hint { object, id: id?, op: op(), at: None })).collect())
}
