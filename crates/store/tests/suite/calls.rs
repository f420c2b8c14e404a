//! Calls to providers: counted by the minute, and never one too many, whoever counts.

use crate::{NOW, on_both, workspace};
use rapport_core::Ms;
use rapport_core::time::MINUTE;
use rapport_store::calls;

on_both! {
    async fn two_nodes_never_take_the_same_last_call(db: &TestStore) {
        const LIMIT: u32 = 10;
        let other = db.another_node().await.unwrap();
        let tasks = (0..30).map(|task| {
            let store = if task % 2 == 0 { db.store.clone() } else { other.clone() };
            tokio::spawn(async move {
                // Some nodes' clocks are in the next minute already.
                let now = NOW.plus(task % 3 * MINUTE);
                let tx = store.workspace(workspace(1)).write().await.unwrap();
                let made = calls::made_held(&tx, "waba", NOW.plus(-MINUTE)).await.unwrap();
                if made.iter().map(|(_, calls)| calls).sum::<u32>() < LIMIT {
                    calls::count(&tx, "waba", 1, now).await.unwrap();
                }
                tx.commit().await.unwrap();
            })
        });
        futures::future::join_all(tasks).await.into_iter().for_each(Result::unwrap);
        let made = calls::made(&db.store.workspace(workspace(1)).read(), "waba", NOW.plus(-MINUTE)).await.unwrap();
        assert_eq!(made.iter().map(|(_, calls)| calls).sum::<u32>(), LIMIT);
        assert!(made.iter().all(|(at, _)| at.0 % MINUTE == 0), "by the minute: {made:?}");
    }

    async fn calls_are_an_accounts_own_and_are_forgotten(db: &TestStore) {
        let scope = db.store.workspace(workspace(1));
        let tx = scope.write().await.unwrap();
        for (account, calls, at) in [("waba", 3, NOW), ("waba", 2, NOW.plus(1)), ("waba", 5, NOW.plus(5 * MINUTE)), ("other", 7, NOW)] {
            calls::count(&tx, account, calls, at).await.unwrap();
        }
        tx.commit().await.unwrap();
        let minute = |at: Ms| Ms(at.0 / MINUTE * MINUTE);
        let made = |account: &'static str, since| {
            let read = scope.read();
            async move { calls::made(&read, account, since).await.unwrap() }
        };
        let later = minute(NOW.plus(5 * MINUTE));
        assert_eq!(made("waba", Ms(0)).await, [(minute(NOW), 5), (later, 5)]);
        assert_eq!(made("waba", later).await, [(later, 5)]);
        assert_eq!(made("other", Ms(0)).await, [(minute(NOW), 7)]);
        let stranger = db.store.workspace(workspace(2));
        assert!(calls::made(&stranger.read(), "waba", Ms(0)).await.unwrap().is_empty(), "of another workspace");
        let tx = scope.write().await.unwrap();
        assert_eq!(calls::purge(&tx, later).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(made("waba", Ms(0)).await, [(later, 5)]);
    }
}
