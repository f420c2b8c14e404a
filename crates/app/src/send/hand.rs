//! Handing one message over: upload its file if it has one, make the call, read the answer. No database in here.

use crate::channel::Channel;
use crate::state::App;
use rapport_connectors::http::Failure as HttpFailure;
use rapport_connectors::whatsapp::media::{self, Source};
use rapport_connectors::whatsapp::outcome::{read_send_failure, read_send_response};
use rapport_connectors::whatsapp::send::{Outbound, To, message};
use rapport_connectors::whatsapp::{RetryClass, SendOutcome};
use rapport_core::contact::identity::IdentityKind;
use rapport_core::inbox::{ContactState, callback};
use rapport_core::message::{Content, Failure};
use rapport_core::{MediaId, Ms};
use rapport_store::outgoing::Outgoing;
use rapport_store::send::{Due, Started};
use std::sync::Arc;

/// A message whose intent is stored.
pub(super) struct Letter {
    pub due: Due,
    pub out: Outgoing,
    pub channel: Arc<Channel>,
    pub started: Option<Started>,
    wa_id: Option<String>,
    user_id: Option<String>,
}

impl Letter {
    /// A message and the ids its customer can be reached by.
    pub fn new(due: Due, out: Outgoing, channel: Arc<Channel>, contact: &ContactState) -> Self {
        let of = |kind| {
            let mut found = contact.identities.iter().filter(|identity| identity.kind == kind);
            found.next().map(|identity| identity.value.clone())
        };
        let wa_id = of(IdentityKind::WaId).or_else(|| contact.phone.clone());
        let user_id = of(IdentityKind::Bsuid);
        Self { due, out, channel, started: None, wa_id, user_id }
    }
}

/// What came back.
pub(super) struct Answer {
    pub due: Due,
    pub channel: Arc<Channel>,
    pub started: Started,
    pub outcome: SendOutcome,
    /// A file that was uploaded on the way: our id, the provider's, and when that expires.
    pub uploaded: Option<(MediaId, String, Ms)>,
}

/// Hands the message over. Always comes back with an answer, `Ambiguous` when none is known.
pub(super) async fn over(app: &App, letter: Letter) -> Answer {
    let started = letter.started.unwrap_or(Started { message: letter.due.message, attempt: 1 });
    let mut content = letter.out.content.clone();
    let mut uploaded = None;
    let outcome = match upload(app, &letter, &mut content).await {
        Ok(done) => {
            uploaded = done;
            call(app, &letter, &content, started).await
        }
        Err(outcome) => outcome,
    };
    let word = match &outcome {
        SendOutcome::Accepted { .. } => "accepted",
        SendOutcome::Rejected { .. } => "rejected",
        SendOutcome::Ambiguous { .. } => "ambiguous",
    };
    metrics::counter!("rapport_sends_total", "outcome" => word).increment(1);
    Answer { due: letter.due, channel: letter.channel, started, outcome, uploaded }
}

async fn call(app: &App, letter: &Letter, content: &Content, started: Started) -> SendOutcome {
    let to = match (letter.wa_id.as_deref(), letter.user_id.as_deref()) {
        (Some(number), _) => To::Phone(number),
        (None, Some(id)) => To::UserId(id),
        (None, None) => return never("the customer has neither a number nor a user id"),
    };
    let text = callback(letter.due.message, u32::try_from(started.attempt).unwrap_or(0));
    let outbound =
        Outbound { to, content, reply_to: letter.out.reply_to.as_deref(), callback: Some(&text) };
    let request = match message(&letter.channel.api(), &letter.channel.phone_number_id, &outbound) {
        Ok(request) => request,
        Err(invalid) => return never(&invalid.to_string()),
    };
    match app.http.run(request).await {
        Ok(response) => read_send_response(&response),
        Err(failure) => read_send_failure(&failure),
    }
}

/// Uploads the file when the provider does not have it. A second upload does no harm, so every failure is safe.
async fn upload(
    app: &App,
    letter: &Letter,
    content: &mut Content,
) -> Result<Option<(MediaId, String, Ms)>, SendOutcome> {
    let Content::Media(file) = content else { return Ok(None) };
    let Some(id) = file.media_id.map(MediaId).filter(|_| file.provider_media_id.is_none()) else { return Ok(None) };
    let read = app.store.workspace(letter.due.workspace).read();
    let row = match rapport_store::media::get(&read, id).await {
        Ok(Some(row)) => row,
        Ok(None) => return Err(never("the file was removed")),
        Err(error) => return Err(again(&error.to_string())),
    };
    if let (Some(known), Some(expires)) = (&row.provider_media_id, row.expires_at)
        && app.now().0 < expires
    {
        file.provider_media_id = Some(known.clone());
        return Ok(None);
    }
    let path = crate::media::path(&app.settings.data_dir, row.sha256.as_deref().unwrap_or_default());
    let name = row.filename.clone().unwrap_or_else(|| "file".to_owned());
    let boundary = app.ids.uuid(app.now()).simple().to_string();
    let source = Source::File(path);
    let request =
        media::upload(&letter.channel.api(), &letter.channel.phone_number_id, &row.mime, &name, source, &boundary)
            .map_err(|invalid| never(&invalid.to_string()))?;
    let response = match app.http.run(request).await {
        Ok(response) => response,
        Err(HttpFailure::Blocked(why)) => return Err(never(&why)),
        Err(failure) => return Err(again(&failure.to_string())),
    };
    let provider_id = media::read_upload(&response).map_err(|error| SendOutcome::Rejected {
        failure: error.failure(),
        class: if error.class == RetryClass::WaitStatus { RetryClass::SafeRetry } else { error.class },
        retry_after: error.retry_after,
    })?;
    file.provider_media_id = Some(provider_id.clone());
    // Valid for 30 days (`whatsapp-cloud-api.md` §7); one day less for safety.
    Ok(Some((id, provider_id, app.now().plus(29 * rapport_core::time::DAY))))
}

fn never(detail: &str) -> SendOutcome {
    let failure = Failure { code: 0, detail: detail.to_owned() };
    SendOutcome::Rejected { failure, class: RetryClass::Never, retry_after: None }
}

fn again(detail: &str) -> SendOutcome {
    let failure = Failure { code: 0, detail: detail.to_owned() };
    SendOutcome::Rejected { failure, class: RetryClass::SafeRetry, retry_after: None }
}
