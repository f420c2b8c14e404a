//! Filling a database with messages in bulk, beside the product's own way in: rows with the databases' own clients, the
//! index through the product's indexer.

use super::words::{self, Line, Writer};
use crate::Result;
use crate::site::database::Database;
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use rapport_store::search::{self, Document, Found, Vocabulary};
use rapport_store::{Scope, Store};
use rusqlite::{Connection, params};
use std::path::Path;
use tokio_postgres::Client;
use uuid::Uuid;

/// Rows of one bulk statement.
const BULK: usize = 5_000;
/// Documents indexed in one transaction, as the product does.
const BATCH: usize = 300;
/// Messages are spread over two years before this moment.
const NEWEST: i64 = 1_790_000_000_000;
const SPAN: i64 = 730 * 86_400_000;

/// The workspace everything belongs to.
pub fn workspace() -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

fn channel() -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002)
}

fn contact_id(number: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_1000_0000_0000 + u128::from(number))
}

fn conversation_id(number: u64) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_2000_0000_0000 + u128::from(number))
}

/// When a message was said, and its id, which begins with that.
fn moment(number: u64, messages: u64) -> (i64, Uuid) {
    let back = i128::from(SPAN) * i128::from(messages - number) / i128::from(messages.max(1));
    let at = NEWEST - i64::try_from(back).unwrap_or(0);
    let id = (u128::try_from(at).unwrap_or(0) << 80) | (0x7 << 76) | (0x2 << 62) | u128::from(number);
    (at, Uuid::from_u128(id))
}

/// What loading took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Loaded {
    /// Seconds the indexer worked.
    pub indexing: f64,
}

/// Fills the database with messages and contacts, and indexes them.
pub async fn fill(store: &Store, database: &Database, seed: u64, messages: u64, contacts: u64) -> Result<Loaded> {
    let scope = store.workspace(workspace());
    let mut rows = Target::open(database).await?;
    rows.contacts(contacts).await?;
    let mut vocabulary = Vocabulary::default();
    let mut loaded = Loaded::default();
    index_contacts(store, &scope, &mut vocabulary).await?;
    let mut writer = Writer::new(seed, contacts);
    let mut done = 0;
    while done < messages {
        let count = BULK.min(usize::try_from(messages - done)?);
        let lines: Vec<Line> = (0..count).map(|_| writer.line()).collect();
        rows.messages(&lines, messages).await?;
        let began = std::time::Instant::now();
        for part in lines.chunks(BATCH) {
            let documents: Vec<Document> = part.iter().map(|line| document(line, messages)).collect();
            let tx = scope.write().await?;
            search::index(&tx, &documents, &mut vocabulary).await?;
            tx.commit().await?;
        }
        loaded.indexing += began.elapsed().as_secs_f64();
        done += count as u64;
        if done.is_multiple_of(500_000) {
            println!("  {done} of {messages} messages");
        }
    }
    rows.settle().await?;
    Ok(loaded)
}

fn document(line: &Line, messages: u64) -> Document {
    let (at, id) = moment(line.number, messages);
    let indexed = rapport_text::indexed(&line.text);
    Document {
        message: MessageId(id),
        conversation: ConversationId(conversation_id(line.contact)),
        contact: ContactId(contact_id(line.contact)),
        channel: ChannelId(channel()),
        direction: direction(line).to_owned(),
        kind: "text".to_owned(),
        at: Ms(at),
        terms: indexed.terms,
        words: indexed.words,
        packed: Vec::new(),
    }
}

fn direction(line: &Line) -> &'static str {
    if line.number.is_multiple_of(3) { "out" } else { "in" }
}

/// By the notes that the database made of them, as the product's indexer does; nobody else works on them here.
async fn index_contacts(store: &Store, scope: &Scope, vocabulary: &mut Vocabulary) -> Result<()> {
    loop {
        let notes = search::changed(store, BATCH).await?;
        if notes.is_empty() {
            return Ok(());
        }
        let people = notes.iter().map(|note| person(note.contact)).collect();
        let tx = scope.write().await?;
        search::index_people(&tx, people, &notes, vocabulary).await?;
        tx.commit().await?;
    }
}

fn person(contact: ContactId) -> Found {
    let number = u64::try_from(contact.0.as_u128() - contact_id(0).as_u128()).unwrap_or(0);
    let indexed = rapport_text::indexed(&words::name(number));
    let mut terms = indexed.terms;
    terms.extend(rapport_text::digit_terms(&words::phone(number)));
    Found { contact, at: Ms(NEWEST), terms, words: indexed.words }
}

const MESSAGE: &str = "INSERT INTO message (workspace_id, id, conversation_id, contact_id, channel_id, direction, kind, \
    at, created_at, author_kind, content, preview, status, indexed)";
