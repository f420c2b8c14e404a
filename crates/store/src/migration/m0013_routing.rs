//! Who gets a conversation and how it ends: policies and hours, agents, turns, closings, surveys, macros.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0013_routing",
    tables: &[
        Table {
            name: "routing_place",
            columns: "workspace_id uuid, place_id uuid, kind text, mode text?, cap int?, crm_owner bool, team_id uuid?, \
            skills json, hours json?, updated_at big",
            key: &["workspace_id", "place_id"],
            narrow: false,
        },
        Table {
            name: "routing_turn",
            columns: "workspace_id uuid, place_id uuid, user_id uuid, turn big",
            key: &["workspace_id", "place_id", "user_id"],
            narrow: true,
        },
        Table {
            name: "agent",
            columns: "workspace_id uuid, user_id uuid, skills json, cap int?, shift json?, seen_at big?, updated_at big",
            key: &["workspace_id", "user_id"],
            narrow: false,
        },
        Table {
            name: "closing_category",
            columns: "workspace_id uuid, id uuid, name text, position int, archived_at big?, created_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "closing",
            columns: "workspace_id uuid, id uuid, conversation_id uuid, contact_id uuid, channel_id uuid, at big, \
            actor_kind text, actor_id uuid?, assignee_id uuid?, team_id uuid?, category_id uuid?, note text?",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "survey",
            columns: "workspace_id uuid, id uuid, conversation_id uuid, contact_id uuid, channel_id uuid, agent_id uuid?, \
            resolved_at big, state text, reason text?, via text?, message_id uuid?, asked_at big?, score small?, \
            scored_at big?, comment text?, commented_at big?, created_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "macro",
            columns: "workspace_id uuid, id uuid, owner_id uuid?, name text, actions json, created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS closing_category_name ON closing_category (workspace_id, name) \
     WHERE archived_at IS NULL",
        "CREATE UNIQUE INDEX IF NOT EXISTS closing_once ON closing (workspace_id, conversation_id, at)",
        "CREATE INDEX IF NOT EXISTS closing_at ON closing (workspace_id, at)",
        "CREATE UNIQUE INDEX IF NOT EXISTS survey_once ON survey (workspace_id, conversation_id, resolved_at)",
        "CREATE INDEX IF NOT EXISTS survey_contact ON survey (workspace_id, contact_id, asked_at)",
        "CREATE INDEX IF NOT EXISTS survey_asked ON survey (workspace_id, asked_at)",
        // What waits for an agent, the longest waiting first.
        "CREATE INDEX IF NOT EXISTS conversation_unassigned ON conversation (workspace_id, waiting_since, id) \
     WHERE assignee_id IS NULL AND status = 'open'",
    ],
};
