//! Handing one message over: upload its file if it has one, make the call, read the answer. The database is only read.

use super::files::{Uploaded, exchange};
use super::limits::urgency;
use super::prepare;
use crate::channel::{Channel, calls};
use crate::route;
use crate::state::App;
use rapport_connectors::http::{self, Request, Response};
use rapport_connectors::provider::{
    ApiError, Kind, Outbound, Registered, RetryClass, SendOutcome, Sending, To, read_send_failure,
};
use rapport_core::Ms;
use rapport_core::contact::identity::IdentityKind;
use rapport_core::guard::Priority;
use rapport_core::inbox::{ContactState, callback};
use rapport_core::message::{Content, Failure};
use rapport_core::route::By;
use rapport_store::outgoing::Outgoing;
use rapport_store::send::{Due, Started};
use rapport_store::template::TemplateRow;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How old a verdict may be when the call is made. Real time, which goes on while a process is stopped; less than a
/// lease, and what a new owner of the lane waits for before it sends.
pub(super) const VERDICT_AGE_MAX: Duration = Duration::from_secs(2);

/// A message whose intent is stored.
pub(super) struct Letter {
    pub due: Due,
    pub out: Outgoing,
    pub channel: Arc<Channel>,
    pub started: Option<Started>,
    /// The moment its verdict and its place in the rates belong to.
    decided_at: Ms,
    decided: Instant,
    wa_id: Option<String>,
    user_id: Option<String>,
}

impl Letter {
    /// A message and the ids its customer can be reached by.
    pub fn new(due: Due, out: Outgoing, channel: Arc<Channel>, contact: &ContactState, now: Ms) -> Self {
        let of = |kind| {
            let mut found = contact.identities.iter().filter(|identity| identity.kind == kind);
            found.next().map(|identity| identity.value.clone())
        };
        let wa_id = of(IdentityKind::WaId).or_else(|| contact.phone.clone());
        let user_id = of(IdentityKind::Bsuid);
        Self { due, out, channel, started: None, decided_at: now, decided: Instant::now(), wa_id, user_id }
    }
}

/// What came back.
pub(super) struct Answer {
    pub due: Due,
    pub channel: Arc<Channel>,
    pub started: Started,
    /// When it was decided that it may go.
    pub decided_at: Ms,
    /// It did not go, and nobody is too fast: it is judged anew then.
    pub not_before: Option<Ms>,
    pub outcome: SendOutcome,
    /// Files that were uploaded on the way.
    pub uploaded: Vec<Uploaded>,
}

/// Why a message was not even handed over.
pub(super) enum Halt {
    /// As if the provider had said so.
    Outcome(SendOutcome),
    /// No call is left for what must be asked before, until then.
    NoCall(Ms),
}

impl From<SendOutcome> for Halt {
    fn from(outcome: SendOutcome) -> Self {
        Self::Outcome(outcome)
    }
}

/// Hands the message over. Always comes back with an answer, `Ambiguous` when none is known.
pub(super) async fn over(app: &App, letter: Letter) -> Answer {
    let started = letter.started.unwrap_or(Started { message: letter.due.message, attempt: 1 });
    let mut uploaded = Vec::new();
    let mut not_before = None;
    let outcome = match ready(app, &letter, &mut uploaded).await {
        // A process that was stopped in between wakes with verdicts and rates of another time, and perhaps without its
        // lane.
        Ok(_) if letter.decided.elapsed() > VERDICT_AGE_MAX => {
            not_before = Some(app.now());
            again("the decision to send it is too old; it is judged anew")
        }
        Ok((content, made)) => call(app, &letter, &content, started, made.as_deref()).await,
        Err(Halt::Outcome(outcome)) => outcome,
        Err(Halt::NoCall(until)) => {
            not_before = Some(until);
            again(&calls::used_up(until))
        }
    };
    let word = match &outcome {
        SendOutcome::Accepted { .. } => "accepted",
        SendOutcome::Rejected { .. } => "rejected",
        SendOutcome::Ambiguous { .. } => "ambiguous",
    };
    metrics::counter!("rapport_sends_total", "outcome" => word).increment(1);
    let Letter { due, channel, decided_at, .. } = letter;
    Answer { due, channel, started, decided_at, not_before, outcome, uploaded }
}

/// What a message needs before it can go: its content with the provider's ids of its files, and the id of what was made
/// for it.
async fn ready(app: &App, letter: &Letter, uploaded: &mut Vec<Uploaded>) -> Result<(Content, Option<String>), Halt> {
    let mut content = letter.out.content.clone();
    let (workspace, away) = (letter.due.workspace, letter.due.home.is_some());
    let who = (letter.channel.as_ref(), urgency(letter.due.priority));
    exchange(app, workspace, who, (&mut content, uploaded), away).await?;
    let made = prepare::ready(app, workspace, who, &content).await?;
    Ok((content, made))
}

