//! The first-run guide: from nothing to the first answered message, a few steps, each with the one thing to do next.
//!
//! Nothing of it is ticked off by hand: what is done follows from what is there.

use crate::time::DAY;
use crate::{ChannelId, ConversationId, Ms};

/// For how long a workspace or a person is new.
pub const NEW_FOR: i64 = 14 * DAY;

/// What the asking person may do, as far as the guide is about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct May {
    /// Write to customers.
    pub write: bool,
    /// Connect numbers.
    pub connect_numbers: bool,
    /// Add people.
    pub invite: bool,
    /// Connect CRMs.
    pub connect_crm: bool,
}

/// A number that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The channel.
    pub id: ChannelId,
    /// Whether it is in use and the provider does not refuse us.
    pub works: bool,
    /// As people write it; absent until the provider has told it.
    pub phone: Option<String>,
}

/// What the guide is decided by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The asking person's rights.
    pub may: May,
    /// Now.
    pub now: Ms,
    /// When the workspace was made.
    pub workspace_made: Ms,
    /// When the person was added.
    pub person_made: Ms,
    /// Whether they take conversations at this moment.
    pub is_present: bool,
    /// Whether they put the guide away.
    pub is_hidden: bool,
    /// The connected numbers, oldest first.
    pub numbers: Vec<Number>,
    /// Whether a customer ever wrote.
    pub has_message: bool,
    /// The conversation whose customer has waited longest.
    pub waiting: Option<ConversationId>,
    /// Whether the provider took an answer to a customer: any for who connects numbers, their own for everybody else.
    pub is_answered: bool,
    /// Whether somebody else can sign in too.
    pub has_colleagues: bool,
    /// Whether a CRM is connected.
    pub has_crm: bool,
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// Say that one is there.
    Present,
    /// Connect a number.
    Channel,
    /// See the first message arrive.
    Message,
    /// Answer it.
    Answer,
    /// Have colleagues.
    Colleagues,
    /// Connect a CRM.
    Crm,
}

impl Name {
    /// The code over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Channel => "channel",
            Self::Message => "message",
            Self::Answer => "answer",
            Self::Colleagues => "colleagues",
            Self::Crm => "crm",
        }
    }
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Done.
    Done,
    /// The one to do now.
    Next,
    /// Can be done at any time.
    Open,
    /// Needs another step, or somebody else, first.
    Waits,
}

impl State {
    /// The code over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Next => "next",
            Self::Open => "open",
            Self::Waits => "waits",
        }
    }
}

/// The one thing to do for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Go online.
    GoOnline,
    /// Connect a number.
    AddChannel,
    /// Look at a number that does not work or has not told its own digits.
    OpenChannel(ChannelId),
    /// Write to the number from a phone.
    Write(ChannelId, String),
    /// Answer this customer.
    OpenConversation(ConversationId),
    /// Choose a conversation.
    OpenInbox,
    /// Add people.
    Invite,
    /// Connect a CRM.
    ConnectCrm,
}

/// A step as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which one.
    pub name: Name,
    /// How it stands.
    pub state: State,
    /// What to do; absent when it is done or waits.
    pub action: Option<Action>,
}

/// The guide of one person at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// The steps in their order; none for who has nothing to do here.
    pub steps: Vec<Step>,
    /// Whether everything is done.
    pub is_done: bool,
    /// Whether it belongs on the first screen: there is something to do, the person or the workspace is new or nobody
    /// was answered yet, and it was not put away.
    pub is_shown: bool,
}

/// Decides a person's guide.
#[must_use]
pub fn guide(facts: &Facts) -> Guide {
    let mut steps: Vec<Step> = names(facts).iter().map(|name| step(*name, facts)).collect();
    // Of everything that could be done, the first is the one to do.
    if let Some(first) = steps.iter_mut().find(|step| step.state == State::Open) {
        first.state = State::Next;
    }
    let is_done = steps.iter().all(|step| step.state == State::Done);
    let is_new = |made: Ms| facts.now.since(made) < NEW_FOR;
    let matters =
        if leads(facts) { !facts.is_answered || is_new(facts.workspace_made) } else { is_new(facts.person_made) };
    Guide { is_shown: !facts.is_hidden && !is_done && matters, is_done, steps }
}

