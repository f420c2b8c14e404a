//! One portfolio's sender: picks what is due, asks the guard, commits the intent, hands over, commits the answer.

use super::hand::{self, Answer, Letter};
use super::limits::{Limits, Sooner};
use super::order::{Order, Turn};
use super::plan::{Case, Plan};
use super::way::{self, Way};
use super::{facts, planned, records};
use crate::account::guard_policy::{Rules, rules};
use crate::channel::calls;
use crate::error::Result;
use crate::route::Keeper;
use crate::state::App;
use rapport_core::guard::{self, Policy, Verdict};
use rapport_core::inbox::unsent::takes_place;
use rapport_core::inbox::{Book, Step};
use rapport_core::route::Side;
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{ChannelId, ContactId, Ms, WorkspaceId};
use rapport_store::lane::{HeldSend, fence_send};
use rapport_store::send::{self, Due};
use rapport_store::{Backend, Scope, WriteTx};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Messages judged in one transaction.
const BATCH: usize = 100;
/// Requests in flight at once.
const IN_FLIGHT_MAX: usize = 128;
/// Of them promotion: the rest stays free for replies, also while the provider answers slowly.
const PROMOTION_IN_FLIGHT_MAX: usize = 96;
/// Sleep while promotion waits for answers.
const TURN: Duration = Duration::from_millis(50);
/// How long the count of a portfolio's numbers is trusted.
const NUMBERS_FRESH: Duration = Duration::from_secs(5);
/// Longest sleep between looks at the queue.
const POLL: Duration = Duration::from_millis(500);
/// A clock that shows an earlier moment than it did, by more than this, was set back. Milliseconds.
const SET_BACK_MS: i64 = 5 * SECOND;
/// A wait shorter than this is not stored on the message: it is only its turn in the rate. Milliseconds.
const TURN_MS: i64 = 5 * SECOND;

/// The sender of one portfolio.
pub(super) struct Portfolio {
    app: App,
    held: HeldSend,
    stop: CancellationToken,
    limits: Limits,
    /// The standby routes of its channels.
    keeper: Keeper,
    /// The last moment at which the queue was looked at.
    looked_at: Ms,
    in_flight: usize,
    order: Order,
    /// How many of them are promotion.
    promotion: usize,
    /// Whether several numbers share the limit, and when that was read.
    several: Option<(Instant, bool)>,
    answers: mpsc::Sender<Answer>,
    inbox: mpsc::Receiver<Answer>,
}

impl Portfolio {
    /// A sender that owns `held` from now on.
    pub fn new(app: App, held: HeldSend, stop: CancellationToken) -> Self {
        // Each batch brings the rules of its workspace.
        // The owner before may still hand over what it decided last; on SQLite it is surely dead.
        let shared = app.store.backend() == Backend::Postgres && held.epoch > 1;
        let late = if shared { i64::try_from(hand::VERDICT_AGE_MAX.as_millis()).unwrap_or(0) } else { 0 };
        let limits = Limits::taken_over(Policy::default(), app.now().plus(late));
        let (answers, inbox) = mpsc::channel(IN_FLIGHT_MAX);
        let looked_at = app.now();
        let keeper = Keeper::new(app.clone(), held.clone());
        let order = Order::default();
        let (in_flight, promotion, several) = (0, 0, None);
        Self { app, held, stop, limits, keeper, looked_at, in_flight, order, promotion, several, answers, inbox }
    }

