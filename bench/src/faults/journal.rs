//! A journal kept by PostgreSQL itself: who settled which event in which lane, and when it was committed.
//!
//! Triggers run inside the product's transactions, so the journal cannot disagree with what was committed; sessions
//! are told apart by their role.

use crate::Result;
use crate::oracle::{History, Lease, Write};
use crate::site::database::{Database, Row};
use crate::site::postgres::Postgres;
use std::collections::HashMap;

const TRIGGERS: &str = r"
CREATE SCHEMA harness;
CREATE TABLE harness.write (n bigserial PRIMARY KEY, key bytea, old_state int, new_state int, lane int, node text, owner uuid);
CREATE TABLE harness.lease (n bigserial PRIMARY KEY, lane int, epoch bigint, owner uuid, node text);
CREATE FUNCTION harness.on_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO harness.write (key, old_state, new_state, lane, node, owner)
    VALUES (NEW.provider_key, -1, NEW.state, NEW.lane, session_user, NULL);
  ELSIF OLD.state IS DISTINCT FROM NEW.state THEN
    INSERT INTO harness.write (key, old_state, new_state, lane, node, owner)
    SELECT NEW.provider_key, OLD.state, NEW.state, NEW.lane, session_user, l.owner
    FROM lane l WHERE l.id = NEW.lane;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION harness.on_lane() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.owner IS DISTINCT FROM NEW.owner OR OLD.epoch IS DISTINCT FROM NEW.epoch THEN
    INSERT INTO harness.lease (lane, epoch, owner, node)
    VALUES (NEW.id, NEW.epoch, NEW.owner, session_user);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER harness_event AFTER INSERT OR UPDATE OF state ON raw_event FOR EACH ROW EXECUTE FUNCTION harness.on_event();
CREATE TRIGGER harness_lane AFTER UPDATE ON lane FOR EACH ROW EXECUTE FUNCTION harness.on_lane();
";

/// Begins the journal in a database whose schema is there already.
pub async fn keep(cluster: &Postgres, database: &str) -> Result<()> {
    cluster.connect(database).await?.batch_execute(TRIGGERS).await?;
    Ok(())
}

/// Adds what the journal says to a history.
pub async fn read(database: &Database, history: &mut History) -> Result<()> {
    let leases = database.rows("SELECT lane, epoch, owner, node FROM harness.lease ORDER BY lane, n").await?;
    let text = |row: &Row, place: usize| row[place].clone().unwrap_or_default();
    let number = |row: &Row, place: usize| row[place].as_deref().and_then(|digits| digits.parse().ok()).unwrap_or(-1);
    // Only a node itself writes its own id into a lane: so ids get names. A node has a new id after a restart.
    let mut names: HashMap<String, String> = HashMap::new();
    for row in &leases {
        if row[2].is_some() {
            names.entry(text(row, 2)).or_insert_with(|| text(row, 3));
        }
    }
    let named = |id: String| names.get(&id).cloned().unwrap_or(id);
    history.leases =
        leases.iter().map(|row| Lease { lane: number(row, 0), epoch: number(row, 1), owner: text(row, 2) }).collect();
    let writes = database
        .rows(
            "SELECT key, old_state, new_state, lane, node, owner, \
             (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint FROM harness.write ORDER BY n",
        )
        .await?;
    history.writes = writes
        .iter()
        .map(|row| Write {
            key: text(row, 0),
            from: number(row, 1),
            to: number(row, 2),
            lane: number(row, 3),
            node: text(row, 4),
            owner: named(text(row, 5)),
            committed: number(row, 6),
        })
        .collect();
    if history.writes.is_empty() || names.is_empty() {
        return Err("the journal is empty: the triggers saw nothing".into());
    }
    Ok(())
}
