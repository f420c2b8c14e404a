//! What the provider reports about templates, the number and the account.

use super::Channel;
use crate::error::Result;
use rapport_core::account::judge;
use rapport_core::inbound::AccountEvent;
use rapport_core::inbox::FeedEvent;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::template::{self, Change};
use serde_json::{Value, json};

/// Writes an account-level event into the rows it is about, the timeline and the feed.
///
/// # Errors
/// What the store said.
pub async fn note(tx: &WriteTx, channel: &Channel, event: &AccountEvent, now: Ms) -> Result<()> {
    let data = match event {
        AccountEvent::TemplateStatus { name, language, status, reason, .. } => {
            template::change(tx, &channel.waba_id, name, language, &rejected(status, reason)).await?;
            json!({ "template": name, "language": language, "status": status, "reason": reason })
        }
        AccountEvent::TemplateQuality { name, language, quality, .. } => {
            template::change(tx, &channel.waba_id, name, language, &Change::Quality(quality.clone())).await?;
            json!({ "template": name, "language": language, "quality": quality })
        }
        AccountEvent::TemplateCategory { name, language, category, announced, .. } => {
            if !announced {
                template::change(tx, &channel.waba_id, name, language, &Change::Category(category.clone())).await?;
            }
            json!({ "template": name, "language": language, "category": category, "announced": announced })
        }
        AccountEvent::NumberQuality { event, limit, unlimited, .. } => {
            limits(tx, channel, *limit, *unlimited, event, now).await?;
            json!({ "number": event, "limit": limit, "unlimited": unlimited })
        }
        AccountEvent::Notice { field, summary, blocking, .. } => {
            notice(tx, channel, summary, *blocking, now).await?;
            json!({ "field": field, "summary": summary, "blocking": blocking })
        }
    };
    super::timeline::note(tx, channel.id, judge(event), now).await?;
    told(tx, channel.id, data, now).await
}

/// A reason belongs to a rejection; with other statuses the provider says why it paused or disabled.
fn rejected(status: &str, reason: &Option<String>) -> Change {
    let reason = reason.clone().filter(|_| matches!(status, "REJECTED" | "PAUSED" | "DISABLED"));
    Change::Status(status.to_owned(), reason)
}

/// Tells listeners that a channel changed.
///
/// # Errors
/// What the store said.
pub async fn told(tx: &WriteTx, channel: ChannelId, note: Value, now: Ms) -> Result<()> {
    let event = FeedEvent {
        kind: "channel.updated",
        at: now,
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({ "channel_id": channel, "note": note }),
    };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}

async fn limits(
    tx: &WriteTx,
    channel: &Channel,
    limit: Option<i64>,
    unlimited: bool,
    event: &str,
    now: Ms,
) -> Result<()> {
    let Some(mut row) = rapport_store::channel::get_for_write(tx, channel.id).await? else { return Ok(()) };
    if unlimited {
        row.tier_limit = Some(i64::MAX);
    } else if limit.is_some() {
        row.tier_limit = limit;
    }
    if event == "THROUGHPUT_UPGRADE" {
        row.throughput = 1_000;
    }
    row.updated_at = now.0;
    rapport_store::channel::update(tx, row).await?;
    Ok(())
}

/// A restriction stops sending until a person looks; everything else is only noted.
async fn notice(tx: &WriteTx, channel: &Channel, summary: &str, blocking: bool, now: Ms) -> Result<()> {
    if !blocking {
        return Ok(());
    }
    let Some(mut row) = rapport_store::channel::get_for_write(tx, channel.id).await? else { return Ok(()) };
    row.status = "error".to_owned();
    row.status_reason = Some(summary.to_owned());
    row.updated_at = now.0;
    rapport_store::channel::update(tx, row).await?;
    Ok(())
}
