//! Opening, migrating, backing up.

use super::{NOW, number, on_both, workspace};
use rapport_store::{Backend, Error, Options, Store, audit, backup, testing};
use std::collections::HashSet;

on_both! {
    async fn migrating_again_changes_nothing(db: &TestStore) {
        assert!(db.store.is_migrated().await.unwrap());
        assert_eq!(number(db, "SELECT count(*) FROM lane").await, 256);
        let steps = number(db, "SELECT count(*) FROM seaql_migrations").await;
        let other = db.another_node().await.unwrap();
        let (one, two) = tokio::join!(db.store.migrate(), other.migrate());
        one.unwrap();
        two.unwrap();
        assert_eq!(number(db, "SELECT count(*) FROM lane").await, 256);
        assert_eq!(number(db, "SELECT count(*) FROM seaql_migrations").await, steps);
        other.close().await.unwrap();
    }

    async fn a_newer_schema_is_refused(db: &TestStore) {
        testing::execute(&db.store, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)").await.unwrap();
        match db.another_node().await {
            Err(Error::TooNew { found, .. }) => assert_eq!(found, "m9999_future"),
            other => panic!("{:?}", other.err()),
        }
        assert!(matches!(db.store.migrate().await, Err(Error::TooNew { .. })));
    }

    async fn entities_fit_the_tables(db: &TestStore) {
        testing::select_all_entities(&db.store).await.unwrap();
    }

    async fn settings_keep_the_first_value(db: &TestStore) {
        use rapport_store::setting;
        let one = setting::get_or_init(&db.store, "key", serde_json::json!({"a": 1})).await.unwrap();
        let two = setting::get_or_init(&db.store, "key", serde_json::json!({"a": 2})).await.unwrap();
        assert_eq!((one.clone(), one), (two, serde_json::json!({"a": 1})));
        setting::set(&db.store, "key", serde_json::json!("x")).await.unwrap();
        assert_eq!(setting::get(&db.store, "key").await.unwrap(), Some(serde_json::json!("x")));
        assert_eq!(setting::get(&db.store, "other").await.unwrap(), None);
    }

    async fn an_empty_workspace_is_balanced(db: &TestStore) {
        let counts = audit::counts(&db.store.workspace(workspace(1))).await.unwrap();
        assert!(counts.balanced, "{:?}", counts.findings);
    }

    async fn ids_ascend(db: &TestStore) {
        let ids: Vec<_> = (0..1_000).map(|_| db.store.new_id(NOW)).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 1_000);
    }

    async fn backups_are_whole_or_refused(db: &TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        if db.store.backend() == Backend::Postgres {
            let error = backup::backup(&db.store, &path).await.unwrap_err();
            assert!(error.to_string().contains("pg_dump"), "{error}");
            return;
        }
        let report = backup::backup(&db.store, &path).await.unwrap();
        assert_eq!(report.rows["lane"], 256);
        assert_eq!(backup::check(&path).await.unwrap().rows, report.rows);
        assert!(matches!(backup::backup(&db.store, &path).await, Err(Error::Invalid(_))));
        let copy = Store::open(&Options::new(format!("sqlite://{}", path.display()))).await.unwrap();
        assert!(copy.is_migrated().await.unwrap());
        copy.close().await.unwrap();
        // Damage in the middle of the file is found.
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle - 4096..middle].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        assert!(backup::check(&path).await.is_err());
    }
}

/// Going over a large table takes longer than any request may: a step that is stopped would be stopped at every start.
#[tokio::test]
async fn migrating_has_no_limit_of_time() {
    let db = testing::TestStore::postgres().await.unwrap();
    for text in [
        "CREATE TABLE seen (step text, patience text)",
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO seen VALUES (NEW.version, current_setting('statement_timeout')); RETURN NULL; END $$",
        "CREATE TRIGGER see AFTER INSERT ON seaql_migrations FOR EACH ROW EXECUTE FUNCTION see()",
        "DELETE FROM seaql_migrations WHERE version = 'm0016_heard'",
    ] {
        testing::execute(&db.store, text).await.unwrap();
    }
    db.store.migrate().await.unwrap();
    let patient = "SELECT count(*) FROM seen WHERE step = 'm0016_heard' AND patience = '0'";
    assert_eq!(testing::number(&db.store, patient).await.unwrap(), 1);
    // Requests have one still.
    let hasty = "SELECT CAST(current_setting('statement_timeout') = '1min' AS int)::bigint";
    assert_eq!(testing::number(&db.store, hasty).await.unwrap(), 1);
    db.finish().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_table_that_grows_is_analysed() {
    let db = testing::TestStore::postgres().await.unwrap();
    let fill = "INSERT INTO setting (key, value) SELECT 'key ' || n, '{}' FROM generate_series(1, 2000) AS n";
    testing::execute(&db.store, fill).await.unwrap();
    let known = "SELECT c.reltuples::bigint FROM pg_class AS c WHERE c.oid = 'setting'::regclass";
    for _ in 0..600 {
        if testing::number(&db.store, known).await.unwrap() >= 2000 {
            return db.finish().await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody analysed the table");
}

#[tokio::test]
async fn the_sqlite_file_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let db = testing::TestStore::sqlite().await.unwrap();
    let mode = std::fs::metadata(db.store.sqlite_path().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    db.finish().await.unwrap();
}

#[tokio::test]
async fn bad_urls_are_refused() {
    for url in ["mysql://x", "sqlite://relative.db", "sqlite::memory:", ""] {
        assert!(matches!(Store::open(&Options::new(url)).await, Err(Error::Invalid(_))), "{url}");
    }
}

#[tokio::test]
async fn the_log_is_moved_into_the_file_in_the_background() {
    let db = testing::TestStore::sqlite().await.unwrap();
    let path = db.store.sqlite_path().unwrap().to_owned();
    let length = || std::fs::metadata(&path).unwrap().len();
    for round in 0..3 {
        let before = length();
        let fill = format!(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
             INSERT INTO setting (key, value) SELECT '{round}-' || i, hex(randomblob(200)) FROM n"
        );
        testing::execute(&db.store, &fill).await.unwrap();
        let waited = std::time::Instant::now();
        while length() == before {
            assert!(waited.elapsed().as_secs() < 10, "round {round}: nothing was moved");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
    db.finish().await.unwrap();
}

#[tokio::test]
async fn the_log_stays_bounded_under_constant_writing() {
    let db = testing::TestStore::sqlite().await.unwrap();
    let wal = format!("{}-wal", db.store.sqlite_path().unwrap().display());
    let fill = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 4000) \
                INSERT INTO setting (key, value) SELECT hex(randomblob(8)), hex(randomblob(600)) FROM n";
    let mut longest = 0;
    for _ in 0..60 {
        testing::execute(&db.store, fill).await.unwrap();
        longest = std::fs::metadata(&wal).unwrap().len().max(longest);
        testing::execute(&db.store, "DELETE FROM setting").await.unwrap();
    }
    // Some 10 MB a turn: without restarts it would be 600 MB.
    assert!(longest < 256 * 1024 * 1024, "{longest}");
    db.finish().await.unwrap();
}