/// Makes a call that must come before the message, when one is left for what is so urgent. Nothing was sent, so every
/// failure is safe.
pub(super) async fn ask(app: &App, channel: &Channel, priority: Priority, request: Request) -> Result<Response, Halt> {
    match calls::taken(app, channel, priority).await {
        Ok(None) => {}
        Ok(Some(until)) => return Err(Halt::NoCall(until)),
        Err(error) => return Err(again(&error.to_string()).into()),
    }
    app.http.run(request).await.map_err(|failure| match failure {
        http::Failure::Blocked(why) => never(&why).into(),
        failure => again(&failure.to_string()).into(),
    })
}

/// `made`: the id of what was made at the provider for it.
async fn call(app: &App, letter: &Letter, content: &Content, started: Started, made: Option<&str>) -> SendOutcome {
    let to = match (letter.wa_id.as_deref(), letter.user_id.as_deref()) {
        (Some(number), _) => To::Phone(number),
        (None, Some(id)) => To::UserId(id),
        (None, None) => return never("the customer has neither a number nor a user id"),
    };
    if is_astray(letter.channel.provider, &to) {
        return hopeless("practice customers are written to over the practice channel only, and nobody else is");
    }
    let provider = letter.channel.access(&app.settings);
    let template = match registered(app, letter, content).await {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let text = callback(letter.due.message, u32::try_from(started.attempt).unwrap_or(0));
    let outbound = Outbound { to, content, reply_to: letter.out.reply_to.as_deref(), callback: Some(&text) };
    let template = match made {
        Some(id) => Some(Registered { id, components: &Value::Null }),
        None => template.as_ref().map(|row| Registered { id: &row.provider_id, components: &row.components }),
    };
    let request = match provider.message(&outbound, &Sending { at: app.now(), template }) {
        Ok(request) => request,
        Err(refused) => return hopeless(&refused.to_string()),
    };
    let began = Instant::now();
    let outcome = match app.http.run(request).await {
        Ok(response) => provider.read_send(&response),
        Err(failure) => read_send_failure(&failure),
    };
    let (ms, why) = route::seen(&outcome, i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX));
    app.routes.tell(route::Heard { channel: letter.channel.id, by: By::Send, at: app.now(), ms, why });
    match made {
        Some(id) if provider.unprepared(&outcome) => {
            prepare::lost(app, letter.due.workspace, &letter.channel, id).await
        }
        _ => outcome,
    }
}

/// Whether a message would leave practice, or come into it.
fn is_astray(provider: Kind, to: &To<'_>) -> bool {
    let practises = matches!(to, To::Phone(number) if rapport_core::practice::is_reserved(number));
    practises != (provider == Kind::Practice)
}

/// The template as the provider knows it, for those that send it by an id of theirs.
async fn registered(app: &App, letter: &Letter, content: &Content) -> Result<Option<TemplateRow>, SendOutcome> {
    let Content::Template { name, language, .. } = content else { return Ok(None) };
    if !matches!(letter.channel.provider, Kind::Twilio | Kind::Gateway) {
        return Ok(None);
    }
    let read = app.store.workspace(letter.due.workspace).read();
    let rows = rapport_store::template::by_name(&read, &letter.channel.waba_id, name).await;
    let rows = rows.map_err(|error| again(&error.to_string()))?;
    Ok(rows.into_iter().find(|row| row.language == *language))
}

/// What a call before the send was refused with: nothing went out, so what would be waited for is tried again.
pub(super) fn unsent(error: &ApiError) -> SendOutcome {
    SendOutcome::Rejected {
        failure: error.failure(),
        class: if error.class == RetryClass::WaitStatus { RetryClass::SafeRetry } else { error.class },
        retry_after: error.retry_after,
    }
}

/// The message cannot be sent as it is, and would fail again.
pub(super) fn hopeless(detail: &str) -> SendOutcome {
    refused(Failure::HOPELESS, detail)
}

/// Nothing is wrong with the message, but a person must mend what is around it: then the same one may be tried again.
pub(super) fn never(detail: &str) -> SendOutcome {
    refused(0, detail)
}

fn refused(code: i64, detail: &str) -> SendOutcome {
    let failure = Failure { code, detail: detail.to_owned() };
    SendOutcome::Rejected { failure, class: RetryClass::Never, retry_after: None }
}

pub(super) fn again(detail: &str) -> SendOutcome {
    let failure = Failure { code: 0, detail: detail.to_owned() };
    SendOutcome::Rejected { failure, class: RetryClass::SafeRetry, retry_after: None }
}
