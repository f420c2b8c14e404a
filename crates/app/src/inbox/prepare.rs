//! Making a client's content ready: is it of a kind that can be sent, does it say everything, is it within the
//! provider's limits, does its file exist, does it fit its template. Whatever is wrong is told with the field's name.

use crate::channel::{Channel, template_fill};
use crate::error::{Error, Result};
use crate::media::inside;
use crate::shop::about::Hint;
use rapport_connectors::provider::{Feature, Kind};
use rapport_core::message::check::{self, Problem, file};
use rapport_core::message::{Content, Direction, Media, MediaKind};
use rapport_core::rule::What;
use rapport_core::{ContactId, ConversationId, MediaId, MessageId, Ms, template};
use rapport_store::Read;
use rapport_store::query::thread::{self, Line};
use uuid::Uuid;

/// A content ready to be judged and stored.
pub(crate) struct Prepared {
    /// What is said.
    pub content: Content,
    /// The message it answers or reacts to: ours, and the provider's id.
    pub target: Option<(MessageId, Option<String>)>,
    /// When that was said, for reactions.
    pub target_at: Option<Ms>,
    /// The file it carries.
    pub media: Option<MediaId>,
    /// The event it is about.
    pub event: Option<String>,
}

impl Prepared {
    fn of(content: Content) -> Self {
        Self { content, target: None, target_at: None, media: None, event: None }
    }
}

/// To whom something is said, when, and what about.
#[derive(Clone, Copy)]
pub(crate) struct To<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The customer.
    pub contact: ContactId,
    /// Now.
    pub now: Ms,
    /// What happened that it tells of, when a rule sends it.
    pub about: Option<&'a What>,
    /// The run of a rule whose code is told.
    pub run: Option<Uuid>,
}

/// Longest name of an event.
const EVENT: usize = 100;

/// The event that a client says a message is about.
///
/// # Errors
/// `Invalid` naming the field.
pub(crate) fn event(given: Option<String>) -> Result<Option<String>> {
    let Some(event) = given.map(|event| event.trim().to_owned()) else { return Ok(None) };
    if event.is_empty() || event.chars().count() > EVENT || event.chars().any(char::is_control) {
        return Err(Error::invalid("event", format!("must have 1 to {EVENT} characters, none of them a control one")));
    }
    Ok(Some(event))
}

/// Prepares what a client wants to say in a conversation.
///
/// # Errors
/// `Invalid` naming the field, `Refused` `not_offered_by_provider`, `Store`.
pub(crate) async fn prepare(
    read: &Read,
    channel: &Channel,
    place: To<'_>,
    content: Content,
    reply_to: Option<Uuid>,
) -> Result<Prepared> {
    carried(channel, &content)?;
    let mut prepared = Prepared::of(content);
    if let Some(id) = reply_to {
        channel.offers(Feature::Quotes)?;
        let line = line(read, place.conversation, id, "reply_to").await?;
        if matches!(line.row.direction.as_str(), "note" | "event") {
            return Err(Error::invalid("reply_to", "names a line that the customer does not see"));
        }
        prepared.target = Some((MessageId(id), line.row.provider_id));
    }
    inside::claim(&mut prepared.content);
    files_exist(read, &prepared.content).await?;
    complete(read, channel, place, &mut prepared).await?;
    within_limits(channel.provider, &prepared.content)?;
    Ok(prepared)
}

/// The same, for a preview: what is not complete yet is judged as it is.
///
/// # Errors
/// `Store`.
pub(crate) async fn prepare_loosely(
    read: &Read,
    channel: &Channel,
    place: To<'_>,
    content: Content,
) -> Result<Prepared> {
    let mut prepared = Prepared::of(content);
    inside::claim(&mut prepared.content);
    match complete(read, channel, place, &mut prepared).await {
        Ok(()) | Err(Error::Invalid { .. }) => Ok(prepared),
        Err(error) => Err(error),
    }
}

