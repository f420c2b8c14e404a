//! What happened to the account, the number and its templates, with what to do about it.

use super::view::row;
use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::error::Result;
use crate::state::App;
use rapport_core::account::Entry;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::account_event::{self, AccountEventRow};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// Every advice, by its key.
#[rustfmt::skip]
const ADVICE: &[(&str, &str)] = &[
    ("template_rejected", "Change what the reason names, then submit it again; or appeal in WhatsApp Manager."),
    ("template_paused", "Customers blocked or reported it. Improve the text and whom it goes to; a pause ends by itself."),
    ("template_disabled", "It cannot be sent any more. Make another template, with a clearer text and a better audience."),
    ("template_quality", "Send it to fewer people, and only to those who agreed; otherwise it is paused next."),
    ("template_category", "The price of a message changes with the category. If it is wrong, appeal in WhatsApp Manager."),
    ("number_flagged", "Send fewer promotions for a week and only to people who agreed; otherwise the limit falls."),
    ("limit_lowered", "Plan campaigns within the new limit; better quality raises it again."),
    ("account_violation", "Read under Account quality in WhatsApp Manager which rule was broken, stop such messages, then appeal."),
    ("account_restricted", "Account quality in WhatsApp Manager says until when and how to appeal. Afterwards switch the channel on."),
    ("account_disabled", "Appeal in Meta's Business Support now; messages wait here until the account is back."),
    ("account_reinstated", "Sending is allowed again. Switch the channel on, and what waits goes out."),
    ("account_deleted", "The account is gone. Connect the number again under another account."),
    ("account_offboarded", "The connection to the account was ended. Give the app its access back, or connect the number again."),
    ("review_rejected", "Complete business verification in Business settings, Security Center, then appeal."),
    ("alert", "Open WhatsApp Manager: the alert says there what is asked for."),
    ("name_rejected", "Choose a display name that names your business, in WhatsApp Manager, Phone numbers."),
    ("pin_changed", "If that was nobody of yours, change the PIN now and look at who has access in Business settings."),
    ("route_failed_over", "Nothing is to be done for now: it goes back by itself after five good probes. If it lasts, ask the provider."),
    ("route_by_hand", "It stays so until somebody goes back, under Standby route on the page of this channel."),
    ("route_standby_lost", "Check the standby channel: until it answers there is nothing to fall back to."),
    ("trouble", "Check the channel; if it stays, ask the provider about the code."),
];

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AccountEvent)]
pub struct AccountEventView {
    /// The line.
    pub id: Uuid,
    /// When it was told, milliseconds UTC.
    #[schema(value_type = i64)]
    pub at: Ms,
    /// What happened; stable: `account_restricted`, `template_rejected`, ...
    pub kind: String,
    /// `info`, `warning` or `severe`.
    pub severity: String,
    /// What changed, in one sentence.
    pub summary: String,
    /// Key of the advice; empty when nothing is to be done.
    pub advice: String,
    /// The advice in a sentence; empty likewise.
    pub advice_text: String,
    /// The values in the sentence by name, for other languages.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub values: Value,
}

impl From<AccountEventRow> for AccountEventView {
    fn from(row: AccountEventRow) -> Self {
        Self {
            id: row.id,
            at: Ms(row.at),
            advice_text: advice_text(&row.advice).to_owned(),
            kind: row.kind,
            severity: row.severity,
            summary: row.summary,
            advice: row.advice,
            values: if row.detail.is_object() { row.detail } else { json!({}) },
        }
    }
}

/// The sentence of an advice; empty when there is none.
#[must_use]
pub fn advice_text(key: &str) -> &'static str {
    ADVICE.iter().find(|(known, _)| *known == key).map_or("", |(_, text)| text)
}

/// Writes a line in the transaction that takes note of the event.
pub(crate) async fn note(tx: &WriteTx, channel: ChannelId, entry: Entry, now: Ms) -> Result<()> {
    let row = AccountEventRow {
        workspace_id: tx.workspace().0,
        id: tx.new_id(now),
        channel_id: channel.0,
        at: now.0,
        kind: entry.kind.to_owned(),
        severity: entry.severity.code().to_owned(),
        advice: entry.advice.to_owned(),
        summary: entry.summary,
        detail: json!(entry.values),
    };
    Ok(account_event::insert(tx, row).await?)
}

/// The timeline of a channel, newest first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    id: ChannelId,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<AccountEventView>> {
    caller.require(Permission::ChannelRead)?;
    row(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = account_event::page(&read, id, before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(AccountEventView::from))
}
