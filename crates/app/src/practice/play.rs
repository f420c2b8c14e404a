//! A scenario goes on: one job looks at the conversation as it stands and lets the customer do what the script says.
//!
//! What the customer writes is accepted like any delivery, under ids that follow from the run, before the progress is
//! stored: whatever is interrupted in between happens again and changes nothing.

use super::debrief;
use crate::auth::Caller;
use crate::channel::Channel;
use crate::channel::receive;
use crate::error::{Error, Result};
use crate::inbox::update::{ConversationPatch, update};
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::provider::Kind;
use rapport_connectors::provider::practice::{Customer, Said};
use rapport_connectors::whatsapp::Split;
use rapport_core::inbox::ConversationStatus;
use rapport_core::message::Content;
use rapport_core::practice::{
    By, End, Line, Progress, Scenario, Thread, Utterance, Words, begin, debrief as judge, play, receipt, words,
};
use rapport_core::time::SECOND;
use rapport_core::{ChannelId, ConversationId, Ms, WorkspaceId};
use rapport_store::practice::{self as stored, RUNNING, RunRow};
use rapport_store::query::thread::{self, Line as Row, MessageRow};
use rapport_store::{Read, closing, conversation};
use std::sync::Arc;
use uuid::Uuid;

/// Lines that are looked at; scripts and patience stay far below.
const LINES: u64 = 200;
/// How soon a conversation that is not there yet is looked for again. Milliseconds.
const SOON_MS: i64 = 300;

/// Lets a scenario go on.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, room: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let read = app.store.workspace(room).read();
    let Some(run) = stored::run(&read, id).await?.filter(|run| run.state == RUNNING) else {
        return Ok(Outcome::Done);
    };
    let (Some(scenario), Some(channel)) = (Scenario::parse(&run.scenario), channel(app, &read).await?) else {
        return Ok(Outcome::Done);
    };
    let progress: Progress =
        serde_json::from_value(run.progress.clone()).map_err(|error| Error::Internal(error.to_string()))?;
    let act = Act { app, words: words(&run.language), scenario, channel, run };
    match act.run.conversation_id {
        Some(id) => act.go_on(&read, ConversationId(id), progress).await,
        None => act.open(&read).await,
    }
}

async fn channel(app: &App, read: &Read) -> Result<Option<Arc<Channel>>> {
    let rows = rapport_store::channel::list(read).await?;
    match rows.into_iter().find(|row| row.provider == Kind::Practice.code()) {
        Some(row) => Ok(app.channels.get(ChannelId(row.id)).await?),
        None => Ok(None),
    }
}

struct Act<'a> {
    app: &'a App,
    words: &'static Words,
    scenario: Scenario,
    channel: Arc<Channel>,
    run: RunRow,
}

