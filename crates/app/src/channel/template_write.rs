//! Creating, editing and deleting templates at the provider.

use super::account::told;
use super::template_draft::{NewTemplate, TemplatePatch, Tidy, sound};
use super::template_list::{TemplateView, one};
use super::view::{row, rows};
use super::{Channel, calls, not_offered, template_sample};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_connectors::http::{Failure, Request, Response};
use rapport_connectors::provider::{Created, Edit, Feature, NewTemplate as Wanted, Provider, Refusal, Refused};
use rapport_core::guard::Priority;
use rapport_core::template::draft::{category_change, may_edit};
use rapport_core::time::MINUTE;
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::template::TemplateRow;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// The provider refused.
pub(super) fn declined(refusal: Refusal) -> Error {
    Error::Declined { code: refusal.code, reason: refusal.reason, advice: refusal.advice }
}

/// The provider cannot be reached, or its answer was lost.
pub(super) fn unreachable(failure: &Failure) -> Error {
    Error::Declined {
        code: "provider_unavailable",
        reason: format!("WhatsApp cannot be reached ({failure})."),
        advice: "Try again in some minutes; the list shows what became of it.",
    }
}

/// Checks a template and submits it for review.
///
/// # Errors
/// `Forbidden`, `NotFound` when there is no such channel, `Draft` with everything that is wrong, `Exists` when the
/// account has it in this language, `Declined` when the provider refuses, `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewTemplate) -> Result<TemplateView> {
    caller.require(Permission::ChannelManage)?;
    let id = ChannelId(new.channel_id);
    row(app, caller, id).await?;
    let channel = app.channels.get(id).await?.ok_or(Error::NotFound("channel"))?;
    channel.offers(Feature::TemplateWriting)?;
    let tidy = Tidy::new(&new.name, &new.language, &new.category, new.parameter_format.as_deref())
        .tried(new.message_send_ttl_seconds);
    sound(tidy.problems_at(channel.provider, &new.components))?;
    absent(app, &channel, &tidy.name, &tidy.language).await?;
    let mut components = new.components;
    template_sample::bring(app, &channel, &mut components).await?;
    let provider = channel.access(&app.settings);
    let wanted = tidy.whole(&components);
    let known = provider.template_as_read(&wanted).map_err(|refused| unfit(&refused))?;
    let request = provider.create_template(&wanted).map_err(|refused| unfit(&refused))?;
    let answer = ask(app, &channel, request).await?;
    let created = settle(app, &channel, provider.read_created(&answer)).await?;
    let created = submitted(app, &channel, &provider, created, &wanted).await?;
    made(app, caller, &channel, created, &tidy, known).await
}

/// A part that the provider has no words for and no check found.
fn unfit(refused: &Refused) -> Error {
    Error::refused("not_offered_by_provider", refused.to_string())
}

/// Asks for the review where handing over did not. What was refused is taken back: nobody would find it again.
async fn submitted(
    app: &App,
    channel: &Channel,
    provider: &Provider,
    created: Created,
    wanted: &Wanted<'_>,
) -> Result<Created> {
    let Some(request) = provider.submit_template(&created.id, wanted) else { return Ok(created) };
    let answer = ask(app, channel, request).await?;
    match provider.read_submitted(&created.id, &answer) {
        Err(refusal) if !refusal.doubtful => {
            let back = provider.delete_template(wanted.name, Some(&created.id));
            if let Err(failure) = calls::run(app, channel, Priority::Reply, back).await {
                tracing::warn!(channel = %channel.id, id = created.id, %failure, "a refused template stays with the provider");
            }
            Err(declined(refusal))
        }
        told => settle(app, channel, told).await,
    }
}

/// Refuses what the account has already.
pub(super) async fn absent(app: &App, channel: &Channel, name: &str, language: &str) -> Result<()> {
    match find(app, channel, name, language).await? {
        None => Ok(()),
        Some(known) => Err(Error::Exists {
            code: "template_exists",
            detail: format!("The account has {name} in {language} already: edit that one."),
            id: known.id,
        }),
    }
}

/// Keeps what became of a new template.
pub(super) async fn made(
    app: &App,
    caller: &Caller,
    channel: &Channel,
    created: Created,
    tidy: &Tidy,
    components: Value,
) -> Result<TemplateView> {
    let now = app.now();
    let made = TemplateRow {
        workspace_id: channel.workspace.0,
        id: app.store.new_id(now),
        channel_id: channel.id.0,
        waba_id: channel.waba_id.clone(),
        provider_id: created.id,
        name: tidy.name.clone(),
        language: tidy.language.clone(),
        // The provider may have put it into another one.
        category: created.category.unwrap_or_else(|| tidy.category.clone()),
        status: created.status,
        quality: "UNKNOWN".to_owned(),
        parameter_format: tidy.parameter_format.clone(),
        components,
        rejected_reason: None,
        updated_at: now.0,
        ttl_seconds: tidy.ttl_seconds,
        fillings: None,
    };
    save(app, caller, channel, made, None, "template.created").await?;
    // A reading of all templates may have found it first; then it has that row's id.
    find(app, channel, &tidy.name, &tidy.language).await?.map(TemplateView::from).ok_or(Error::NotFound("template"))
}

