//! Codes for customers, and shops that deliver by webhook.
//!
//! A code is issued once for a run and step (`issue_key`). Whether one has expired is not stored: it follows from
//! `valid_until`.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0041_coupons",
    tables: &[
        Table {
            name: "coupon_pool",
            columns: "workspace_id uuid, id uuid, name text, kind text, value text, currency text?, active bool, \
                valid_from big?, valid_to big?, valid_days int?, per_contact int, created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "coupon",
            columns: "workspace_id uuid, id uuid, pool_id uuid, code text, contact_id uuid?, run_id uuid?, issue_key text?, \
                issued_at big?, valid_until big?, redeemed_at big?, order_number text?, created_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "shop_source",
            columns: "workspace_id uuid, id uuid, kind text, name text, prefix text, secret bytes, active bool, \
                last_at big?, last_topic text?, refused_at big?, created_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
        Table {
            name: "shop_delivery",
            columns: "workspace_id uuid, id uuid, source_id uuid, delivery_key text, topic text, domain text?, body bytes?, \
                state text, detail text?, attempts int, received_at big, updated_at big",
            key: &["workspace_id", "id"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE UNIQUE INDEX IF NOT EXISTS coupon_pool_name ON coupon_pool (workspace_id, name)",
        "CREATE UNIQUE INDEX IF NOT EXISTS coupon_code ON coupon (workspace_id, code)",
        "CREATE UNIQUE INDEX IF NOT EXISTS coupon_issue ON coupon (workspace_id, issue_key) WHERE issue_key IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS coupon_of_pool ON coupon (workspace_id, pool_id, id)",
        "CREATE INDEX IF NOT EXISTS coupon_free ON coupon (workspace_id, pool_id, id) \
         WHERE issued_at IS NULL AND redeemed_at IS NULL",
        "CREATE INDEX IF NOT EXISTS coupon_contact ON coupon (workspace_id, contact_id, id) WHERE contact_id IS NOT NULL",
        "CREATE UNIQUE INDEX IF NOT EXISTS shop_delivery_once ON shop_delivery (workspace_id, source_id, delivery_key)",
        "CREATE INDEX IF NOT EXISTS shop_delivery_state ON shop_delivery (workspace_id, source_id, state, id)",
    ],
};