/// Adds what is known here: the file, the blanks of a template, the message a reaction is about.
async fn complete(read: &Read, channel: &Channel, place: To<'_>, prepared: &mut Prepared) -> Result<()> {
    match &mut prepared.content {
        Content::Media(file) => prepared.media = Some(complete_file(read, file).await?),
        Content::Template { name, language, components, preview } => {
            *preview = Some(rendered(read, channel, place, (name, language), components).await?);
        }
        Content::Reaction { .. } => find_target(read, place.conversation, prepared).await?,
        _ => {}
    }
    Ok(())
}

/// A message of the conversation.
async fn line(read: &Read, conversation: ConversationId, id: Uuid, field: &'static str) -> Result<Line> {
    let found = thread::by_id(read, &[MessageId(id)]).await?.pop();
    let own = found.filter(|line| line.row.conversation_id == conversation.0);
    own.ok_or_else(|| Error::invalid(field, "names no message of this conversation"))
}

async fn complete_file(read: &Read, media: &mut Media) -> Result<MediaId> {
    let id = media.media_id.ok_or_else(|| Error::invalid("content.media_id", "must name an uploaded file"))?;
    let row = rapport_store::media::get(read, MediaId(id)).await?;
    let row = row.ok_or_else(|| Error::invalid("content.media_id", "names a file that does not exist"))?;
    if row.state != "stored" {
        return Err(Error::invalid("content.media_id", "names a file that is not stored"));
    }
    // What is inside a recording was looked at when it came as a voice note, not otherwise.
    if media.kind == MediaKind::Voice && row.kind != MediaKind::Voice.code() {
        return Err(Error::invalid("content.media_id", "was not uploaded as a voice note (kind=voice)"));
    }
    // A sticker this large was only taken because it moves.
    let still = i64::try_from(file::max_size(MediaKind::Sticker, false)).unwrap_or(i64::MAX);
    media.animated = row.kind == MediaKind::Sticker.code() && (media.animated || row.size > still);
    media.provider_media_id = None;
    media.mime = Some(row.mime);
    media.size = Some(row.size);
    media.sha256 = row.sha256;
    media.filename = media.filename.take().filter(|name| !name.trim().is_empty()).or(row.filename);
    Ok(MediaId(id))
}

/// The files in headers must be there, and be what the header shows.
async fn files_exist(read: &Read, content: &Content) -> Result<()> {
    let field = if content.kind() == "template" { "content.components.header" } else { "content.header" };
    for (id, kind) in inside::files(content) {
        let row = rapport_store::media::get(read, MediaId(id)).await?.filter(|row| row.state == "stored");
        let row = row.ok_or_else(|| Error::invalid(field, "names a file that does not exist"))?;
        let kind = match kind {
            "image" => MediaKind::Image,
            "video" => MediaKind::Video,
            _ => MediaKind::Document,
        };
        let size = u64::try_from(row.size).unwrap_or(0);
        if let Some(problem) = file::check(kind, &row.mime, size, false) {
            return Err(Error::Limits(vec![Problem { field: field.to_owned(), ..problem }]));
        }
    }
    Ok(())
}

/// A reaction names our message; the provider wants its own id.
async fn find_target(read: &Read, conversation: ConversationId, prepared: &mut Prepared) -> Result<()> {
    const FIELD: &str = "content.target";
    let Content::Reaction { target, .. } = &mut prepared.content else { return Ok(()) };
    let id: Uuid = target.parse().map_err(|_| Error::invalid(FIELD, "must be the id of a message"))?;
    let line = line(read, conversation, id, FIELD).await?;
    let provider_id = line.row.provider_id.filter(|_| line.row.direction != Direction::Note.code());
    let provider_id = provider_id.ok_or_else(|| Error::invalid(FIELD, "has not reached the customer"))?;
    target.clone_from(&provider_id);
    prepared.target = Some((MessageId(id), Some(provider_id)));
    prepared.target_at = Some(Ms(line.row.at));
    Ok(())
}