    /// Runs until the lane is lost or the app stops; then waits for the answers to what is in flight.
    pub async fn run(mut self) {
        if let Err(error) = self.take_over().await {
            tracing::warn!(%error, "a send lane cannot be taken over yet");
            return;
        }
        let mut bell = self.app.bells.send.listen();
        while !self.stop.is_cancelled() {
            let wait = match self.turn().await {
                Ok(wait) => wait,
                Err(crate::Error::Store(rapport_store::Error::Stale(why))) => {
                    tracing::info!(%why, "a send lane has passed to another node");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "messages wait to be sent");
                    POLL
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = bell.heard(), if self.in_flight < IN_FLIGHT_MAX => {}
                Some(answer) = self.inbox.recv() => self.record(answer).await,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.drain().await;
    }

    /// What an earlier owner left in flight has an unknown end: nothing of it is sent again.
    async fn take_over(&self) -> Result<()> {
        for workspace in self.app.store.send_queue().abandoned(&self.held).await? {
            let scope = self.app.store.workspace(workspace);
            let tx = scope.write().await?;
            fence_send(&tx, self.app.store.node_id(), &self.held).await?;
            let lost = send::take_over(&tx, &self.held, self.app.now()).await?;
            let ids: Vec<_> = lost.iter().map(|started| started.message).collect();
            let out = rapport_store::outgoing::get(&scope.read(), &ids).await?;
            tx.lock_lanes(&out.iter().map(|out| out.lane).collect::<Vec<_>>()).await?;
            let steps: Vec<_> = lost.into_iter().map(|id| (id, records::lost_by_crash())).collect();
            records::step_all(&tx, &steps, self.app.now()).await?;
            tx.commit().await?;
            self.app.feeds.wake();
        }
        Ok(())
    }

    /// One look at the queue; returns how long to sleep.
    async fn turn(&mut self) -> Result<Duration> {
        while let Ok(answer) = self.inbox.try_recv() {
            self.record(answer).await;
        }
        self.keeper.tend().await?;
        let room = IN_FLIGHT_MAX.saturating_sub(self.in_flight).min(BATCH);
        if room == 0 {
            return Ok(POLL);
        }
        let now = self.app.now();
        if now < self.looked_at.plus(-SET_BACK_MS) {
            self.start_anew(now).await?;
        }
        self.looked_at = now;
        let keys = [self.held.portfolio_key.clone()];
        let busy = self.order.busy();
        let mut due = self.app.store.send_queue().due(&keys, now, room, &busy).await?;
        let full = due.len() == room;
        let mut left = PROMOTION_IN_FLIGHT_MAX.saturating_sub(self.promotion);
        due.retain(|one| {
            let goes = one.priority != send::Priority::Promotion || left > 0;
            left = if one.priority == send::Priority::Promotion { left.saturating_sub(1) } else { left };
            goes
        });
        if full && due.is_empty() {
            // Only promotion is due, and as much of it as may be is on its way: the next answer makes room.
            return Ok(TURN);
        }
        let gate = self.gate(&mut due, now).await?;
        let mut by_workspace: BTreeMap<WorkspaceId, Vec<Due>> = BTreeMap::new();
        for one in due {
            by_workspace.entry(one.workspace).or_default().push(one);
        }
        let mut next = None;
        for (workspace, due) in by_workspace {
            let soonest = self.judge_all(workspace, due).await?;
            next = [next, soonest].into_iter().flatten().min();
        }
        if let Some(opens) = gate {
            return Ok(until(opens, self.app.now()).clamp(TURN / 2, TURN));
        }
        if full {
            return Ok(Duration::from_millis(5));
        }
        let queued = self.app.store.send_queue().next_due(&self.held.portfolio_key, &self.order.busy()).await?;
        let next = [next, queued].into_iter().flatten().min();
        Ok(next.map_or(POLL, |at| until(at, self.app.now()).min(POLL)))
    }

    /// Leaves promotion for which its number has no room now, or which pauses for a moment, in the queue, unjudged: a campaign
    /// of a hundred thousand would else be judged once a second as a whole. What goes on is counted exactly when it is judged. With several numbers
    /// under one limit nothing is left, because it would stand in the way of what another number has room for. Returns
    /// when there is room again; `None`: nothing was left.
    async fn gate(&mut self, due: &mut Vec<Due>, now: Ms) -> Result<Option<Ms>> {
        if !due.iter().any(|one| one.priority == send::Priority::Promotion) || self.has_several_numbers().await? {
            return Ok(None);
        }
        let mut rooms: HashMap<ChannelId, (u32, Ms)> = HashMap::new();
        let mut opens: Option<Ms> = None;
        let mut kept = Vec::with_capacity(due.len());
        for one in due.drain(..) {
            // What goes over the standby has no turn to wait for here.
            let away = self.keeper.standing(one.channel).is_some_and(|standing| standing.active == Side::Standby);
            if away || one.priority != send::Priority::Promotion {
                kept.push(one);
                continue;
            }
            let (left, at) = match rooms.get(&one.channel) {
                Some(known) => *known,
                None => match self.app.channels.get(one.channel).await? {
                    Some(channel) => self.limits.promotion_room(&channel, now),
                    None => (u32::MAX, now),
                },
            };
            rooms.insert(one.channel, (left.saturating_sub(1), at));
            if left > 0 {
                kept.push(one);
            } else {
                opens = Some(opens.map_or(at, |known| known.min(at)));
            }
        }
        *due = kept;
        Ok(opens)
    }

    /// Whether other numbers send under the same limit.
    async fn has_several_numbers(&mut self) -> Result<bool> {
        if let Some((at, several)) = self.several
            && at.elapsed() < NUMBERS_FRESH
        {
            return Ok(several);
        }
        let several = rapport_store::channel::in_portfolio(&self.app.store, &self.held.portfolio_key).await? > 1;
        self.several = Some((Instant::now(), several));
        Ok(several)
    }

    /// The clock was set back. Limiters never go back with it, so they would hold everything until the old moment comes
    /// again: they begin as those of a new owner do, and whatever waits is judged anew.
    async fn start_anew(&mut self, now: Ms) -> Result<()> {
        self.limits = Limits::taken_over(Policy::default(), now);
        let woken = self.app.store.send_queue().wake(&self.held.portfolio_key, now).await?;
        tracing::warn!(woken, "the clock was set back: what waits to be sent is judged anew");
        Ok(())
    }

    /// Judges a batch of one workspace and stores the outcome; what is allowed goes out afterwards. Returns when the
    /// first delayed one is due.
    async fn judge_all(&mut self, workspace: WorkspaceId, due: Vec<Due>) -> Result<Option<Ms>> {
        let scope = self.app.store.workspace(workspace);
        let rules = rules(&self.app, workspace).await?;
        self.limits.set_policy(&rules.policy);
        let mut plan = Plan::default();
        let cases = self.prepare(&scope, due, &rules, &mut plan).await?;
        if cases.is_empty() && plan.moved.is_empty() {
            return Ok(None);
        }
        let now = self.app.now();
        let tx = scope.write().await?;
        let lanes: BTreeSet<u16> = cases.iter().map(|case| case.out.lane).collect();
        tx.lock_lanes(&lanes.into_iter().collect::<Vec<_>>()).await?;
        fence_send(&tx, self.app.store.node_id(), &self.held).await?;
        plan.calls = calls::held(&tx, &self.held.portfolio_key, &rules.policy, now).await?;
        let mut cases = planned::unchanged(&tx, cases).await?;
        let mut book = load(&tx, &cases).await?;
        planned::listen(&tx, &book, &mut cases, &rules.chats).await?;
        for case in cases {
            self.judge(&mut book, case, &rules, now, &mut plan);
        }
        let letters = self.store(tx, book, &mut plan, now).await?;
        self.app.feeds.wake();
        if !plan.moved.is_empty() {
            // The lane they wait at now may be another one of this node.
            self.app.bells.send.ring();
        }
        for letter in letters {
            self.in_flight += 1;
            self.promotion += usize::from(letter.due.priority == send::Priority::Promotion);
            self.order.begins(&letter.due);
            let (app, answers) = (self.app.clone(), self.answers.clone());
            tokio::spawn(async move {
                let answer = hand::over(&app, letter).await;
                // The sender may be gone because the lane was lost; then the row in flight becomes unknown.
                let _ = answers.send(answer).await;
            });
        }
        Ok(plan.delayed.iter().map(|(.., until)| *until).min())
    }

    /// Reads what the judgements need. What goes another way is put into the plan instead.
    async fn prepare(&mut self, scope: &Scope, due: Vec<Due>, rules: &Rules, plan: &mut Plan) -> Result<Vec<Case>> {
        let read = scope.read();
        let ids: Vec<_> = due.iter().map(|one| one.message).collect();
        let mut found: HashMap<_, _> =
            rapport_store::outgoing::get(&read, &ids).await?.into_iter().map(|out| (out.id, out)).collect();
        let campaigns: BTreeSet<_> = due.iter().filter_map(|one| one.campaign).collect();
        let standings = if campaigns.is_empty() {
            HashMap::new()
        } else {
            rapport_store::campaign::standings(&read, &campaigns).await?
        };
        let mut waiting: HashMap<ContactId, usize> = HashMap::new();
        due.iter()
            .filter(|one| one.priority != send::Priority::Promotion)
            .for_each(|one| *waiting.entry(one.contact).or_default() += 1);
        let mut cases = Vec::with_capacity(due.len());
        let now = self.app.now();
        for due in due {
            let Some(mut out) = found.remove(&due.message) else { continue };
            let Some(channel) = self.app.channels.get(due.channel).await? else { continue };
            let chosen = way::choose(&self.app, &mut self.keeper, &read, rules, &due, (&channel, &out)).await?;
            let (crossing, wait) = match chosen {
                Way::Over(berth) => {
                    plan.moved.push((due.message, berth));
                    continue;
                }
                Way::Here(crossing) => (crossing, None),
                Way::Wait(wait) => (None, Some(wait)),
            };
            if let Some(crossing) = &crossing {
                crossing.adapt(&mut out);
            }
            let (about, message) = ((&out.content, out.event.as_deref()), Some(due.message));
            let past = facts::past(&read, &channel, due.contact, about, message, rules, now).await?;
            facts::remember(&mut self.limits, &channel, due.contact, &past, now);
            let campaign = due.campaign.and_then(|id| standings.get(&id).copied());
            let several = waiting.get(&due.contact).is_some_and(|count| *count > 1);
            cases.push(Case { due, out, channel, past, crossing, wait, several, campaign, last_said: None });
        }
        Ok(cases)
    }

    fn judge(&mut self, book: &mut Book, mut case: Case, rules: &Rules, now: Ms, plan: &mut Plan) {
        let id = case.due.message;
        let (Some(message), Some(contact)) = (book.message(id).cloned(), book.contact(case.due.contact).cloned())
        else {
            return;
        };
        let Some(conversation) = book.conversation(message.conversation_id).cloned() else { return };
        if let Some(changes) = planned::cancelled(&case, &message, &conversation, now) {
            book.apply(changes);
            plan.refused.push(id);
            return;
        }
        let ahead = plan.goes_to(&case.due);
        match self.order.turn(&case.due, now) {
            Turn::Now if !ahead => {}
            Turn::Now | Turn::AfterAnswer => return,
            Turn::After(at) => {
                plan.delayed.push((id, case.due.revision, at));
                return;
            }
        }
        plan.count_in(&mut case);
        let ask = case.ask();
        let request = ask.request(&case.out.content, case.out.event.as_deref());
        let mut snapshot = case.picture(&contact, &conversation, rules, now);
        let promotion = ask.purpose == guard::Purpose::Promotion;
        snapshot.channel.promotion_hold_until = self.limits.promotion_hold(&case.channel);
        if case.wait.is_none() {
            // Whatever waits for its route waits for no turn.
            snapshot.readings = self.limits.readings(&case.channel, &case.due, (promotion, case.several), now);
            snapshot.readings.calls_at = plan.calls_at(&rules.policy, case.due.priority, now);
        }
        let verdict = guard::judge(&request, &snapshot, &rules.policy, now);
        if let Some(crossing) = &case.crossing
            && !goes_soon(&verdict, now)
        {
            // Only what may go now goes over the standby: the rest is its own channel's.
            plan.moved.push((id, way::refused(&crossing.home, now)));
            return;
        }
        let step = match verdict.outcome {
            guard::Outcome::Allow => {
                self.limits.take(&case.channel, contact.id, now);
                plan.allowed(&case, &request, snapshot.window.is_open(now), now);
                Step::Started
            }
            guard::Outcome::Delay => {
                let until = verdict.recheck_at.unwrap_or(now.plus(MINUTE));
                plan.delayed.push((id, case.due.revision, until));
                if until.since(now) <= TURN_MS && case.wait.is_none() {
                    return;
                }
                Step::Held
            }
            guard::Outcome::Refuse => {
                plan.refused.push(id);
                Step::Refused
            }
        };
        metrics::counter!("rapport_guard_total", "outcome" => verdict.outcome.code()).increment(1);
        plan.verdicts.push((id, verdict));
        book.apply(planned::changes(&case, &message, &conversation, &step, now));
        if case.due.plan.is_some() && takes_place(&step) {
            plan.placed.push(id);
        }
        if step == Step::Started {
            if message.channel_id != case.channel.id {
                plan.carried.push((id, case.channel.id));
            }
            plan.letters.push(Letter::new(case.due, case.out, case.channel, &contact, now));
        }
    }

    async fn store(&self, tx: WriteTx, mut book: Book, plan: &mut Plan, now: Ms) -> Result<Vec<Letter>> {
        rapport_store::ingest::save(&tx, &book.drain(), now).await?;
        for (id, revision, until) in &plan.delayed {
            send::hold(&tx, *id, *revision, *until).await?;
        }
        for (id, berth) in &plan.moved {
            send::carry(&tx, *id, berth).await?;
        }
        send::moved(&tx, &plan.placed, now).await?;
        for (id, channel) in &plan.carried {
            send::goes_over(&tx, *id, *channel).await?;
        }
        for id in &plan.refused {
            send::remove(&tx, *id).await?;
        }
        for (id, verdict) in &plan.verdicts {
            let json = serde_json::to_value(verdict).map_err(|error| crate::Error::Internal(error.to_string()))?;
            rapport_store::verdict::set(&tx, *id, &json).await?;
        }
        rapport_store::reach::note(&tx, &plan.reached).await?;
        if plan.calls.is_some() && !plan.letters.is_empty() {
            let calls = u32::try_from(plan.letters.len()).unwrap_or(u32::MAX);
            rapport_store::calls::count(&tx, &self.held.portfolio_key, calls, now).await?;
        }
        let ids: Vec<_> = plan.letters.iter().map(|letter| letter.due.message).collect();
        let started: HashMap<_, _> = send::start(&tx, &ids, self.held.epoch, now)
            .await?
            .into_iter()
            .map(|started| (started.message, started))
            .collect();
        tx.commit().await?;
        let letters = plan.letters.drain(..).filter_map(|mut letter| {
            letter.started = started.get(&letter.due.message).copied();
            letter.started.is_some().then_some(letter)
        });
        Ok(letters.collect())
    }

    /// Stores an answer; repeats until it is stored or the lane is lost.
    async fn record(&mut self, answer: Answer) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let promotion = usize::from(answer.due.priority == send::Priority::Promotion);
        self.promotion = self.promotion.saturating_sub(promotion);
        let before = records::refused_before(&self.app, &answer).await;
        let now = self.app.now();
        let verdict = records::verdict_of(&answer, before, &mut self.limits, self.app.ids.as_ref(), now);
        self.order.ended(&answer.due, verdict.again_at(), now);
        if verdict.sooner != Sooner::default() {
            self.order.roused((!verdict.sooner.number).then_some(answer.due.contact), now);
        }
        loop {
            match records::store(&self.app, &self.held, &answer, &verdict).await {
                Ok(()) => break,
                Err(crate::Error::Store(error)) if error.is_transient() && !self.stop.is_cancelled() => {
                    tracing::warn!(%error, "the answer to a message cannot be stored yet");
                    tokio::time::sleep(POLL).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the answer to a message is left to its status");
                    break;
                }
            }
        }
        self.app.feeds.wake();
        self.app.bells.jobs.ring();
    }

    async fn drain(&mut self) {
        let end = tokio::time::Instant::now() + Duration::from_secs(10);
        while self.in_flight > 0 {
            match tokio::time::timeout_at(end, self.inbox.recv()).await {
                Ok(Some(answer)) => self.record(answer).await,
                _ => return,
            }
        }
    }
}

/// Allowed, or only waiting for its turn in the rate.
fn goes_soon(verdict: &Verdict, now: Ms) -> bool {
    match verdict.outcome {
        guard::Outcome::Allow => true,
        guard::Outcome::Delay => verdict.recheck_at.is_some_and(|at| at.since(now) <= TURN_MS),
        guard::Outcome::Refuse => false,
    }
}

async fn load(tx: &WriteTx, cases: &[Case]) -> Result<Book> {
    let contacts: Vec<_> = cases.iter().map(|case| case.due.contact).collect();
    let messages: Vec<_> = cases.iter().map(|case| case.due.message).collect();
    Ok(rapport_store::ingest::load_contacts(tx, &contacts, &messages).await?)
}

fn until(at: Ms, now: Ms) -> Duration {
    Duration::from_millis(u64::try_from(at.since(now)).unwrap_or(0).max(1))
}
