//! Campaigns: what is sent to whom, each recipient once, and the list that a campaign was given.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0010_campaigns",
    tables: &[
        Table {
            name: "campaign",
            columns: "workspace_id uuid, id uuid, name text, channel_id uuid, template_id uuid, template_name text, \
            template_language text, category text, given json, audience json, status text, scheduled_at big?, \
            cursor text?, planned small, started_at big?, finished_at big?, stopped_for text?, created_by uuid?, \
            created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "campaign_recipient",
            columns: "workspace_id uuid, campaign_id uuid, contact_id uuid, lane small, state text, reason text?, \
            detail text?, message_id uuid?, updated_at big",
            key: &["workspace_id", "campaign_id", "contact_id"],
            narrow: false,
        },
        Table {
            name: "campaign_list",
            columns: "workspace_id uuid, campaign_id uuid, part int, entries json",
            key: &["workspace_id", "campaign_id", "part"],
            narrow: false,
        },
    ],
    columns: &[("send_queue", "campaign_id uuid?")],
    indexes: &[
        "CREATE INDEX IF NOT EXISTS campaign_live ON campaign (status, scheduled_at) \
     WHERE status IN ('running', 'scheduled')",
        // A portion is taken from few lanes, so that few customers' lanes are held while it is written.
        "CREATE INDEX IF NOT EXISTS campaign_recipient_state \
     ON campaign_recipient (workspace_id, campaign_id, state, lane, contact_id)",
        "CREATE INDEX IF NOT EXISTS send_queue_campaign ON send_queue (workspace_id, campaign_id, run_at) \
     WHERE campaign_id IS NOT NULL",
    ],
};
