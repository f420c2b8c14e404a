//! Account, owners, pipelines.

use super::{
    Call,
    error::{HubError, Result},
    schema,
    state::State,
};
use crate::reply::Reply;
use serde_json::{Value, json};

/// `GET /account-info/v3/details`.
pub fn details(state: &State) -> Reply {
    Reply::ok(&json!({
        "portalId": state.config.portal_id,
        "accountType": "DEVELOPER_TEST",
        "timeZone": "US/Eastern",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "-05:00",
        "utcOffsetMilliseconds": -18_000_000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }))
}

/// `GET /crm/v3/owners` and one owner.
pub fn owners(call: &Call, id: Option<&str>) -> Result<Reply> {
    let owners: Vec<Value> = [("71001", "Amira", "Haddad"), ("71002", "Ben", "Okafor"), ("71003", "Chen", "Li")]
        .iter()
        .map(|(id, first, last)| {
            json!({
                "id": id,
                "email": format!("{}@shop.example", first.to_lowercase()),
                "type": "PERSON",
                "firstName": first,
                "lastName": last,
                "userId": id.parse::<u64>().unwrap_or(0) + 1_000,
                "userIdIncludingInactive": id.parse::<u64>().unwrap_or(0) + 1_000,
                "createdAt": "2026-01-01T00:00:00.000Z",
                "updatedAt": "2026-01-01T00:00:00.000Z",
                "archived": false,
                "teams": [],
            })
        })
        .collect();
    if let Some(id) = id {
        return owners
            .iter()
            .find(|owner| owner["id"] == id)
            .map(Reply::ok)
            .ok_or_else(|| HubError::not_found(format!("No owner found for id {id}")));
    }
    let email = call.query.get("email");
    let found: Vec<&Value> =
        owners.iter().filter(|owner| email.is_none_or(|email| owner["email"] == email.as_str())).collect();
    Ok(Reply::ok(&json!({ "results": found })))
}

/// What a stage means.
fn metadata(kind: &str, label: &str, order: usize) -> Value {
    let closed = label.starts_with("Closed");
    if kind == "tickets" {
        return json!({"isClosed": closed.to_string(), "ticketState": if closed { "CLOSED" } else { "OPEN" }});
    }
    let chance = match label {
        "Closed Won" => "1.0".to_owned(),
        "Closed Lost" => "0.0".to_owned(),
        _ => format!("0.{}", 2 * (order + 1)),
    };
    json!({"isClosed": closed.to_string(), "probability": chance})
}

/// `GET /crm/v3/pipelines/{type}` and one pipeline.
pub fn pipelines(kind: &str, id: Option<&str>) -> Result<Reply> {
    let kind =
        schema::kind(kind).ok_or_else(|| HubError::invalid(format!("Unable to infer object type from: {kind}")))?;
    let (id_of, label, stages): (&str, &str, &[(&str, &str)]) = match kind.plural {
        "deals" => (
            "default",
            "Sales Pipeline",
            &[
                ("appointmentscheduled", "Appointment Scheduled"),
                ("qualifiedtobuy", "Qualified To Buy"),
                ("contractsent", "Contract Sent"),
                ("closedwon", "Closed Won"),
                ("closedlost", "Closed Lost"),
            ],
        ),
        "tickets" => (
            "0",
            "Support Pipeline",
            &[("1", "New"), ("2", "Waiting on contact"), ("3", "Waiting on us"), ("4", "Closed")],
        ),
        _ => return Ok(Reply::ok(&json!({"results": []}))),
    };
    let stages: Vec<Value> = stages
        .iter()
        .enumerate()
        .map(|(order, (id, label))| {
            json!({
                "id": id,
                "label": label,
                "displayOrder": order,
                "metadata": metadata(kind.plural, label, order),
                "createdAt": "2026-01-01T00:00:00.000Z",
                "updatedAt": "2026-01-01T00:00:00.000Z",
                "archived": false,
                "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
            })
        })
        .collect();
    let pipeline = json!({
        "id": id_of,
        "label": label,
        "displayOrder": 0,
        "stages": stages,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
        "archived": false,
    });
    match id {
        None => Ok(Reply::ok(&json!({ "results": [pipeline] }))),
        Some(id) if id == id_of => Ok(Reply::ok(&pipeline)),
        Some(id) => Err(HubError::not_found(format!("No pipeline found for id {id}"))),
    }
}
