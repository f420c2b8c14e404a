//! Work outside transactions: stored as jobs, performed here, repeated until it is done or a person must look.

mod run;

pub use run::{Runner, step};

use rapport_core::{ChannelId, ConnectionId, ContactId, ConversationId, MediaId, MessageId, Ms, TeamId, UserId};
use rapport_store::job::{NewJob, Priority};
use serde::{Deserialize, Serialize};

/// Everything that is done as a job. The JSON form is what is stored: change it only by adding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Fetch a file from the provider before its id expires.
    FetchMedia {
        /// The file row.
        media_id: MediaId,
    },
    /// Bring a contact's fields to a CRM.
    PushContact {
        /// The CRM.
        connection_id: ConnectionId,
        /// The contact.
        contact_id: ContactId,
    },
    /// Bring a deal or a case to its CRM.
    PushMatter {
        /// The CRM.
        connection_id: ConnectionId,
        /// The deal or case.
        matter_id: uuid::Uuid,
    },
    /// Look at one record of a CRM again: something about it changed there.
    PullRecord {
        /// The CRM.
        connection_id: ConnectionId,
        /// `contact`, `deal` or `case`.
        object: String,
        /// Its id there.
        remote_id: String,
    },
    /// Read everything that changed in a CRM since the last time.
    PollConnection {
        /// The CRM.
        connection_id: ConnectionId,
    },
    /// Join two contacts that turned out to be one person.
    MergeContacts {
        /// Stays.
        keep: ContactId,
        /// Becomes a pointer.
        gone: ContactId,
    },
    /// Tell the customer that their messages were read, and show typing when asked.
    MarkRead {
        /// The conversation.
        conversation_id: ConversationId,
        /// Also show that an answer is being written.
        typing: bool,
    },
    /// A snoozed conversation comes back.
    Wake {
        /// The conversation.
        conversation_id: ConversationId,
    },
    /// Take the conversations that are being worked on from a user or a team that is gone.
    Release {
        /// The user.
        #[serde(default)]
        user_id: Option<UserId>,
        /// The team.
        #[serde(default)]
        team_id: Option<TeamId>,
    },
    /// Go on with a change to many conversations.
    Bulk {
        /// The change.
        bulk_id: uuid::Uuid,
    },
    /// Read the account's templates.
    SyncTemplates {
        /// The channel.
        channel_id: ChannelId,
    },
    /// Delete files that are older than the workspace keeps them. Every night.
    DeleteOldMedia,
    /// Give conversations that wait to whoever is there. While a policy gives out by itself, for ever.
    Assign,
    /// Ask a customer how satisfied they are.
    Survey {
        /// The conversation.
        conversation_id: ConversationId,
        /// The resolution it follows.
        resolved_at: Ms,
    },
    /// Something happened in a conversation: whose devices are told?
    Notice {
        /// The conversation.
        conversation_id: ConversationId,
        /// The note that was written; without one the customer wrote.
        #[serde(default)]
        note_id: Option<MessageId>,
    },
    /// Tell one device of it.
    Push {
        /// The device.
        device_id: uuid::Uuid,
        /// The conversation.
        conversation_id: ConversationId,
        /// The note, when it is about one.
        #[serde(default)]
        note_id: Option<MessageId>,
    },
    /// Let the customer of a practice scenario go on. While it runs, for ever.
    Practise {
        /// The run.
        run_id: uuid::Uuid,
    },
    /// Remove a practice room that was closed, with everything in it.
    EndPractice {
        /// The room.
        room_id: uuid::Uuid,
    },
    /// Judge something that happened by the rules that listen to it.
    RuleEvent {
        /// What happened.
        event: Box<rapport_core::rule::Event>,
    },
    /// A run of a rule has waited.
    RuleRun {
        /// The run.
        run_id: uuid::Uuid,
    },
    /// A rule's time of the day has come. While it is switched on, for ever.
    RuleTimer {
        /// The rule.
        rule_id: uuid::Uuid,
    },
    /// A rule begins to listen for customers who wait: look at those who do.
    RuleWaiting {
        /// The rule.
        rule_id: uuid::Uuid,
    },
    /// Go on with trying a rule on the past.
    RuleBacktest {
        /// The trial.
        backtest_id: uuid::Uuid,
    },
    /// Bring what is due for a webhook.
    Webhook {
        /// The webhook.
        webhook_id: uuid::Uuid,
    },
    /// Let the intent model learn from what people said.
    LearnIntents {
        /// The user who asked for it; none = it learns by itself.
        #[serde(default)]
        by: Option<uuid::Uuid>,
    },
    /// Have what customers said of late read again: hot words or the model changed.
    ReadAgain,
    /// Take in what a shop delivered.
    ShopDelivery {
        /// The delivery.
        delivery_id: uuid::Uuid,
    },
    /// Ask the provider about a number: quality, limits, how fast it answers. Every hour.
    RefreshChannel {
        /// The channel.
        channel_id: ChannelId,
    },
}

