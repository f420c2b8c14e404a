//! Messages that have not gone out: planned for later, changed, taken back.
//!
//! The rule is one: what was handed over, or may have been, is never changed. A message whose try certainly did not reach
//! the provider is as free as one that was never tried. Whether the sender was quicker is decided where both meet, in
//! the lane's transaction.

use super::command::{Actor, Draft, blank};
use super::message::{PREVIEW_CHARS, answered, created, one_line};
use super::people::feed;
use super::sending::{Step, step};
use super::state::{Change, Context, ConversationState, Decision, FeedEvent, MessageState, Outcome};
use crate::Ms;
use crate::message::{Content, Direction, Failure, Status};
use serde_json::json;
use uuid::Uuid;

/// Furthest that a message may be planned ahead, in milliseconds: a year.
pub const FURTHEST: i64 = 366 * crate::time::DAY;

/// Why a message cannot be changed or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// A try is under way, or its answer was lost.
    #[error("The message is being sent, or may have gone out. It cannot be changed any more.")]
    OnItsWay,
    /// The provider has it.
    #[error("The message has gone out. It cannot be changed any more.")]
    GoneOut,
    /// It was taken back before.
    #[error("The message was taken back.")]
    Withdrawn,
    /// It is a customer's, a note, an event or a reaction.
    #[error("Only messages to the customer that have not gone out can be changed.")]
    NotThis,
}

impl Barred {
    /// The stable word for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OnItsWay => "on_its_way",
            Self::GoneOut => "gone_out",
            Self::Withdrawn => "withdrawn",
            Self::NotThis => "not_changeable",
        }
    }
}

/// Whether a message may be changed or taken back. `may_be_out`: one of its tries reached the provider, or may have.
///
/// # Errors
/// Why not.
pub fn may_change(message: &MessageState, kind: &str, may_be_out: bool) -> Result<(), Barred> {
    if message.direction != Direction::Out || kind == "reaction" {
        return Err(Barred::NotThis);
    }
    match message.status {
        Status::Withdrawn => Err(Barred::Withdrawn),
        Status::Sending | Status::Unknown => Err(Barred::OnItsWay),
        Status::Sent | Status::Delivered | Status::Read => Err(Barred::GoneOut),
        _ if message.provider_id.is_some() || may_be_out => Err(Barred::GoneOut),
        Status::Scheduled | Status::Queued | Status::Held | Status::Failed | Status::Refused => Ok(()),
        Status::Received | Status::Note | Status::Event => Err(Barred::NotThis),
    }
}

/// Whether a changed message still is the same thing: words may change, what it is may not. Names the value at fault.
///
/// # Errors
/// The field that must stay.
pub fn same_thing(old: &Content, new: &Content) -> Result<(), &'static str> {
    match (old, new) {
        (Content::Media(old), Content::Media(new)) if old.kind != new.kind => Err("content.kind"),
        (Content::Media(old), Content::Media(new)) if old.media_id != new.media_id => Err("content.media_id"),
        (Content::Template { name: old, .. }, Content::Template { name: new, .. }) if old != new => Err("content.name"),
        (Content::Template { language: old, .. }, Content::Template { language: new, .. }) if old != new => {
            Err("content.language")
        }
        (Content::Interactive { kind: old, .. }, Content::Interactive { kind: new, .. }) if old != new => {
            Err("content.kind")
        }
        _ if old.kind() != new.kind() => Err("content.type"),
        _ => Ok(()),
    }
}

/// When a changed message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As it was planned; what failed goes now.
    Kept,
    /// As soon as the guard lets it.
    Now,
    /// Not before this moment.
    At(Ms),
}

/// A message as it stands after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// What changes.
    pub changes: Vec<Change>,
    /// Its new place in the thread, when it has one.
    pub at: Option<Ms>,
}

/// What is around a message that is changed.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Its conversation.
    pub conversation: &'a ConversationState,
    /// What it says until now.
    pub content: &'a Content,
    /// It has a moment of its own, whether that has come or not.
    pub planned: bool,
    /// The business has said something else since the customer wrote last.
    pub answered: bool,
}