const CONTACT: &str = "INSERT INTO contact (workspace_id, id, lane, name, phone, lifecycle, fields, field_stamps, \
    marketing_consent, version, created_at, updated_at)";

/// The databases' own ways to take many rows.
enum Target {
    Sqlite(Box<Connection>),
    Postgres(Client),
}

impl Target {
    async fn open(database: &Database) -> Result<Self> {
        Ok(match database {
            Database::Sqlite(path) => Self::Sqlite(Box::new(sqlite(path)?)),
            Database::Postgres(url) => Self::Postgres(crate::site::postgres::connect(url).await?),
        })
    }

    async fn contacts(&mut self, contacts: u64) -> Result<()> {
        let numbers: Vec<u64> = (0..contacts).collect();
        for part in numbers.chunks(BULK) {
            match self {
                Self::Sqlite(connection) => {
                    let tx = connection.transaction()?;
                    {
                        let text =
                            format!("{CONTACT} VALUES (?, ?, 0, ?, ?, 'lead', '{{}}', '{{}}', 'unknown', 1, ?, ?)");
                        let mut insert = tx.prepare_cached(&text)?;
                        for number in part {
                            let id = contact_id(*number);
                            let (name, phone) = (words::name(*number), words::phone(*number));
                            insert.execute(params![
                                workspace().0.as_bytes(),
                                id.as_bytes(),
                                name,
                                phone,
                                NEWEST,
                                NEWEST
                            ])?;
                        }
                    }
                    tx.commit()?;
                }
                Self::Postgres(client) => {
                    let ids: Vec<String> = part.iter().map(|number| contact_id(*number).to_string()).collect();
                    let names: Vec<String> = part.iter().map(|number| words::name(*number)).collect();
                    let phones: Vec<String> = part.iter().map(|number| words::phone(*number)).collect();
                    let text = format!(
                        "{CONTACT} SELECT '{}'::uuid, v.id::uuid, 0, v.name, v.phone, 'lead', '{{}}', '{{}}', 'unknown', 1, \
                         {NEWEST}, {NEWEST} FROM unnest($1::text[], $2::text[], $3::text[]) AS v(id, name, phone)",
                        workspace().0
                    );
                    client.execute(&text, &[&ids, &names, &phones]).await?;
                }
            }
        }
        Ok(())
    }

    async fn messages(&mut self, lines: &[Line], messages: u64) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                let tx = connection.transaction()?;
                {
                    let text =
                        format!("{MESSAGE} VALUES (?, ?, ?, ?, ?, ?, 'text', ?, ?, 'contact', x'', ?, 'received', 1)");
                    let mut insert = tx.prepare_cached(&text)?;
                    for line in lines {
                        let (at, id) = moment(line.number, messages);
                        insert.execute(params![
                            workspace().0.as_bytes(),
                            id.as_bytes(),
                            conversation_id(line.contact).as_bytes(),
                            contact_id(line.contact).as_bytes(),
                            channel().as_bytes(),
                            direction(line),
                            at,
                            at,
                            line.text
                        ])?;
                    }
                }
                tx.commit()?;
            }
            Self::Postgres(client) => {
                let moments: Vec<(i64, Uuid)> = lines.iter().map(|line| moment(line.number, messages)).collect();
                let ids: Vec<String> = moments.iter().map(|(_, id)| id.to_string()).collect();
                let times: Vec<i64> = moments.iter().map(|(at, _)| *at).collect();
                let contacts: Vec<String> = lines.iter().map(|line| contact_id(line.contact).to_string()).collect();
                let threads: Vec<String> = lines.iter().map(|line| conversation_id(line.contact).to_string()).collect();
                let ways: Vec<&str> = lines.iter().map(direction).collect();
                let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
                let text = format!(
                    "{MESSAGE} SELECT '{}'::uuid, v.id::uuid, v.thread::uuid, v.contact::uuid, '{}'::uuid, v.way, 'text', \
                     v.at, v.at, 'contact', ''::bytea, v.body, 'received', 1 FROM unnest($1::text[], $2::text[], \
                     $3::text[], $4::text[], $5::bigint[], $6::text[]) AS v(id, thread, contact, way, at, body)",
                    workspace().0,
                    channel()
                );
                client.execute(&text, &[&ids, &threads, &contacts, &ways, &times, &texts]).await?;
            }
        }
        Ok(())
    }

    /// What the databases do by themselves in the hours after: bring the log in, clean up.
    async fn settle(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)")?,
            Self::Postgres(client) => {
                // One at a time: several in one message are one transaction, in which nothing can be cleaned.
                for table in ["search_doc", "message", "contact"] {
                    client.batch_execute(&format!("VACUUM (ANALYZE) {table}")).await?;
                }
            }
        }
        Ok(())
    }
}

fn sqlite(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(60))?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")?;
    Ok(connection)
}
