//! Examples of what webhooks are told, made of the types that are sent: whoever writes a program, and Zapier, sees them before
//! anything happens.

use super::payload::{
    WebhookCampaign, WebhookContact, WebhookConversation, WebhookData, WebhookEvent, WebhookMatter, WebhookMessage,
    WebhookRule,
};
use crate::shop::Order;
use rapport_core::Ms;
use rapport_core::webhook::{Kind, RULE, TEST};
use serde_json::json;
use uuid::Uuid;

/// An example of each kind, in exactly the form in which it is sent; `None` for a kind that there is not.
#[must_use]
pub fn sample(kind: &str) -> Option<WebhookEvent> {
    let known = Kind::parse(kind);
    if known.is_none() && kind != RULE && kind != TEST {
        return None;
    }
    Some(WebhookEvent {
        id: id(1),
        kind: kind.to_owned(),
        timestamp: Ms(AT).to_string(),
        workspace_id: id(2),
        data: known.map_or_else(|| other(kind), about),
    })
}

/// The moment of the examples.
const AT: i64 = 1_790_000_000_000;

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0199_7a3f_2000_7000_8000_0000_0000_0000 + last)
}

fn other(kind: &str) -> WebhookData {
    let rule = || WebhookRule { id: id(9), name: "VIP orders".to_owned(), run_id: id(10), event: "message".to_owned() };
    WebhookData { rule: (kind == RULE).then(rule), ..about(Kind::MessageReceived) }
}

fn about(kind: Kind) -> WebhookData {
    let contact = Some(contact());
    let (message, conversation) = (Some(message(kind)), Some(conversation(kind)));
    match kind {
        Kind::MessageReceived | Kind::MessageSent | Kind::MessageStatus => {
            WebhookData { message, conversation, contact, ..WebhookData::default() }
        }
        Kind::ConversationOpened | Kind::ConversationAssigned | Kind::ConversationResolved => {
            WebhookData { conversation, contact, ..WebhookData::default() }
        }
        Kind::ContactCreated => WebhookData { contact, ..WebhookData::default() },
        Kind::ContactUpdated => WebhookData { contact, changed: vec!["email".to_owned()], ..WebhookData::default() },
        Kind::ContactMerged => WebhookData { contact, merged_id: Some(id(11)), ..WebhookData::default() },
        Kind::TagAdded => WebhookData { contact, tags: vec!["VIP".to_owned()], ..WebhookData::default() },
        Kind::DealChanged => WebhookData { deal: Some(matter(true)), contact, ..WebhookData::default() },
        Kind::CaseChanged => WebhookData { case: Some(matter(false)), contact, ..WebhookData::default() },
        Kind::OrderChanged => WebhookData { order: order(), contact, ..WebhookData::default() },
        Kind::CampaignFinished => WebhookData { campaign: Some(campaign()), ..WebhookData::default() },
    }
}

fn contact() -> WebhookContact {
    WebhookContact {
        id: id(3),
        name: "Amal Haddad".to_owned(),
        phone: Some("+971500000001".to_owned()),
        email: Some("amal@example.com".to_owned()),
        language: Some("ar".to_owned()),
        country: Some("AE".to_owned()),
        marketing_consent: "opted_in".to_owned(),
        owner_id: None,
        tags: vec!["VIP".to_owned()],
        fields: json!({ "city": "Dubai" }),
        created_at: AT,
        updated_at: AT,
    }
}

fn conversation(kind: Kind) -> WebhookConversation {
    let resolved = kind == Kind::ConversationResolved;
    WebhookConversation {
        id: id(4),
        contact_id: id(3),
        channel_id: id(5),
        status: if resolved { "resolved" } else { "open" }.to_owned(),
        priority: "none".to_owned(),
        assignee_id: (kind == Kind::ConversationAssigned).then(|| id(6)),
        team_id: None,
        created_at: AT,
        resolved_at: resolved.then_some(AT),
    }
}

fn message(kind: Kind) -> WebhookMessage {
    let inbound = kind == Kind::MessageReceived;
    let (direction, status) = if inbound {
        ("in", "received")
    } else if kind == Kind::MessageSent {
        ("out", "queued")
    } else {
        ("out", "delivered")
    };
    let text = if inbound { "Where is my order 10021?" } else { "Your order is on its way." };
    WebhookMessage {
        id: id(7),
        conversation_id: id(4),
        channel_id: id(5),
        direction: direction.to_owned(),
        kind: "text".to_owned(),
        text: text.to_owned(),
        content: json!({ "type": "text", "body": text }),
        status: status.to_owned(),
        error: None,
        author_kind: if inbound { "contact" } else { "user" }.to_owned(),
        author_name: Some(if inbound { "Amal Haddad" } else { "Lea" }.to_owned()),
        media_id: None,
        at: AT,
    }
}

fn matter(deal: bool) -> WebhookMatter {
    WebhookMatter {
        id: id(8),
        contact_id: id(3),
        conversation_id: Some(id(4)),
        title: if deal { "Wants a desk lamp" } else { "Lamp arrived broken" }.to_owned(),
        details: Some("The brass one, two pieces".to_owned()),
        amount_minor: deal.then_some(12_990),
        currency: deal.then(|| "EUR".to_owned()),
        category: (!deal).then(|| "complaint".to_owned()),
        priority: (!deal).then(|| "normal".to_owned()),
        status: "open".to_owned(),
        skus: json!(["LAMP-01"]),
        remote_url: None,
        created_at: AT,
    }
}

fn order() -> Option<Order> {
    let order = json!({
        "number": "10021", "contact_id": id(3), "status": "shipped", "total": "129.90", "currency": "EUR",
        "placed_at": AT, "updated_at": AT, "items": [{ "sku": "LAMP-01", "name": "Desk lamp", "quantity": 1, "price": "129.90" }],
        "shipments": [{ "key": "P-1", "status": "in_transit", "tracking_number": "P-1" }],
    });
    serde_json::from_value(order).ok()
}

fn campaign() -> WebhookCampaign {
    WebhookCampaign {
        id: id(12),
        name: "Autumn sale".to_owned(),
        status: "finished".to_owned(),
        template_name: "autumn_sale".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_example_of_everything_and_it_is_about_something() {
        for kind in Kind::ALL.iter().map(|kind| kind.code()).chain([RULE, TEST]) {
            let sample = json!(sample(kind).expect(kind));
            assert_eq!(sample["type"], kind);
            assert!(!sample["data"].as_object().expect(kind).is_empty(), "{kind}");
            assert!(sample["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{sample}");
        }
        assert_eq!(json!(sample("order.changed"))["data"]["order"]["number"], "10021");
        assert!(sample("nothing.happened").is_none());
    }
}