/// A message planned for a later moment: it stands in the thread where it will go, and neither answers the customer nor
/// becomes the newest line before.
pub fn plan(
    known: &ConversationState,
    draft: Draft,
    at: Ms,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let mut line = blank(known, actor, draft.content, context, fresh);
    line.at = at;
    line.status = Status::Scheduled;
    line.client_id = draft.client_id;
    line.media_id = draft.media_id;
    if let Some((id, provider_id)) = draft.reply_to {
        line.reply_to_id = Some(id);
        line.reply_to_provider_id = provider_id;
    }
    let told = FeedEvent { at: context.now, ..created(&line) };
    let outcome = Outcome::Message(line.id);
    Decision { changes: vec![Change::Feed(told), Change::InsertMessage(line)], effects: Vec::new(), outcome }
}

/// Changes a message that [`may_change`]. `content`: what it says from now on, when that is something else.
#[must_use]
pub fn rewrite(
    message: &MessageState,
    around: &Around<'_>,
    content: Option<Content>,
    when: When,
    now: Ms,
) -> Rewritten {
    let mut row = message.clone();
    let mut conversation = around.conversation.clone();
    let failed = matches!(message.status, Status::Failed | Status::Refused);
    let goes_now = match when {
        When::At(_) => false,
        When::Now => true,
        When::Kept => failed,
    };
    row.status = match when {
        When::At(_) => Status::Scheduled,
        When::Kept if message.status == Status::Scheduled => Status::Scheduled,
        _ => Status::Queued,
    };
    row.status_at = Some(now);
    (row.failed_at, row.failure) = (None, None);
    let words = content.as_ref().unwrap_or(around.content);
    let preview = one_line(&words.text(), PREVIEW_CHARS);
    let kind = words.kind();
    let shows_anew = goes_now && (failed || around.planned);
    if shows_anew {
        answered(&mut conversation, now);
        stand(&mut conversation, &row, kind, &preview, now);
    } else if conversation.last_message_id == Some(row.id) {
        conversation.last_preview.clone_from(&preview);
        conversation.last_status = row.status;
    }
    if matches!(when, When::At(_)) && !around.planned {
        // It answered when it was written; now it does not for a while.
        waits_again(&mut conversation, around.answered);
    }
    if content.is_some() {
        (row.content, row.preview) = (content, Some(preview));
    }
    let at = match when {
        When::At(at) => Some(at),
        _ => shows_anew.then_some(now),
    };
    Rewritten { changes: told(row, around.conversation, conversation, now), at }
}

/// Takes a message back that [`may_change`]: it stays in the thread as a trace and never goes. `why`: what did it, when it
/// was not a person.
#[must_use]
pub fn withdraw(message: &MessageState, around: &Around<'_>, why: Option<&str>, now: Ms) -> Vec<Change> {
    let mut row = message.clone();
    row.status = Status::Withdrawn;
    row.status_at = Some(now);
    row.failed_at = None;
    row.failure = why.map(|detail| Failure { code: 0, detail: detail.to_owned() });
    let mut conversation = around.conversation.clone();
    if conversation.last_message_id == Some(row.id) {
        conversation.last_status = row.status;
    }
    if !around.planned {
        waits_again(&mut conversation, around.answered);
    }
    told(row, around.conversation, conversation, now)
}

/// The moment of a planned message has come: handed over it takes its place among what was really said; refused it stands
/// there too, where somebody sees it, and answers nobody. Whatever else happens to it, it goes on waiting.
#[must_use]
pub fn come_due(message: &MessageState, around: &Around<'_>, said: &Step, now: Ms) -> Vec<Change> {
    if !takes_place(said) {
        return step(message, Some(around.conversation), said, now);
    }
    let mut conversation = around.conversation.clone();
    if *said == Step::Started {
        answered(&mut conversation, now);
    }
    let preview = one_line(&around.content.text(), PREVIEW_CHARS);
    stand(&mut conversation, message, around.content.kind(), &preview, now);
    let mut changes = step(message, Some(&conversation), said, now);
    if !changes.is_empty() && conversation.last_message_id != Some(message.id) {
        // Something newer stands there; that it answers is true all the same.
        conversation.updated_at = now;
        changes.push(Change::UpdateConversation(conversation));
    }
    changes
}

/// Whether a step gives a planned message its final place in the thread.
#[must_use]
pub fn takes_place(said: &Step) -> bool {
    matches!(said, Step::Started | Step::Refused)
}

/// What a message that heeds the customer is written after: the last they said in its chat, in whichever conversation.
/// Not the moment of writing, because providers tell time in whole seconds and an answer within the same second would
/// seem older.
#[must_use]
pub fn heeds(last_said: Option<Ms>) -> Ms {
    last_said.unwrap_or(Ms(0))
}