/// Lets a paused template be sent again.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` when it is not paused, `Declined`, `Store`.
pub async fn unpause(app: &App, caller: &Caller, id: Uuid) -> Result<TemplateView> {
    caller.require(Permission::ChannelManage)?;
    let old = one(app, caller, id).await?;
    if old.status != "PAUSED" {
        let detail = format!("Only a paused template can be resumed; this one is {}.", old.status.to_lowercase());
        return Err(Error::conflict("template_state", detail));
    }
    let channel = channel_of(app, caller, &old).await?;
    let provider = channel.access(&app.settings);
    changed(app, &channel, &provider, provider.unpause_template(&old.provider_id)).await?;
    let row =
        TemplateRow { status: "APPROVED".to_owned(), rejected_reason: None, updated_at: app.now().0, ..old.clone() };
    save(app, caller, &channel, row.clone(), Some(old), "template.unpaused").await?;
    Ok(row.into())
}

/// Asks for a change, where the provider makes any.
async fn changed(app: &App, channel: &Channel, provider: &Provider, request: Option<Request>) -> Result<()> {
    let request = request.ok_or_else(|| not_offered(channel.provider, Feature::TemplateEditing))?;
    let answer = ask(app, channel, request).await?;
    settle(app, channel, provider.read_changed(&answer)).await
}

/// Changes a template, which is reviewed again.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` when its status does not allow it, `Draft`, `Declined`, `Store`.
pub async fn edit(app: &App, caller: &Caller, id: Uuid, patch: TemplatePatch) -> Result<TemplateView> {
    caller.require(Permission::ChannelManage)?;
    let old = one(app, caller, id).await?;
    if patch.category.is_none() && patch.components.is_none() && patch.message_send_ttl_seconds.is_none() {
        return Err(Error::invalid("components", "category or message_send_ttl_seconds must be given"));
    }
    if !may_edit(&old.status) {
        let status = old.status.to_lowercase();
        let detail = format!("Only approved, rejected and paused templates can be edited; this one is {status}.");
        return Err(Error::conflict("template_state", detail));
    }
    let channel = channel_of(app, caller, &old).await?;
    channel.offers(Feature::TemplateEditing)?;
    let category = patch.category.as_deref().unwrap_or(&old.category);
    let tidy = Tidy::new(&old.name, &old.language, category, Some(&old.parameter_format))
        .tried(patch.message_send_ttl_seconds);
    let mut problems = match &patch.components {
        Some(components) => tidy.problems(components),
        None => tidy.problems(&old.components),
    };
    problems.extend(category_change(&old.status, &old.category, &tidy.category));
    sound(problems)?;
    let mut components = patch.components;
    if let Some(components) = &mut components {
        template_sample::bring(app, &channel, components).await?;
    }
    let other = Some(tidy.category.as_str()).filter(|category| *category != old.category);
    let change = Edit { category: other, components: components.as_ref(), ttl_seconds: tidy.ttl_seconds };
    let provider = channel.access(&app.settings);
    changed(app, &channel, &provider, provider.edit_template(&old.provider_id, &change)).await?;
    let row = TemplateRow {
        category: tidy.category,
        components: components.unwrap_or_else(|| old.components.clone()),
        status: "PENDING".to_owned(),
        rejected_reason: None,
        updated_at: app.now().0,
        ttl_seconds: tidy.ttl_seconds.or(old.ttl_seconds),
        ..old.clone()
    };
    save(app, caller, &channel, row.clone(), Some(old), "template.edited").await?;
    Ok(row.into())
}

/// Deletes a template at the provider: this language, or every language of its name. An approved one is still there
/// while messages under way are tried; its name is blocked for 30 days.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` when it is being deleted already, `Declined`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid, all_languages: bool) -> Result<()> {
    caller.require(Permission::ChannelManage)?;
    let row = one(app, caller, id).await?;
    if row.status == "PENDING_DELETION" && !all_languages {
        return Err(Error::conflict("template_state", "This template is being deleted already."));
    }
    let channel = channel_of(app, caller, &row).await?;
    channel.offers(Feature::TemplateWriting)?;
    let read = app.store.workspace(channel.workspace).read();
    let mut doomed = rapport_store::template::by_name(&read, &row.waba_id, &row.name).await?;
    if doomed.len() > 1 && !all_languages {
        channel.offers(Feature::TemplateLanguages)?;
    }
    doomed.retain(|other| all_languages || other.id == id);
    let provider = channel.access(&app.settings);
    let one_only = Some(row.provider_id.as_str()).filter(|_| !all_languages);
    // Each request with what it deletes: a failure in the middle leaves what was deleted before deleted.
    let steps: Vec<(Request, Vec<TemplateRow>)> = if provider.deletes_one_by_one() {
        let one = |row: TemplateRow| (provider.delete_template(&row.name, Some(&row.provider_id)), vec![row]);
        doomed.into_iter().map(one).collect()
    } else {
        vec![(provider.delete_template(&row.name, one_only), doomed)]
    };
    for (request, rows) in steps {
        let answer = ask(app, &channel, request).await?;
        let gone = match provider.read_deleted(&answer) {
            // What the provider no longer has must not stay here.
            Err(refusal) if refusal.code == "template_gone" => true,
            other => settle(app, &channel, other).await.map(|()| !channel.provider.deletes_slowly())?,
        };
        forget(app, caller, &channel, rows, gone).await?;
    }
    Ok(())
}