/// Finds the template, fills what was left out, holds the parameters against it, and renders what the customer will read.
async fn rendered(
    read: &Read,
    channel: &Channel,
    place: To<'_>,
    (name, language): (&str, &str),
    components: &mut serde_json::Value,
) -> Result<String> {
    let rows = rapport_store::template::by_name(read, &channel.waba_id, name).await?;
    if rows.is_empty() {
        return Err(Error::invalid("content.name", "names no template of this account; synchronise templates"));
    }
    let row = rows.iter().find(|row| row.language == language).ok_or_else(|| {
        let there: Vec<&str> = rows.iter().map(|row| row.language.as_str()).collect();
        Error::invalid("content.language", format!("does not exist for this template, only {}", there.join(", ")))
    })?;
    let definition = template::parse(&row.components, Some(&row.parameter_format), &row.category)
        .map_err(|error| Error::invalid("content.name", format!("names a template that cannot be sent: {error}")))?;
    // Left out is not the same as an empty list, which says that nothing is to be filled in.
    if components.is_null() && !template::variables(&definition).is_empty() {
        let hint = place.about.map_or_else(Hint::default, |what| Hint::of(what, ""));
        let moment = (place.now, Hint { run: place.run, ..hint });
        *components = template_fill::components(read, place.contact, row, &definition, moment).await?;
    }
    template::check(&definition, components).map_err(|mismatch| {
        let detail = format!("needs {}, not {}", mismatch.expected, mismatch.got);
        Error::invalid(format!("content.components.{}", mismatch.component), detail)
    })?;
    Ok(template::render(&definition, components))
}

/// A kind that the number's provider does not carry is refused before anybody waits for it.
fn carried(channel: &Channel, content: &Content) -> Result<()> {
    channel.provider.carries(content).map_err(|unsupported| {
        let detail = format!("{unsupported}. Write it as text or a file, or use another number.");
        Error::refused("not_offered_by_provider", detail)
    })
}

/// Everything the provider would refuse, under the names the request has for it.
fn within_limits(provider: Kind, content: &Content) -> Result<()> {
    let common = check::content(content);
    // The narrower limit is the one to be told.
    let own = provider.too_long(content);
    let problems: Vec<Problem> = own
        .map_or(common, |problem| vec![problem])
        .into_iter()
        .map(|problem| Problem { field: format!("content.{}", problem.field), ..problem })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Limits(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_named_as_the_request_names_them() {
        let cases = [
            (json!({ "type": "text", "body": "" }), "content.body"),
            (json!({ "type": "text", "body": "x".repeat(4097) }), "content.body"),
            (json!({ "type": "location", "latitude": 91.0, "longitude": 0.0 }), "content.latitude"),
            (json!({ "type": "contacts", "cards": [] }), "content.cards"),
            (json!({ "type": "note", "body": "x" }), "content.type"),
            (json!({ "type": "reaction", "target": "wamid.1", "emoji": "word" }), "content.emoji"),
        ];
        for (json, expected) in cases {
            let content: Content = serde_json::from_value(json.clone()).unwrap();
            match within_limits(Kind::Meta, &content) {
                Err(Error::Limits(problems)) => assert_eq!(problems[0].field, expected, "{json}"),
                other => panic!("{json}: {other:?}"),
            }
        }
        let fine: Content = serde_json::from_value(json!({ "type": "text", "body": "hello" })).unwrap();
        assert!(within_limits(Kind::Meta, &fine).is_ok());
        let long: Content = serde_json::from_value(json!({ "type": "text", "body": "x".repeat(5_000) })).unwrap();
        for (provider, limit) in [(Kind::Meta, "4096"), (Kind::Twilio, "1600")] {
            let Err(Error::Limits(problems)) = within_limits(provider, &long) else { panic!("{provider:?}") };
            assert_eq!((problems.len(), problems[0].limit.as_str()), (1, limit), "{provider:?}");
        }
    }
}
