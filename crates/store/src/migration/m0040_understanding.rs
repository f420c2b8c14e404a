//! What is understood of messages: the workspace's hot words, a short reading beside each message, what people say
//! that customers want, and the models that learned from it.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0040_understanding",
    tables: &[
        // Rises with every change of what messages are read with.
        Table { name: "understanding", columns: "workspace_id uuid, stamp big", key: &["workspace_id"], narrow: true },
        Table {
            name: "hot_word",
            columns: "workspace_id uuid, id uuid, topic text, language text, text text, body json, created_at big, \
                updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        // Messages that are still to be read; those to be read again come last.
        Table {
            name: "reading_due",
            columns: "workspace_id uuid, message_id uuid, again small",
            key: &["workspace_id", "message_id"],
            narrow: true,
        },
        // Numbers are thousandths.
        Table {
            name: "reading",
            columns: "workspace_id uuid, message_id uuid, contact_id uuid, conversation_id uuid, at big, language text?, \
                mood small?, intent text?, sure small, probability small, doubt small, products json?",
            key: &["workspace_id", "message_id"],
            narrow: false,
        },
        Table {
            name: "reading_word",
            columns: "workspace_id uuid, message_id uuid, word_id uuid, times small",
            key: &["workspace_id", "message_id", "word_id"],
            narrow: true,
        },
        Table {
            name: "intent_label",
            columns: "workspace_id uuid, message_id uuid, intent text, language text?, predicted text?, at big, user_id uuid?",
            key: &["workspace_id", "message_id"],
            narrow: false,
        },
        Table {
            name: "intent_model",
            columns: "workspace_id uuid, version int, in_force small, bytes bytes, report json, made_at big, made_by uuid?",
            key: &["workspace_id", "version"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS hot_word_text ON hot_word (workspace_id, language, text)",
        "CREATE INDEX IF NOT EXISTS reading_due_order ON reading_due (again, message_id)",
        "CREATE INDEX IF NOT EXISTS reading_of_contact ON reading (workspace_id, contact_id, at)",
        "CREATE INDEX IF NOT EXISTS reading_in_time ON reading (workspace_id, at)",
        "CREATE INDEX IF NOT EXISTS intent_label_in_time ON intent_label (workspace_id, at)",
    ],
};