impl Act<'_> {
    fn customer(&self) -> Customer<'_> {
        let name = match self.scenario {
            Scenario::Order => "name.order",
            Scenario::Refund => "name.refund",
            Scenario::Size => "name.size",
            Scenario::Photo => "name.photo",
            Scenario::Window => "name.window",
        };
        Customer { number_id: &self.channel.phone_number_id, wa_id: &self.run.wa_id, name: self.words.get(name) }
    }

    /// The customer's first words, until the conversation is there; then it belongs to whoever practises.
    async fn open(self, read: &Read) -> Result<Outcome> {
        let (_, says, at) = begin(self.scenario, self.words, Ms(self.run.started_at));
        self.say(&says, 0, at).await?;
        let now = self.app.now();
        let found = stored::conversation_of(read, self.channel.id, &self.run.wa_id).await?;
        let Some(id) = found else { return Ok(Outcome::Again { at: now.plus(SOON_MS) }) };
        let room = read.workspace();
        let patch = ConversationPatch { assignee_id: Some(Some(self.run.user_id)), ..ConversationPatch::default() };
        let caller = Caller { name: "Rapport".to_owned(), ..Caller::system(room) };
        match update(self.app, &caller, id, patch).await {
            // Whoever left meanwhile need not have it.
            Ok(_) | Err(Error::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
        self.keep(RunRow { conversation_id: Some(id.0), ..self.run.clone() }).await?;
        Ok(Outcome::Again { at: now.plus(SECOND) })
    }

    async fn go_on(self, read: &Read, id: ConversationId, progress: Progress) -> Result<Outcome> {
        let rows = thread::page(read, id, None, LINES).await?;
        let now = self.app.now();
        self.acknowledge(&rows, now).await?;
        let thread = self.thread(read, id, &rows).await?;
        let started = Ms(self.run.started_at);
        let cue = play(self.scenario, self.words, started, &progress, &thread, now);
        self.say(&cue.says, usize::from(progress.said), now).await?;
        let mut row = self.run.clone();
        row.progress = serde_json::to_value(&cue.progress).map_err(|error| Error::Internal(error.to_string()))?;
        if let Some(end) = cue.end {
            row.state = if end == End::Done { "done" } else { "given_up" }.to_owned();
            row.ended_at = Some(now.0);
            row.debrief = debrief::write(&judge(self.scenario, self.words, started, &cue.progress, &thread, end));
        }
        if row != self.run {
            self.keep(row).await?;
        }
        Ok(if cue.end.is_some() { Outcome::Done } else { Outcome::Again { at: cue.again } })
    }

    async fn keep(&self, row: RunRow) -> Result<()> {
        let tx = self.app.store.workspace(WorkspaceId(row.workspace_id)).write().await?;
        match stored::update_run(&tx, row).await {
            // Practice was ended meanwhile.
            Ok(()) | Err(rapport_store::Error::NotFound(_)) => Ok(tx.commit().await?),
            Err(error) => Err(error.into()),
        }
    }

    /// What the customer writes; `before` lines were written already.
    async fn say(&self, says: &[Utterance], before: usize, at: Ms) -> Result<()> {
        for (n, one) in says.iter().enumerate() {
            let said = match one {
                Utterance::Text(text) => Said::Text(text),
                Utterance::Photo(caption) => Said::Photo(caption),
            };
            let id = format!("practice.{}.{}", self.run.id, before + n);
            // Seconds are what the wire knows: a second apart, so that the order is what it was.
            let at = at.plus(i64::try_from(n).unwrap_or(0) * SECOND);
            self.accept(self.customer().says(said, &id, at)).await?;
        }
        Ok(())
    }

    /// What was handed over was sent, arrives, and is read.
    async fn acknowledge(&self, rows: &[Row], now: Ms) -> Result<()> {
        for row in rows.iter().map(|line| &line.row).filter(|row| is_handed_over(row) && row.read_at.is_none()) {
            let Some(id) = row.provider_id.as_deref() else { continue };
            let (sent, due) = (Ms(row.at), receipt(Ms(row.at), now));
            let steps = [
                ("sent", row.sent_at.is_none(), SECOND),
                ("delivered", due.is_some() && row.delivered_at.is_none(), SECOND),
                ("read", due == Some("read"), 2 * SECOND),
            ];
            for (status, _, after) in steps.into_iter().filter(|(_, is_due, _)| *is_due) {
                self.accept(self.customer().receipt(id, status, sent.plus(after))).await?;
            }
        }
        Ok(())
    }

    async fn accept(&self, split: std::result::Result<Split, rapport_connectors::whatsapp::BadBody>) -> Result<()> {
        let items = split.map_err(|error| Error::Internal(error.to_string()))?.items;
        let taken = receive::store(self.app, &self.channel, items, self.app.now()).await;
        taken.map(drop).map_err(|error| Error::Internal(error.to_string()))
    }

    async fn thread(&self, read: &Read, id: ConversationId, rows: &[Row]) -> Result<Thread> {
        let state = conversation::get(read, id).await?;
        let resolved = state.filter(|row| row.status == ConversationStatus::Resolved.code());
        let category = if closing::categories(read, false).await?.is_empty() {
            None
        } else {
            let last = closing::of_conversation(read, id, 1).await?.into_iter().next();
            Some(last.is_some_and(|closing| closing.category_id.is_some()))
        };
        let lines = rows.iter().rev().filter_map(line).collect();
        let resolved_at = resolved.map(|row| Ms(row.resolved_at.unwrap_or(row.updated_at)));
        Ok(Thread { lines, resolved_at, category })
    }
}

/// Whether a message to the customer is on its way or there.
fn is_handed_over(row: &MessageRow) -> bool {
    row.direction == "out" && row.provider_id.is_some() && matches!(row.status.as_str(), "sent" | "delivered" | "read")
}

/// A line as the script sees it: what the agent wrote counts once it is on its way.
fn line(Row { row, content, .. }: &Row) -> Option<Line> {
    let (at, by) = match row.direction.as_str() {
        "in" => (row.created_at, By::Customer),
        "note" => (row.created_at, By::Note),
        "out" if is_handed_over(row) => {
            let template = matches!(content, Content::Template { .. });
            let text = match content {
                Content::Text { body, .. } => body.clone(),
                _ => row.preview.clone(),
            };
            (row.at, By::Agent { text, template })
        }
        _ => return None,
    };
    Some(Line { at: Ms(at), by })
}
