//! Living through the customers of a trial, piece by piece.

use super::past::{histories, sending};
use super::view::{definition, tally};
use super::{EXAMPLES, MOST, state};
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::rule::set::RuleSet;
use crate::state::App;
use rapport_core::rule::Known;
use rapport_core::rule::replay::{Replay, Room, Setting, Tally, Told};
use rapport_core::{ContactId, Ms, WorkspaceId};
use rapport_store::Read;
use rapport_store::rule::backtest::{self, BacktestRow, ExampleRow};
use rapport_store::rule::history::{self, Lived};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Customers of one piece.
const PIECE: u64 = 50;
/// Lines of one piece; a customer with more is cut there.
const LINES: u64 = 20_000;
/// How long one turn of the job takes; then others have theirs.
const TURN: Duration = Duration::from_secs(2);

/// What a trial goes by.
struct Trial {
    replay: Arc<Replay>,
    set: Arc<RuleSet>,
    to: Ms,
}

/// Goes on with a trial.
///
/// # Errors
/// What the store said; nothing of the piece counts then.
pub async fn run(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let Some(row) = running(&read, id).await? else { return Ok(Outcome::Done) };
    let trial = trial(app, &read, &row).await?;
    let began = Instant::now();
    while began.elapsed() < TURN && !app.shutdown.is_cancelled() {
        let Some(row) = running(&read, id).await? else { return Ok(Outcome::Done) };
        piece(app, &read, &trial, row).await?;
    }
    Ok(Outcome::Again { at: app.now() })
}

async fn running(read: &Read, id: Uuid) -> Result<Option<BacktestRow>> {
    Ok(backtest::get(read, id).await?.filter(|row| row.state == state::RUNNING))
}

async fn trial(app: &App, read: &Read, row: &BacktestRow) -> Result<Trial> {
    let definition = definition(row)?;
    let (from, to) = (Ms(row.from_at), Ms(row.to_at));
    let sending = sending(app, read, &definition, (from, to)).await?;
    let zone = crate::account::workspace::timezone(app, read.workspace()).await?;
    let rule = Known {
        id: row.rule_id.unwrap_or(row.id),
        version: row.rule_version.unwrap_or(0),
        enabled: true,
        shadow: false,
        definition,
    };
    let set = Arc::new(RuleSet::only(app, read.workspace(), rule.clone()).await?);
    let replay = Arc::new(Replay::new(Setting { rule, zone, from, to, sending }));
    Ok(Trial { replay, set, to })
}

/// Ends a trial whose job has used up its tries, so that others can be begun; what was counted stays.
///
/// # Errors
/// What the store said.
pub async fn fail(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    let Some(mut row) = backtest::get_for_write(&tx, id).await?.filter(|row| row.state == state::RUNNING) else {
        return Ok(());
    };
    row.state = state::FAILED.to_owned();
    row.updated_at = app.now().0;
    backtest::update(&tx, row).await?;
    tx.commit().await?;
    Ok(())
}

/// The next customers: who they are, whether there are more, and what happened with them.
async fn next(read: &Read, trial: &Trial, row: &BacktestRow) -> Result<(Vec<ContactId>, bool, Vec<Lived>, u64)> {
    let mut ids = history::customers(read, trial.replay.active_since(), row.last, PIECE).await?;
    let mut more = ids.len() as u64 == PIECE;
    let mut lived = history::lines(read, &ids, trial.replay.since()..trial.to, LINES).await?;
    let mut cut = 0;
    if lived.len() as u64 == LINES {
        let last = lived.last().map_or(ContactId(Uuid::nil()), |line| line.contact_id);
        if lived.first().is_some_and(|line| line.contact_id == last) {
            // One customer fills the piece alone: what does not fit is left out, and said.
            ids.retain(|id| *id <= last);
            cut = 1;
        } else {
            // Perhaps not all of the last one is there: the next piece begins with them.
            ids.retain(|id| *id < last);
            lived.retain(|line| line.contact_id != last);
        }
        more = true;
    }
    Ok((ids, more, lived, cut))
}

async fn piece(app: &App, read: &Read, trial: &Trial, row: BacktestRow) -> Result<()> {
    let (ids, more, lived, cut) = next(read, trial, &row).await?;
    let people = history::people(read, &ids).await?;
    let (replay, set) = (trial.replay.clone(), trial.set.clone());
    let kept = |most: usize, have: i32| most.saturating_sub(usize::try_from(have).unwrap_or(most));
    let mut room = Room { ran: kept(EXAMPLES.0, row.ran), skipped: kept(EXAMPLES.1, row.skipped) };
    let work = move || {
        let (mut counts, mut found) = (Tally { cut, ..Tally::default() }, Vec::new());
        for history in histories(&set, people, lived) {
            let lived = replay.customer(history, room);
            counts.add(&lived.tally);
            let ran = lived.told.iter().filter(|told| told.reason.is_none()).count();
            room.ran -= ran;
            room.skipped -= lived.told.len() - ran;
            found.extend(lived.told);
        }
        (counts, found)
    };
    let (counts, found) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Internal(format!("a trial stopped: {error}")))?;
    let total = if row.total == 0 { history::count_customers(read, trial.replay.active_since()).await? } else { 0 };
    store(app, read.workspace(), &row, (&ids, more, total), &counts, found).await
}

/// Adds a piece to what is known of the trial, unless somebody else has done so or has stopped it.
async fn store(
    app: &App,
    workspace: WorkspaceId,
    seen: &BacktestRow,
    (ids, more, total): (&[ContactId], bool, i64),
    counts: &Tally,
    found: Vec<Told>,
) -> Result<()> {
    let tx = app.store.workspace(workspace).write().await?;
    let Some(mut row) = backtest::get_for_write(&tx, seen.id).await? else { return Ok(()) };
    if row.state != state::RUNNING || row.last != seen.last {
        return Ok(());
    }
    let mut sum = tally(&row)?;
    sum.add(counts);
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let first = row.ran + row.skipped;
    let example = |(place, told): (usize, Told)| ExampleRow {
        workspace_id: row.workspace_id,
        backtest_id: row.id,
        place: first + number(place),
        ran: told.reason.is_none(),
        body: json!(told),
    };
    let rows: Vec<ExampleRow> = found.into_iter().enumerate().map(example).collect();
    let ran = number(rows.iter().filter(|row| row.ran).count());
    (row.ran, row.skipped) = (row.ran + ran, row.skipped + number(rows.len()) - ran);
    backtest::add_examples(&tx, rows).await?;
    row.last = ids.last().map(|id| id.0).or(row.last);
    row.done = row.done.saturating_add(number(ids.len()));
    row.total = row.total.max(i32::try_from(total).unwrap_or(i32::MAX)).max(row.done);
    if !more || sum.messages >= MOST {
        row.state = state::DONE.to_owned();
    }
    row.tally = json!(sum);
    row.updated_at = app.now().0;
    backtest::update(&tx, row).await?;
    tx.commit().await?;
    Ok(())
}