/// Whether the guide is that of somebody who sets the workspace up.
fn leads(facts: &Facts) -> bool {
    facts.may.connect_numbers
}

fn names(facts: &Facts) -> Vec<Name> {
    if leads(facts) {
        let more = [(facts.may.invite, Name::Colleagues), (facts.may.connect_crm, Name::Crm)];
        let more = more.into_iter().filter_map(|(may, name)| may.then_some(name));
        return [Name::Channel, Name::Message, Name::Answer].into_iter().chain(more).collect();
    }
    // Whoever has been here for longer knows the way.
    if facts.may.write && (facts.now.since(facts.person_made) < NEW_FOR || !facts.has_message) {
        return vec![Name::Present, Name::Message, Name::Answer];
    }
    Vec::new()
}

fn step(name: Name, facts: &Facts) -> Step {
    let working = facts.numbers.iter().find(|number| number.works);
    let (is_done, action) = match name {
        Name::Present => (facts.is_present, Some(Action::GoOnline)),
        Name::Channel => (working.is_some() || facts.has_message && !facts.numbers.is_empty(), Some(connect(facts))),
        Name::Message => (facts.has_message, working.and_then(|number| hear(number, facts))),
        Name::Answer => (facts.is_answered, facts.has_message.then(|| answer(facts))),
        Name::Colleagues => (facts.has_colleagues, Some(Action::Invite)),
        Name::Crm => (facts.has_crm, Some(Action::ConnectCrm)),
    };
    match (is_done, action) {
        (true, _) => Step { name, state: State::Done, action: None },
        (false, Some(action)) => Step { name, state: State::Open, action: Some(action) },
        (false, None) => Step { name, state: State::Waits, action: None },
    }
}

/// A number that is there and does not work is repaired before another one is connected.
fn connect(facts: &Facts) -> Action {
    facts.numbers.first().map_or(Action::AddChannel, |number| Action::OpenChannel(number.id))
}

fn hear(number: &Number, facts: &Facts) -> Option<Action> {
    match &number.phone {
        Some(phone) => Some(Action::Write(number.id, phone.clone())),
        None => facts.may.connect_numbers.then_some(Action::OpenChannel(number.id)),
    }
}

