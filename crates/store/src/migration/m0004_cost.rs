//! What messages cost: what the provider says of each, counts of that, and the workspace's rates.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0004_cost",
    tables: &[
        Table {
            name: "cost_rate",
            columns: "workspace_id uuid, category text, market text, month int, micros big?, currency text?, \
            confirmed small, updated_at big",
            key: &["workspace_id", "category", "market", "month"],
            narrow: true,
        },
        Table {
            name: "cost_day",
            columns: "workspace_id uuid, day big, channel_id uuid, category text, kind text, country text, slot small, \
            count big",
            key: &["workspace_id", "day", "channel_id", "category", "kind", "country", "slot"],
            narrow: true,
        },
        Table {
            name: "cost_thread",
            columns: "workspace_id uuid, conversation_id uuid, month int, category text, kind text, count big",
            key: &["workspace_id", "conversation_id", "month", "category", "kind"],
            narrow: true,
        },
    ],
    columns: &[("message", "cost_category text?"), ("message", "cost_kind text?")],
    indexes: &[],
};
