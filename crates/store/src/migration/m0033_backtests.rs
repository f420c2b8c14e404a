//! Rules over the past, rules that only watch, and the messages of a rule found by it.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0033_backtests",
    tables: &[
        Table {
            name: "rule_backtest",
            columns: "workspace_id uuid, id uuid, rule_id uuid?, rule_name text, rule_version int?, definition json, \
                from_at big, to_at big, channel_id uuid?, team_id uuid?, state text, total int, done int, last uuid?, \
                tally json, ran int, skipped int, currency text?, actor_kind text, actor_id uuid?, actor_name text, \
                created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "rule_backtest_example",
            columns: "workspace_id uuid, backtest_id uuid, place int, ran bool, body json",
            key: &["workspace_id", "backtest_id", "place"],
            narrow: false,
        },
    ],
    columns: &[("rule", "shadow small=0"), ("rule_run", "shadow small=0")],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS rule_backtest_running ON rule_backtest (workspace_id) WHERE state = 'running'",
        "CREATE INDEX IF NOT EXISTS message_rule ON message (workspace_id, author_id, created_at) \
         WHERE author_kind = 'rule'",
    ],
};