fn answer(facts: &Facts) -> Action {
    facts.waiting.map_or(Action::OpenInbox, Action::OpenConversation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Ms = Ms(1_790_000_000_000);
    const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(1));
    const ASKED: ConversationId = ConversationId(Uuid::from_u128(2));

    fn owner() -> Facts {
        let may = May { write: true, connect_numbers: true, invite: true, connect_crm: true };
        Facts { may, now: NOW, workspace_made: NOW, person_made: NOW, ..Facts::default() }
    }

    fn agent() -> Facts {
        Facts { may: May { write: true, ..May::default() }, ..owner() }
    }

    fn number(works: bool, phone: Option<&str>) -> Vec<Number> {
        vec![Number { id: CHANNEL, works, phone: phone.map(str::to_owned) }]
    }

    fn seen(facts: &Facts) -> Vec<(Name, State, Option<Action>)> {
        guide(facts).steps.into_iter().map(|step| (step.name, step.state, step.action)).collect()
    }

    use Name::{Answer, Channel, Colleagues, Crm, Message, Present};
    use State::{Done, Next, Open, Waits};

    #[test]
    fn an_owner_goes_from_nothing_to_the_first_answer() {
        let mut facts = owner();
        let invite = (Colleagues, Open, Some(Action::Invite));
        let crm = (Crm, Open, Some(Action::ConnectCrm));
        let steps = [
            (Channel, Next, Some(Action::AddChannel)),
            (Message, Waits, None),
            (Answer, Waits, None),
            invite.clone(),
            crm.clone(),
        ];
        assert_eq!(seen(&facts), steps);
        facts.numbers = number(true, Some("+971 50 123 4567"));
        let write = Action::Write(CHANNEL, "+971 50 123 4567".to_owned());
        let steps =
            [(Channel, Done, None), (Message, Next, Some(write)), (Answer, Waits, None), invite.clone(), crm.clone()];
        assert_eq!(seen(&facts), steps);
        facts.has_message = true;
        facts.waiting = Some(ASKED);
        let open = Action::OpenConversation(ASKED);
        let steps = [(Channel, Done, None), (Message, Done, None), (Answer, Next, Some(open)), invite, crm.clone()];
        assert_eq!(seen(&facts), steps);
        facts.is_answered = true;
        facts.waiting = None;
        let next = (Colleagues, Next, Some(Action::Invite));
        assert_eq!(seen(&facts), [(Channel, Done, None), (Message, Done, None), (Answer, Done, None), next, crm]);
        assert!(guide(&facts).is_shown && !guide(&facts).is_done, "a new workspace has more to do");
        facts.has_colleagues = true;
        facts.has_crm = true;
        let whole = guide(&facts);
        assert!(whole.is_done && !whole.is_shown);
    }

    #[test]
    fn a_number_that_does_not_work_is_repaired_first() {
        let mut facts = Facts { numbers: number(false, Some("1")), ..owner() };
        assert_eq!(seen(&facts)[0], (Channel, Next, Some(Action::OpenChannel(CHANNEL))));
        assert_eq!(seen(&facts)[1], (Message, Waits, None));
        facts.numbers = number(true, None);
        assert_eq!(
            seen(&facts)[1],
            (Message, Next, Some(Action::OpenChannel(CHANNEL))),
            "its digits are not known yet"
        );
        facts.numbers = number(false, None);
        facts.has_message = true;
        assert_eq!(seen(&facts)[0].1, Done, "it did work: what fails later is the health page's");
    }

    #[test]
    fn an_agent_has_a_shorter_one() {
        let mut facts = agent();
        assert_eq!(
            seen(&facts),
            [(Present, Next, Some(Action::GoOnline)), (Message, Waits, None), (Answer, Waits, None)]
        );
        facts.is_present = true;
        assert_eq!(seen(&facts), [(Present, Done, None), (Message, Waits, None), (Answer, Waits, None)]);
        facts.numbers = number(true, None);
        assert_eq!(seen(&facts)[1], (Message, Waits, None), "an agent cannot look into the number");
        facts.has_message = true;
        assert_eq!(seen(&facts)[2], (Answer, Next, Some(Action::OpenInbox)));
        assert!(guide(&facts).is_shown);
        facts.is_answered = true;
        assert!(guide(&facts).is_done);
    }

    #[test]
    fn who_cannot_write_has_none() {
        let viewer = Facts { may: May::default(), ..owner() };
        assert_eq!(guide(&viewer), Guide { steps: Vec::new(), is_done: true, is_shown: false });
    }

    #[test]
    fn it_leaves_the_first_screen_when_put_away_or_no_longer_new() {
        assert!(guide(&owner()).is_shown);
        assert!(!guide(&Facts { is_hidden: true, ..owner() }).is_shown);
        let later = NOW.plus(NEW_FOR);
        let old = Facts { now: later, ..owner() };
        assert!(guide(&old).is_shown, "nobody was answered yet");
        let running = Facts { has_message: true, is_answered: true, ..old };
        assert!(!guide(&running).is_shown && !guide(&running).is_done);
        let veteran = Facts { now: later, has_message: true, ..agent() };
        assert_eq!(guide(&veteran).steps, Vec::new());
    }
}