/// Queues and how many of each a node runs at once.
pub const QUEUES: [(&str, usize); 9] = [
    ("crm", 4),
    ("media", 4),
    ("contact", 1),
    ("channel", 4),
    ("bulk", 1),
    ("routing", 2),
    ("notice", 4),
    ("rule", 4),
    ("webhook", 4),
];

impl Job {
    /// The queue it waits in.
    #[must_use]
    pub fn queue(&self) -> &'static str {
        match self {
            Self::Bulk { .. }
            | Self::Release { .. }
            | Self::EndPractice { .. }
            | Self::RuleBacktest { .. }
            | Self::ReadAgain
            | Self::LearnIntents { .. } => "bulk",
            Self::PushContact { .. }
            | Self::PushMatter { .. }
            | Self::PullRecord { .. }
            | Self::PollConnection { .. }
            | Self::ShopDelivery { .. } => "crm",
            Self::FetchMedia { .. } | Self::DeleteOldMedia => "media",
            Self::MergeContacts { .. } | Self::Wake { .. } => "contact",
            Self::Assign | Self::Survey { .. } | Self::Practise { .. } => "routing",
            Self::Notice { .. } | Self::Push { .. } => "notice",
            Self::RuleEvent { .. } | Self::RuleRun { .. } | Self::RuleTimer { .. } | Self::RuleWaiting { .. } => "rule",
            Self::Webhook { .. } => "webhook",
            Self::MarkRead { .. } | Self::SyncTemplates { .. } | Self::RefreshChannel { .. } => "channel",
        }
    }

    /// The word stored beside it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FetchMedia { .. } => "fetch_media",
            Self::PushContact { .. } => "push_contact",
            Self::PushMatter { .. } => "push_matter",
            Self::PullRecord { .. } => "pull_record",
            Self::PollConnection { .. } => "poll_connection",
            Self::MergeContacts { .. } => "merge_contacts",
            Self::MarkRead { .. } => "mark_read",
            Self::Wake { .. } => "wake",
            Self::Bulk { .. } => "bulk",
            Self::Release { .. } => "release",
            Self::Assign => "assign",
            Self::Survey { .. } => "survey",
            Self::SyncTemplates { .. } => "sync_templates",
            Self::Webhook { .. } => "webhook",
            Self::RefreshChannel { .. } => "refresh_channel",
            Self::Notice { .. } => "notice",
            Self::Push { .. } => "push",
            Self::RuleEvent { .. } => "rule_event",
            Self::RuleRun { .. } => "rule_run",
            Self::RuleTimer { .. } => "rule_timer",
            Self::RuleWaiting { .. } => "rule_waiting",
            Self::RuleBacktest { .. } => "rule_backtest",
            Self::LearnIntents { .. } => "learn_intents",
            Self::ReadAgain => "read_again",
            Self::Practise { .. } => "practise",
            Self::EndPractice { .. } => "end_practice",
            Self::ShopDelivery { .. } => "shop_delivery",
            Self::DeleteOldMedia => "delete_old_media",
        }
    }

    /// Waiting jobs with equal keys are one job.
    fn dedupe_key(&self) -> String {
        match self {
            Self::FetchMedia { media_id } => format!("media:{media_id}"),
            Self::PushContact { connection_id, contact_id } => format!("push:{connection_id}:{contact_id}"),
            Self::PushMatter { connection_id, matter_id } => format!("matter:{connection_id}:{matter_id}"),
            Self::PullRecord { connection_id, object, remote_id } => {
                format!("pull:{connection_id}:{object}:{remote_id}")
            }
            Self::PollConnection { connection_id } => format!("poll:{connection_id}"),
            Self::MergeContacts { keep, gone } => format!("merge:{keep}:{gone}"),
            Self::MarkRead { conversation_id, .. } => format!("read:{conversation_id}"),
            Self::Wake { conversation_id } => format!("wake:{conversation_id}"),
            Self::Bulk { bulk_id } => format!("bulk:{bulk_id}"),
            Self::Release { user_id, team_id } => {
                let id = user_id.map(|id| id.0).or(team_id.map(|id| id.0)).unwrap_or_default();
                format!("release:{id}")
            }
            Self::Assign => "assign".to_owned(),
            Self::Survey { conversation_id, resolved_at } => format!("survey:{conversation_id}:{}", resolved_at.0),
            Self::SyncTemplates { channel_id } => format!("templates:{channel_id}"),
            Self::Webhook { webhook_id } => format!("webhook:{webhook_id}"),
            Self::RefreshChannel { channel_id } => format!("number:{channel_id}"),
            Self::DeleteOldMedia => "old-media".to_owned(),
            Self::ShopDelivery { delivery_id } => format!("shop:{delivery_id}"),
            Self::RuleEvent { event } => format!("event:{}:{}", event.key, event.settle_ms),
            Self::RuleRun { run_id } => format!("run:{run_id}"),
            Self::RuleTimer { rule_id } => format!("timer:{rule_id}"),
            Self::RuleWaiting { rule_id } => format!("waiting:{rule_id}"),
            Self::RuleBacktest { backtest_id } => format!("backtest:{backtest_id}"),
            Self::LearnIntents { .. } => "learn-intents".to_owned(),
            Self::ReadAgain => "read-again".to_owned(),
            Self::Practise { run_id } => format!("practise:{run_id}"),
            Self::EndPractice { room_id } => format!("practice:{room_id}"),
            Self::Notice { conversation_id, note_id } => {
                format!("notice:{}", note_id.map_or(conversation_id.0, |id| id.0))
            }
            Self::Push { device_id, conversation_id, note_id } => {
                format!("push:{device_id}:{}", note_id.map_or(conversation_id.0, |id| id.0))
            }
        }
    }

    /// Jobs with equal keys run one after the other.
    fn order_key(&self) -> Option<String> {
        match self {
            Self::FetchMedia { .. } => None,
            _ => Some(self.dedupe_key()),
        }
    }

    /// Tries before a person must look.
    fn tries(&self) -> i32 {
        match self {
            // The retry schedule decides by time (72 h); this only bounds a schedule that never ends.
            Self::PushContact { .. } | Self::PushMatter { .. } | Self::PullRecord { .. } => 200,
            Self::PollConnection { .. } | Self::RefreshChannel { .. } | Self::DeleteOldMedia | Self::Assign => {
                1_000_000
            }
            Self::Practise { .. } | Self::EndPractice { .. } | Self::RuleTimer { .. } => 1_000_000,
            // Each delivery has tries of its own; the job is only whoever brings them.
            Self::Webhook { .. } => 1_000_000,
            Self::RuleEvent { .. } | Self::RuleRun { .. } | Self::RuleWaiting { .. } => 40,
            Self::FetchMedia { .. } | Self::Survey { .. } | Self::ShopDelivery { .. } => 40,
            Self::Bulk { .. } | Self::Release { .. } | Self::RuleBacktest { .. } => 20,
            Self::MergeContacts { .. } | Self::SyncTemplates { .. } | Self::Wake { .. } => 10,
            Self::LearnIntents { .. } | Self::ReadAgain => 10,
            Self::Notice { .. } | Self::Push { .. } => 10,
            Self::MarkRead { .. } => 3,
        }
    }

    /// The row to enqueue, due at `due`.
    #[must_use]
    pub fn row_at(&self, due: Ms) -> NewJob {
        let payload = serde_json::to_value(self).unwrap_or_default();
        NewJob {
            priority: if matches!(self, Self::PollConnection { .. }) { Priority::Low } else { Priority::Normal },
            max_attempts: self.tries(),
            dedupe_key: Some(self.dedupe_key()),
            order_key: self.order_key(),
            ..NewJob::new(self.queue(), self.kind(), payload, due)
        }
    }

    /// The row to enqueue, due at once; a notice rests a moment.
    #[must_use]
    pub fn row(&self, now: Ms) -> NewJob {
        let rest = if matches!(self, Self::Notice { .. }) { rapport_core::notice::REST_MS } else { 0 };
        self.row_at(now.plus(rest))
    }
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done; the job is deleted.
    Done,
    /// Done for now; the same job is due again at this moment, with fresh tries.
    Again {
        /// When.
        at: Ms,
    },
    /// Try again at this moment.
    Retry {
        /// When.
        at: Ms,
        /// Why, in a sentence.
        error: String,
    },
    /// A person must look: dead letter.
    Dead {
        /// Why, in a sentence.
        error: String,
    },
}