/// Why a planned message is not sent although its moment has come: the customer wrote after `heed_since`, and somebody
/// wanted it only if they did not. `last_said` is as for [`heeds`]: who writes after a while begins a new conversation, and
/// has written all the same.
#[must_use]
pub fn overtaken(last_said: Option<Ms>, heed_since: Option<Ms>) -> bool {
    heed_since.zip(last_said).is_some_and(|(since, said)| said > since)
}

/// It is the newest line from now on.
fn stand(conversation: &mut ConversationState, row: &MessageState, kind: &str, preview: &str, now: Ms) {
    if conversation.last_message_id.is_some() && conversation.last_message_at > now {
        return;
    }
    conversation.last_message_at = now;
    conversation.last_message_id = Some(row.id);
    conversation.last_direction = Direction::Out;
    kind.clone_into(&mut conversation.last_kind);
    preview.clone_into(&mut conversation.last_preview);
    conversation.last_status = row.status;
}

/// What counted as an answer is none any more.
fn waits_again(conversation: &mut ConversationState, answered: bool) {
    if !answered && conversation.waiting_since.is_none() && !is_done(conversation) {
        conversation.waiting_since = conversation.last_inbound_at;
    }
}

fn is_done(conversation: &ConversationState) -> bool {
    conversation.status == super::ConversationStatus::Resolved
}