/// Keeps that these were deleted: what is `gone` is forgotten, an approved one waits for its end otherwise.
async fn forget(app: &App, caller: &Caller, channel: &Channel, doomed: Vec<TemplateRow>, gone: bool) -> Result<()> {
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    for one in doomed {
        if one.status == "APPROVED" && !gone {
            rapport_store::template::set_status(&tx, one.id, "PENDING_DELETION", now).await?;
        } else {
            rapport_store::template::delete(&tx, one.id).await?;
        }
        let (target, note) = (one.id, note(&one, "DELETED"));
        let change = Change { before: Some(json!(TemplateView::from(one))), after: None };
        record(&tx, now, caller, "template.deleted", ("template", target), change).await?;
        told(&tx, channel.id, note, now).await?;
    }
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

/// The account's template of this name and language, as we know it.
async fn find(app: &App, channel: &Channel, name: &str, language: &str) -> Result<Option<TemplateRow>> {
    let read = app.store.workspace(channel.workspace).read();
    let all = rapport_store::template::by_name(&read, &channel.waba_id, name).await?;
    Ok(all.into_iter().find(|row| row.language == language))
}

/// A connected channel of the template's account: the one it was read through may be gone.
async fn channel_of(app: &App, caller: &Caller, template: &TemplateRow) -> Result<Arc<Channel>> {
    let mut able = rows(app, caller).await?;
    able.retain(|channel| channel.waba_id == template.waba_id);
    let own = able.iter().find(|channel| channel.id == template.channel_id).or(able.first());
    let id = own.map(|channel| ChannelId(channel.id)).ok_or(Error::NotFound("channel"))?;
    app.channels.get(id).await?.ok_or(Error::NotFound("channel"))
}

pub(super) async fn ask(app: &App, channel: &Channel, request: Request) -> Result<Response> {
    match calls::run(app, channel, Priority::Reply, request).await {
        Ok(answer) => Ok(answer),
        Err(failure) => {
            look_again(app, channel).await?;
            Err(unreachable(&failure))
        }
    }
}

/// What the provider answered; when that is doubtful, the templates are read again soon.
pub(super) async fn settle<T>(app: &App, channel: &Channel, answer: std::result::Result<T, Refusal>) -> Result<T> {
    match answer {
        Ok(done) => Ok(done),
        Err(refusal) => {
            if refusal.doubtful {
                look_again(app, channel).await?;
            }
            Err(declined(refusal))
        }
    }
}

/// It may have been done all the same: the list is read again soon.
async fn look_again(app: &App, channel: &Channel) -> Result<()> {
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    let job = Job::SyncTemplates { channel_id: channel.id }.row_at(now.plus(MINUTE));
    rapport_store::job::enqueue(&tx, vec![job], now).await?;
    Ok(tx.commit().await?)
}

async fn save(
    app: &App,
    caller: &Caller,
    channel: &Channel,
    row: TemplateRow,
    before: Option<TemplateRow>,
    action: &str,
) -> Result<()> {
    let now = app.now();
    let tx = app.store.workspace(channel.workspace).write().await?;
    rapport_store::template::upsert(&tx, vec![row.clone()]).await?;
    finish(&tx, caller, channel, row, before, action, now).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

async fn finish(
    tx: &WriteTx,
    caller: &Caller,
    channel: &Channel,
    row: TemplateRow,
    before: Option<TemplateRow>,
    action: &str,
    now: Ms,
) -> Result<()> {
    let (target, note) = (row.id, note(&row, &row.status));
    let change = Change {
        before: before.map(|row| json!(TemplateView::from(row))),
        after: Some(json!(TemplateView::from(row))),
    };
    record(tx, now, caller, action, ("template", target), change).await?;
    told(tx, channel.id, note, now).await?;
    // The provider's report of a quick review may have come before this row was here.
    let job = Job::SyncTemplates { channel_id: channel.id }.row_at(now.plus(2 * MINUTE));
    Ok(rapport_store::job::enqueue(tx, vec![job], now).await?)
}

fn note(row: &TemplateRow, status: &str) -> Value {
    json!({ "template": row.name, "language": row.language, "status": status })
}
