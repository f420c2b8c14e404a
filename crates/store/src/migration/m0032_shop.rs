//! The shop: products, orders with their parcels, stores.
//!
//! Each row is told by somebody else, under a key of theirs: what is asked about has a column, the rest is in `body`.
//! `stamp` is their moment of the change, `updated_at` ours.

use super::builder::{Step, Table};

pub(super) const STEP: Step = Step {
    name: "m0032_shop",
    tables: &[
        Table {
            name: "product",
            columns: "workspace_id uuid, key text, body json, stamp big, created_at big, updated_at big",
            key: &["workspace_id", "key"],
            narrow: false,
        },
        Table {
            name: "store",
            columns: "workspace_id uuid, key text, body json, stamp big, created_at big, updated_at big",
            key: &["workspace_id", "key"],
            narrow: false,
        },
        Table {
            name: "shop_order",
            columns: "workspace_id uuid, number text, contact_id uuid?, phone text?, email text?, placed_at big, body json, \
                stamp big, created_at big, updated_at big",
            key: &["workspace_id", "number"],
            narrow: false,
        },
        Table {
            name: "shipment",
            columns: "workspace_id uuid, number text, key text, body json, stamp big, created_at big, updated_at big",
            key: &["workspace_id", "number", "key"],
            narrow: false,
        },
    ],
    columns: &[],
    indexes: &[
        "CREATE INDEX IF NOT EXISTS shop_order_placed ON shop_order (workspace_id, placed_at, number)",
        "CREATE INDEX IF NOT EXISTS shop_order_contact ON shop_order (workspace_id, contact_id, placed_at, number) \
         WHERE contact_id IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS shop_order_waits ON shop_order (workspace_id, phone) WHERE contact_id IS NULL",
        "CREATE INDEX IF NOT EXISTS shop_order_waits_email ON shop_order (workspace_id, email) WHERE contact_id IS NULL",
    ],
};