fn told(row: MessageState, before: &ConversationState, mut after: ConversationState, now: Ms) -> Vec<Change> {
    let event = FeedEvent {
        conversation_id: Some(row.conversation_id),
        message_id: Some(row.id),
        data: json!({ "status": row.status }),
        ..feed("message.updated", now, row.contact_id)
    };
    let mut changes = vec![Change::Feed(event)];
    if after != *before {
        after.updated_at = now;
        let event =
            FeedEvent { conversation_id: Some(after.id), ..feed("conversation.updated", now, after.contact_id) };
        changes.push(Change::Feed(event));
        changes.push(Change::UpdateConversation(after));
    }
    changes.push(Change::UpdateMessage(row));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::fixtures::{HEARD, NOW, conversation, message};

    fn text(body: &str) -> Content {
        Content::Text { body: body.to_owned(), preview_url: None }
    }

    fn rows(changes: &[Change]) -> (Option<&ConversationState>, Option<&MessageState>) {
        let conversation = changes.iter().find_map(|change| match change {
            Change::UpdateConversation(row) => Some(row),
            _ => None,
        });
        let message = changes.iter().find_map(|change| match change {
            Change::UpdateMessage(row) => Some(row),
            _ => None,
        });
        (conversation, message)
    }

    #[test]
    fn what_was_handed_over_is_never_changed() {
        for status in Status::ALL {
            let free =
                matches!(status, Status::Scheduled | Status::Queued | Status::Held | Status::Failed | Status::Refused);
            assert_eq!(may_change(&message(status), "text", false).is_ok(), free, "{status:?}");
            assert!(may_change(&message(status), "text", true).is_err(), "{status:?} after a try that may be out");
            let known = MessageState { provider_id: Some("wamid.1".to_owned()), ..message(status) };
            assert!(may_change(&known, "text", false).is_err(), "{status:?} with the provider's id");
            assert!(may_change(&message(status), "reaction", false).is_err());
        }
        let heard = MessageState { direction: Direction::In, ..message(Status::Received) };
        assert_eq!(may_change(&heard, "text", false), Err(Barred::NotThis));
        assert_eq!(may_change(&message(Status::Sending), "text", false).map_err(Barred::code), Err("on_its_way"));
    }

    #[test]
    fn words_may_change_but_not_the_thing() {
        let template = |name: &str| Content::Template {
            name: name.to_owned(),
            language: "en".to_owned(),
            components: serde_json::Value::Null,
            preview: None,
        };
        assert_eq!(same_thing(&text("a"), &text("b")), Ok(()));
        assert_eq!(same_thing(&template("a"), &template("a")), Ok(()));
        assert_eq!(same_thing(&template("a"), &template("b")), Err("content.name"));
        assert_eq!(same_thing(&text("a"), &template("b")), Err("content.type"));
    }

    #[test]
    fn a_change_keeps_the_place_or_takes_a_new_one() {
        let old = text("old");
        let here = ConversationState { last_message_id: Some(message(Status::Queued).id), ..conversation() };
        let around = Around { conversation: &here, content: &old, planned: false, answered: false };
        let done = rewrite(&message(Status::Held), &around, Some(text("new words")), When::Kept, NOW);
        let (conversation_row, row) = rows(&done.changes);
        assert_eq!((done.at, row.unwrap().status), (None, Status::Queued), "it is judged anew where it stands");
        assert_eq!(conversation_row.unwrap().last_preview, "new words");

        let later = rewrite(&message(Status::Queued), &around, None, When::At(NOW.plus(5_000)), NOW);
        let (conversation_row, row) = rows(&later.changes);
        assert_eq!((later.at, row.unwrap().status), (Some(NOW.plus(5_000)), Status::Scheduled));
        assert_eq!(row.unwrap().content, None, "its words stay");
        assert_eq!(conversation_row.unwrap().waiting_since, Some(HEARD), "the customer waits again");

        let failed = rewrite(&message(Status::Refused), &around, Some(text("x")), When::Kept, NOW);
        assert_eq!((failed.at, rows(&failed.changes).1.unwrap().status), (Some(NOW), Status::Queued));

        let planned = Around { planned: true, ..around };
        let kept = rewrite(&message(Status::Scheduled), &planned, Some(text("x")), When::Kept, NOW);
        assert_eq!((kept.at, rows(&kept.changes).1.unwrap().status), (None, Status::Scheduled));
        let now = rewrite(&message(Status::Scheduled), &planned, None, When::Now, NOW);
        let (conversation_row, row) = rows(&now.changes);
        assert_eq!((now.at, row.unwrap().status), (Some(NOW), Status::Queued));
        assert_eq!(conversation_row.unwrap().waiting_since, None, "now it answers");
    }

    #[test]
    fn what_is_taken_back_answers_nobody() {
        let said = text("old");
        let here = ConversationState {
            last_message_id: Some(message(Status::Queued).id),
            waiting_since: None,
            ..conversation()
        };
        let around = Around { conversation: &here, content: &said, planned: false, answered: false };
        let changes = withdraw(&message(Status::Queued), &around, None, NOW);
        let (row, line) = rows(&changes);
        assert_eq!(line.unwrap().status, Status::Withdrawn);
        assert_eq!((row.unwrap().waiting_since, row.unwrap().last_status), (Some(HEARD), Status::Withdrawn));
        let answered = Around { answered: true, ..around };
        let changes = withdraw(&message(Status::Queued), &answered, None, NOW);
        assert_eq!(rows(&changes).0.unwrap().waiting_since, None, "something else answered");
        let planned = conversation();
        let around = Around { conversation: &planned, content: &said, planned: true, answered: false };
        let changes = withdraw(&message(Status::Scheduled), &around, Some("the customer wrote first"), NOW);
        assert_eq!(rows(&changes).0, None, "a planned one never touched its conversation");
        assert_eq!(rows(&changes).1.unwrap().failure.as_ref().unwrap().code, 0);
    }

    #[test]
    fn a_planned_message_takes_its_place_when_it_goes() {
        let said = text("Good morning");
        let known = conversation();
        let around = Around { conversation: &known, content: &said, planned: true, answered: false };
        let changes = come_due(&message(Status::Scheduled), &around, &Step::Started, NOW);
        let (row, line) = rows(&changes);
        let row = row.unwrap();
        assert_eq!(line.unwrap().status, Status::Sending);
        assert_eq!((row.last_message_at, row.last_preview.as_str()), (NOW, "Good morning"));
        assert_eq!((row.waiting_since, row.last_status), (None, Status::Sending));
        let refused = come_due(&message(Status::Scheduled), &around, &Step::Refused, NOW);
        let (row, line) = rows(&refused);
        assert_eq!((line.unwrap().status, row.unwrap().last_status), (Status::Refused, Status::Refused));
        assert_eq!(row.unwrap().waiting_since, Some(HEARD), "a refused one answers nobody");
        let held = come_due(&message(Status::Scheduled), &around, &Step::Held, NOW);
        assert_eq!((rows(&held).0, rows(&held).1.unwrap().status), (None, Status::Held));
        assert!(!overtaken(Some(HEARD), None));
        assert!(!overtaken(Some(HEARD), Some(heeds(Some(HEARD)))), "what it was written after does not count");
        assert!(overtaken(Some(HEARD), Some(HEARD.plus(-1))));
        assert!(overtaken(Some(HEARD), Some(heeds(None))), "the first they ever said");
        assert!(!overtaken(None, Some(heeds(None))));
    }
}
