//! The account's templates, read from the provider.

use super::{Channel, calls};
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::provider::{Feature, Template};
use rapport_core::guard::Priority;
use rapport_core::time::MINUTE;
use rapport_core::{ChannelId, WorkspaceId};
use rapport_store::template::TemplateRow;
use serde_json::json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How soon the list is read again while a review is under way at a provider that does not tell its end. Milliseconds.
pub(super) const REVIEW_MS: i64 = 5 * MINUTE;

/// What a reading found.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Templates there are.
    pub count: usize,
    /// Whether one of them is in review.
    pub in_review: bool,
}

/// Pages read at most: 6,000 templates is the provider's own limit.
const PAGES_MAX: usize = 100;

/// Reads all templates of the channel's account; those that are gone there are forgotten here.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, id: ChannelId) -> Result<Outcome> {
    let Some(channel) = app.channels.get(id).await? else { return Ok(Outcome::Done) };
    if channel.workspace != workspace {
        return Ok(Outcome::Done);
    }
    match sync(app, &channel).await? {
        // Nobody will tell how the review ends.
        Ok(read) if read.in_review && !channel.provider.tells_reviews() => {
            Ok(Outcome::Again { at: app.now().plus(REVIEW_MS) })
        }
        Ok(_) => Ok(Outcome::Done),
        Err(error) => Ok(Outcome::Retry { at: app.now().plus(MINUTE), error }),
    }
}

/// The same at once, for a person who waits: what there is, or why it cannot be read.
///
/// # Errors
/// What the store said.
pub async fn sync(app: &App, channel: &Channel) -> Result<std::result::Result<Found, String>> {
    if !channel.provider.offers(Feature::Templates) {
        return Ok(Ok(Found { count: 0, in_review: false }));
    }
    let began = app.now();
    let found = match fetch(app, channel).await {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let count = found.len();
    let in_review = found.iter().any(|template| template.status == "PENDING");
    let rows = found.into_iter().map(|template| row(app, channel, template, began)).collect();
    let tx = app.store.workspace(channel.workspace).write().await?;
    rapport_store::template::upsert(&tx, rows).await?;
    rapport_store::template::forget_older(&tx, &channel.waba_id, began).await?;
    super::account::told(&tx, channel.id, json!({ "templates": count }), began).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(Ok(Found { count, in_review }))
}

/// Several of one name and language, on whatever pages: the approved one is meant.
fn add(found: &mut HashMap<(String, String), Template>, one: Template) {
    match found.entry((one.name.clone(), one.language.clone())) {
        Entry::Vacant(free) => {
            free.insert(one);
        }
        Entry::Occupied(mut known) if known.get().status != "APPROVED" => {
            known.insert(one);
        }
        Entry::Occupied(_) => {}
    }
}

async fn fetch(app: &App, channel: &Channel) -> std::result::Result<Vec<Template>, String> {
    let provider = channel.access(&app.settings);
    let mut found = HashMap::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let Some(request) = provider.templates(after.as_deref(), app.now()) else { break };
        let answer = calls::run(app, channel, Priority::Service, request).await;
        let answer = answer.map_err(|failure| failure.to_string())?;
        let page = provider.read_templates(&answer).map_err(|error| error.failure().detail)?;
        for one in page.items {
            add(&mut found, one);
        }
        match page.next {
            Some(next) if Some(&next) != after.as_ref() => after = Some(next),
            _ => break,
        }
    }
    Ok(found.into_values().collect())
}

fn row(app: &App, channel: &Channel, template: Template, now: rapport_core::Ms) -> TemplateRow {
    TemplateRow {
        workspace_id: channel.workspace.0,
        id: app.store.new_id(now),
        channel_id: channel.id.0,
        waba_id: channel.waba_id.clone(),
        provider_id: template.id,
        name: template.name,
        language: template.language,
        category: template.category,
        status: template.status,
        quality: template.quality,
        parameter_format: template.parameter_format,
        components: template.components,
        rejected_reason: template.rejected_reason,
        updated_at: now.0,
        ttl_seconds: template.ttl_seconds,
        fillings: None,
    }
}
