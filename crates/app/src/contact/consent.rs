//! The consent ledger: who agreed to what, when, and how we know (`product.md` D9).

use super::view::ConsentView;
use super::{NOUN, enter, push};
use crate::account::Page;
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ContactId;
use rapport_core::inbox::{ConsentRecord, consented};
use rapport_store::contact::consents;
use rapport_store::query::contact_page;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest source and proof, in characters.
const SOURCE: usize = 100;
const PROOF: usize = 2_000;

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Promotion.
    Marketing,
}

/// What was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Agreed {
    /// Yes.
    OptedIn,
    /// No.
    OptedOut,
}

/// A line for the ledger.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// What for.
    pub purpose: Purpose,
    /// What was agreed.
    pub state: Agreed,
    /// Where it came from: `form`, `phone call`, ... Left out = who writes it down.
    pub source: Option<String>,
    /// What proves it.
    pub proof: Option<String>,
}

/// The ledger of a contact, newest first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    id: ContactId,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<ConsentView>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let rows = consents(&read, id, before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(ConsentView::from))
}

/// Writes a line; the contact's present state follows it.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Store`.
pub async fn note(app: &App, caller: &Caller, id: ContactId, new: NewConsent) -> Result<ConsentView> {
    caller.require(Permission::ContactWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let connections = app.channels.connections(caller.workspace).await?;
    let (tx, row) = enter(&scope, id).await?;
    let now = app.now();
    let source = text("source", new.source.as_deref().unwrap_or(caller.actor_kind()), SOURCE)?;
    let proof = text("proof", new.proof.as_deref().unwrap_or_default(), PROOF)?;
    let state = match new.state {
        Agreed::OptedIn => "opted_in",
        Agreed::OptedOut => "opted_out",
    };
    let record = ConsentRecord {
        contact_id: id,
        purpose: "marketing".to_owned(),
        state: state.to_owned(),
        source,
        proof,
        at: now,
    };
    let mut book = rapport_store::ingest::load_contacts(&tx, &[id], &[]).await?;
    let known = book.contact(id).cloned().ok_or(Error::NotFound(NOUN))?;
    book.apply(consented(&known, record, now));
    rapport_store::ingest::save(&tx, &book.drain(), now).await?;
    push(&connections, &tx, id, now).await?;
    let value = |state: &str| Some(json!({ "marketing_consent": state }));
    let change = Audited { before: value(&row.marketing_consent), after: value(state) };
    crate::audit::record(&tx, now, caller, "contact.consent", (NOUN, id.0), change).await?;
    tx.commit().await?;
    app.feeds.wake();
    app.bells.jobs.ring();
    let newest = consents(&scope.read(), id, None, 1).await?.pop();
    newest.map(ConsentView::from).ok_or_else(|| Error::Internal("a ledger line is gone".to_owned()))
}

fn text(field: &'static str, given: &str, longest: usize) -> Result<String> {
    let given = given.trim();
    if given.chars().count() > longest || given.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Error::invalid(field, format!("must have at most {longest} characters")));
    }
    Ok(given.to_owned())
}
