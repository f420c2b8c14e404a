//! Standby routes: the other channel a number's messages may go over, and over which each try went.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0007_route",
    tables: &[Table {
        name: "channel_route",
        columns: "workspace_id uuid, channel_id uuid, standby_id uuid?, slow_ms big, every_ms big, soon_ms big, \
        active text, state json, revision big, updated_at big",
        key: &["workspace_id", "channel_id"],
        narrow: false,
    }],
    columns: &[
        // The channel a queued message belongs to, while it waits to go over another; and the channel each try went over.
        ("send_queue", "home_channel_id uuid?"),
        ("message_attempt", "channel_id uuid?"),
    ],
    indexes: &[],
};
