//! The store suite: every test runs on SQLite and on PostgreSQL.

mod accept;
mod account;
mod backtest;
mod calls;
mod campaign;
mod composer;
mod conflict;
mod cost;
mod coupon;
mod feed;
mod guide;
mod ingest;
mod likeness;
mod matter;
mod open;
mod parts;
mod push;
mod query;
mod retention;
mod route;
mod routing;
mod rule;
mod search;
mod search_pieces;
mod shop;
mod tag;
mod template;
mod understanding;
mod watch;
mod webhook;
mod work;

use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::testing::TestStore;
use uuid::Uuid;

/// Makes two tests of one body, `name::sqlite` and `name::postgres`. The body gets a fresh [`TestStore`] by reference.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: &TestStore) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "small tests need little of their module")]
            use super::*;

            async fn body($db: &rapport_store::testing::TestStore) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let db = rapport_store::testing::TestStore::sqlite().await.expect("a SQLite file");
                body(&db).await;
                db.finish().await.expect("closes");
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let db = rapport_store::testing::TestStore::postgres().await.expect("a PostgreSQL database");
                body(&db).await;
                db.finish().await.expect("closes");
            }
        }
    )+};
}
pub(crate) use on_both;

/// A moment in 2026.
pub(crate) const NOW: Ms = Ms(1_790_000_000_000);

/// A workspace.
pub(crate) fn workspace(number: u128) -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// A channel.
pub(crate) fn channel(number: u128) -> ChannelId {
    ChannelId(Uuid::from_u128(0x0190_0000_0000_7000_9000_0000_0000_0000 + number))
}

/// One number that a statement returns, past all doors: for looking at what a call left behind.
pub(crate) async fn number(db: &TestStore, sql: &str) -> i64 {
    rapport_store::testing::number(&db.store, sql).await.expect("a number")
}
