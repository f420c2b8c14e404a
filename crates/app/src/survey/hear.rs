//! What customers answer: found among the messages of a batch, kept in the batch's own transaction.

use super::ask::ANSWERED;
use crate::error::Result;
use rapport_core::inbox::{Change, NewMessage, quiet_line};
use rapport_core::message::{Content, Direction};
use rapport_core::route::Chats;
use rapport_core::routing::{Asked, Heard, SurveySettings, hear as heard, scored};
use rapport_core::{ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::survey::{self, SurveyRow};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Whether a new line may answer a survey.
pub(crate) fn may_answer(line: &NewMessage) -> bool {
    line.direction == Direction::In && matches!(line.content, Content::Text { .. } | Content::Reply { .. })
}

/// Keeps what these lines say to surveys; gives the lines that tell of it in the threads.
///
/// # Errors
/// What the store said.
pub(crate) async fn hear(
    tx: &WriteTx,
    settings: &SurveySettings,
    lines: &[NewMessage],
    chats: &Chats,
    now: Ms,
) -> Result<Vec<Change>> {
    let contacts: BTreeSet<Uuid> = lines.iter().map(|line| line.contact_id.0).collect();
    if contacts.is_empty() {
        return Ok(Vec::new());
    }
    let contacts: Vec<Uuid> = contacts.into_iter().collect();
    let mut rows = survey::asked_since(tx, &contacts, now.plus(-settings.answer_ms)).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines: Vec<&NewMessage> = lines.iter().collect();
    lines.sort_by_key(|line| (line.at, line.id));
    let (mut changes, mut dirty) = (Vec::new(), BTreeSet::new());
    for line in lines {
        let Some(row) = meant(&mut rows, line, chats) else { continue };
        match heard(&asked(row), &line.content, line.at, settings) {
            None => continue,
            Some(Heard::Score(score)) => {
                row.state = ANSWERED.to_owned();
                row.score = Some(i16::from(score));
                row.scored_at = Some(line.at.0);
                let data = json!({ "survey_id": row.id, "score": score });
                changes.extend(quiet_line(line, "survey_answered", data, now, tx.new_id(now)));
            }
            Some(Heard::Comment(comment)) => {
                row.comment = Some(comment);
                row.commented_at = Some(line.at.0);
                let data = json!({ "survey_id": row.id });
                changes.extend(quiet_line(line, "survey_commented", data, now, tx.new_id(now)));
            }
        }
        dirty.insert(row.id);
    }
    for row in rows.into_iter().filter(|row| dirty.contains(&row.id)) {
        survey::update(tx, row).await?;
    }
    Ok(changes)
}

/// The survey a line is about: the one whose row was tapped, else the one asked last in that chat.
fn meant<'a>(rows: &'a mut [SurveyRow], line: &NewMessage, chats: &Chats) -> Option<&'a mut SurveyRow> {
    let tapped = scored(&line.content).map(|(survey, _)| survey);
    rows.iter_mut().filter(|row| row.contact_id == line.contact_id.0).find(|row| match tapped {
        Some(survey) => row.id == survey,
        None => chats.share(ChannelId(row.channel_id), line.channel_id),
    })
}

fn asked(row: &SurveyRow) -> Asked {
    let score = row.score.and_then(|score| u8::try_from(score).ok()).zip(row.scored_at.map(Ms));
    Asked { id: row.id, at: Ms(row.asked_at.unwrap_or(row.created_at)), score, commented: row.comment.is_some() }
}
