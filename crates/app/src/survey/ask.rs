//! Asks a customer how satisfied they are, once a resolution: a list inside the service window, a template outside.

use crate::auth::Caller;
use crate::channel::template_fill;
use crate::error::{Error, Result};
use crate::inbox::Rooms;
use crate::inbox::send::{MOVED_ON, SendRequest, send_while};
use crate::jobs::Outcome;
use crate::shop::about::Hint;
use crate::state::App;
use rapport_core::contact::Window;
use rapport_core::inbox::{ConversationState, ConversationStatus};
use rapport_core::message::Content;
use rapport_core::routing::{Skip, SurveySettings, may_ask, question, reply_id, typed_score};
use rapport_core::template::ButtonKind;
use rapport_core::{ContactId, ConversationId, Ms, WorkspaceId};
use rapport_store::conversation::ConversationRow;
use rapport_store::query::contact_page;
use rapport_store::survey::{self, SurveyRow};
use rapport_store::{Read, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

/// Being asked: the row is there, the message may not be.
const ASKING: &str = "asking";
/// Asked; no answer yet.
pub(super) const ASKED: &str = "asked";
/// Answered.
pub(super) const ANSWERED: &str = "answered";
/// Not asked.
const SKIPPED: &str = "skipped";

/// Asks after a resolution, unless there is a reason not to. A repeat of an interrupted run goes on where that one was:
/// the survey's id is the message's own id for its client, so the question is sent once.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, id: ConversationId, resolved_at: Ms) -> Result<Outcome> {
    let scope = app.store.workspace(workspace);
    let read = scope.read();
    let Some(row) = rapport_store::conversation::get(&read, id).await? else { return Ok(Outcome::Done) };
    let id = ConversationId(row.id);
    let known = survey::of_resolution(&read, id, resolved_at).await?;
    if known.as_ref().is_some_and(|known| known.state != ASKING) {
        return Ok(Outcome::Done);
    }
    let settings = app.channels.care(workspace).await?.survey;
    let begun = match known {
        Some(known) => known,
        None => {
            let contact = ContactId(row.contact_id);
            let asked = may_ask(&settings, survey::last_asked(&read, contact).await?, app.now());
            let over = row.status == "resolved" && row.resolved_at == Some(resolved_at.0);
            match asked.and(if over { Ok(()) } else { Err(Skip::Reopened) }) {
                // Whoever switched it off, or a customer who went on writing, needs no line about it.
                Err(Skip::Off | Skip::Reopened) => return Ok(Outcome::Done),
                Err(skip) => {
                    keep(app, &scope, new(&scope, app.now(), &row, resolved_at, Some(skip))).await?;
                    return Ok(Outcome::Done);
                }
                Ok(()) => keep(app, &scope, new(&scope, app.now(), &row, resolved_at, None)).await?,
            }
        }
    };
    let asked = put(app, &read, &settings, &row, begun).await?;
    let tx = scope.write().await?;
    survey::settle(&tx, asked).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

fn new(scope: &Scope, now: Ms, row: &ConversationRow, resolved_at: Ms, skip: Option<Skip>) -> SurveyRow {
    SurveyRow {
        workspace_id: scope.workspace().0,
        id: scope.store().new_id(now),
        conversation_id: row.id,
        contact_id: row.contact_id,
        channel_id: row.channel_id,
        agent_id: row.assignee_id,
        resolved_at: resolved_at.0,
        state: if skip.is_some() { SKIPPED } else { ASKING }.to_owned(),
        reason: skip.map(|skip| skip.code().to_owned()),
        via: None,
        message_id: None,
        // From now on an answer counts, and nobody else asks.
        asked_at: skip.is_none().then_some(now.0),
        score: None,
        scored_at: None,
        comment: None,
        commented_at: None,
        created_at: now.0,
    }
}

async fn keep(app: &App, scope: &Scope, row: SurveyRow) -> Result<SurveyRow> {
    let tx = scope.write().await?;
    survey::insert(&tx, row.clone()).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(row)
}

/// Sends the question, if the conversation still is as it was resolved: a run that was interrupted may go on much later.
/// What the guard or the template refuses is kept as the reason.
async fn put(
    app: &App,
    read: &Read,
    settings: &SurveySettings,
    row: &ConversationRow,
    mut survey: SurveyRow,
) -> Result<SurveyRow> {
    let inside = Window::new(row.window_expires_at.map(Ms)).is_open(app.now());
    let content = if inside {
        let contact = contact_page::get(read, ContactId(row.contact_id)).await?;
        let language = contact.and_then(|contact| contact.language);
        Ok(question(settings, survey.id, language.as_deref()))
    } else {
        template(app, read, settings, row, survey.id).await
    };
    let skip = |mut survey: SurveyRow, skip: Skip| {
        survey.state = SKIPPED.to_owned();
        survey.reason = Some(skip.code().to_owned());
        survey.asked_at = None;
        survey
    };
    let content = match content {
        Ok(content) => content,
        Err(Some(error)) => return Err(error),
        Err(None) => return Ok(skip(survey, Skip::NoTemplate)),
    };
    let caller = Caller { name: "Rapport".to_owned(), ..Caller::system(read.workspace()) };
    let request = SendRequest::plain(Some(format!("survey:{}", survey.id)), content);
    let end = Some(Ms(survey.resolved_at));
    let over = |known: &ConversationState| known.status == ConversationStatus::Resolved && known.resolved_at == end;
    match send_while(app, &caller, ConversationId(row.id), request, &over).await {
        Ok(written) => {
            survey.state = ASKED.to_owned();
            survey.via = Some(if inside { "list" } else { "template" }.to_owned());
            survey.message_id = Some(written.message.id);
            Ok(survey)
        }
        Err(Error::Judged { .. } | Error::Refused { .. } | Error::Invalid { .. } | Error::Limits(_)) => {
            Ok(skip(survey, Skip::Refused))
        }
        Err(Error::Conflict { code: MOVED_ON, .. }) => Ok(skip(survey, Skip::Reopened)),
        Err(Error::NotFound(noun)) if noun == Rooms::NOUN => Ok(skip(survey, Skip::Reopened)),
        Err(error) => Err(error),
    }
}

/// The chosen template with our ids on the buttons that say a score; `Err(None)` when none can be used.
async fn template(
    app: &App,
    read: &Read,
    settings: &SurveySettings,
    row: &ConversationRow,
    survey: Uuid,
) -> std::result::Result<Content, Option<Error>> {
    let chosen = settings.template.as_ref().ok_or(None)?;
    let channel = app.channels.get(row.channel_id.into()).await.map_err(Some)?.ok_or(None)?;
    let rows = rapport_store::template::by_name(read, &channel.waba_id, &chosen.name).await;
    let rows = rows.map_err(|error| Some(Error::from(error)))?;
    let found = rows.iter().find(|row| row.language == chosen.language).ok_or(None)?;
    let definition = template_fill::definition(found).map_err(|_| None)?;
    let moment = (app.now(), Hint::default());
    let filled = template_fill::components(read, ContactId(row.contact_id), found, &definition, moment).await;
    let mut components = match filled {
        Ok(components) => components.as_array().cloned().unwrap_or_default(),
        // A blank that nothing fills.
        Err(Error::Invalid { .. }) => return Err(None),
        Err(error) => return Err(Some(error)),
    };
    let scores = definition.buttons.iter().enumerate().filter(|(_, button)| button.kind == ButtonKind::QuickReply);
    for (at, score) in scores.filter_map(|(at, button)| Some((at, typed_score(&button.text)?))) {
        components.push(button(at, &reply_id(survey, score)));
    }
    Ok(Content::Template {
        name: chosen.name.clone(),
        language: chosen.language.clone(),
        components: Value::Array(components),
        preview: None,
    })
}

fn button(at: usize, payload: &str) -> Value {
    json!({
        "type": "button",
        "sub_type": "quick_reply",
        "index": at.to_string(),
        "parameters": [{ "type": "payload", "payload": payload }],
    })
}
