//! Blocking users (whatsapp-cloud-api.md §12).

use super::{
    call::Call,
    content,
    error::{GraphError, Result, webhook_error},
    inbound, limits,
    state::State,
};
use crate::{reply::Reply, world::World};
use serde_json::{Value, json};
use std::sync::Arc;

/// `/{P}/block_users`: list, block, unblock.
pub fn handle(world: &Arc<World>, call: &Call, p: &str) -> Result<Reply> {
    let mut guard = world.wa();
    let state = &mut *guard;
    call.number_token(state, p)?;
    if call.method == "GET" {
        let items: Vec<Value> = state.numbers[p]
            .blocked
            .keys()
            .map(|key| json!({"messaging_product": "whatsapp", "input": key, "wa_id": key}))
            .collect();
        return Ok(Reply::ok(&call.page(&world.base_url, &items)?));
    }
    let params = call.params()?;
    let users = params
        .get("block_users")
        .and_then(Value::as_array)
        .ok_or_else(|| GraphError::invalid("The parameter block_users is required."))?;
    let block = call.method == "POST";
    let now = world.clock.now();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for user in users {
        match one(state, p, user, block, now) {
            Ok(entry) => done.push(entry),
            Err(entry) => failed.push(entry),
        }
    }
    let key = if block { "added_users" } else { "removed_users" };
    let mut answer = json!({"messaging_product": "whatsapp", "block_users": {key: done}});
    if failed.is_empty() {
        return Ok(Reply::ok(&answer));
    }
    answer["block_users"]["failed_users"] = failed.into();
    answer["error"] = json!({
        "message": "(#139100) Failed to block/unblock users",
        "type": "OAuthException",
        "code": 139_100,
        "error_data": {"messaging_product": "whatsapp", "details": "Some users could not be blocked or unblocked."},
        "fbtrace_id": state.token(23),
    });
    Ok(Reply::json(400, &answer))
}

fn one(state: &mut State, p: &str, user: &Value, block: bool, now: i64) -> std::result::Result<Value, Value> {
    let input = user.get("user").or_else(|| user.get("user_id")).and_then(Value::as_str).unwrap_or("");
    let wa_id = content::wa_id(input);
    let fail =
        |details: &str| json!({"input": input, "wa_id": wa_id, "errors": [webhook_error(139_100, Some(details))]});
    let key = match (&wa_id, input.contains('.')) {
        (Some(wa_id), _) => inbound::customer(state, Some(wa_id), None),
        (None, true) => state.users.get(input).cloned().ok_or_else(|| fail("The user is not known."))?,
        (None, false) => return Err(fail("The phone number is not valid.")),
    };
    let wrote =
        state.customers.get(&key).and_then(|customer| customer.windows.get(p)).is_some_and(|at| now - at < limits::DAY);
    if block && !wrote {
        return Err(fail("The user has not written to the business within the last 24 hours."));
    }
    if let Some(number) = state.numbers.get_mut(p) {
        if block {
            if number.blocked.len() >= 64_000 {
                return Err(fail("The block list is full."));
            }
            number.blocked.insert(key.clone(), ());
        } else {
            number.blocked.remove(&key);
        }
    }
    let customer = state.customers.get(&key);
    Ok(json!({
        "input": input,
        "wa_id": customer.and_then(|c| c.wa_id.clone()),
        "user_id": customer.map(|c| c.user_id.clone()),
    }))
}
