//! What the provider reports about templates, the number and the account.

use super::Channel;
use super::number::HIGH_THROUGHPUT;
use crate::error::Result;
use crate::jobs::Job;
use rapport_core::account::{Entry, judge};
use rapport_core::inbound::AccountEvent;
use rapport_core::inbox::FeedEvent;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::channel::ChannelRow;
use rapport_store::template::{self, Change};
use serde_json::{Value, json};

/// Writes an account-level event into the rows it is about, the timeline and the feed; tells what is to be done then.
///
/// # Errors
/// What the store said.
pub async fn note(tx: &WriteTx, channel: &Channel, event: &AccountEvent, now: Ms) -> Result<Vec<Job>> {
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
        AccountEvent::NumberQuality { display_phone, event: word, limit, unlimited } => {
            let news = News { phone: display_phone, word, limit: *limit, unlimited: *unlimited };
            return number(tx, channel, &news, judge(event), now).await;
        }
        AccountEvent::Notice { field, summary, blocking, .. } => {
            notice(tx, channel, summary, *blocking, now).await?;
            json!({ "field": field, "summary": summary, "blocking": blocking })
        }
    };
    super::timeline::note(tx, channel.id, judge(event), now).await?;
    told(tx, channel.id, data, now).await?;
    Ok(Vec::new())
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

/// What the provider tells about a number, or about all of the account when it names none.
struct News<'a> {
    phone: &'a str,
    word: &'a str,
    limit: Option<i64>,
    unlimited: bool,
}

impl News<'_> {
    /// Writes what is told into a channel's row; `own`: it is about this number.
    fn write(&self, row: &mut ChannelRow, own: bool) {
        if self.unlimited {
            row.tier_limit = Some(i64::MAX);
        } else if self.limit.is_some() {
            row.tier_limit = self.limit;
        }
        match self.word {
            "THROUGHPUT_UPGRADE" if own => row.throughput = HIGH_THROUGHPUT,
            "FLAGGED" if own => "RED".clone_into(&mut row.quality),
            // How good it is now, the provider says only when it is asked.
            "UNFLAGGED" if own && row.quality == "RED" => "UNKNOWN".clone_into(&mut row.quality),
            _ => {}
        }
    }
}

/// The channel that news are about: the one whose number is named, else the hook's where nothing is named or its own
/// number is not known. Nobody's when they name a number that is not connected here: a hook of one number also gets the
/// news of the account's others.
fn subject(rows: &[ChannelRow], hook: ChannelId, phone: &str) -> Option<ChannelId> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let phone = digits(phone);
    if phone.is_empty() {
        return Some(hook);
    }
    let named = rows.iter().find(|row| digits(&row.display_phone) == phone);
    let unknown = || rows.iter().find(|row| row.id == hook.0 && digits(&row.display_phone).is_empty());
    named.or_else(unknown).map(|row| ChannelId(row.id))
}

/// The channels that the news are about show them at once; then the provider is asked for what it did not say. News of
/// a number that is not connected here change nothing.
async fn number(tx: &WriteTx, channel: &Channel, news: &News<'_>, line: Entry, now: Ms) -> Result<Vec<Job>> {
    let rows = rapport_store::channel::of_account_for_write(tx, channel.provider.code(), &channel.waba_id).await?;
    let Some(about) = subject(&rows, channel.id, news.phone) else {
        tracing::info!(channel = %channel.id, news = news.word, "the provider told about a number that is not connected here");
        return Ok(Vec::new());
    };
    let note = json!({ "number": news.word, "limit": news.limit, "unlimited": news.unlimited });
    let mut jobs = Vec::new();
    for mut row in rows {
        let id = ChannelId(row.id);
        if id == about || news.phone.is_empty() {
            news.write(&mut row, id == about);
            row.updated_at = now.0;
            rapport_store::channel::update(tx, row).await?;
            told(tx, id, note.clone(), now).await?;
            jobs.push(Job::RefreshChannel { channel_id: id });
        }
    }
    super::timeline::note(tx, about, line, now).await?;
    Ok(jobs)
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
