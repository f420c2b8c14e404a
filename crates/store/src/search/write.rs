//! Putting documents into the index and taking them out.

use super::place::{self, PER_SECOND, Part};
use super::{Document, Vocabulary, words};
use crate::batch::{self, Col, Kind, Rows, col};
use crate::error::{Error, Result};
use crate::scope::WriteTx;
use crate::sql;
use crate::store::Backend;
use rapport_core::{MessageId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Sets our advisory locks apart from others ("Rsea").
const INDEX_LOCKS: i32 = 0x5273_6561;

/// A document on its way into the index.
pub(super) struct Entry {
    pub document: Uuid,
    pub conversation: Uuid,
    pub contact: Uuid,
    pub at: Ms,
    pub part: Part,
    pub terms: Vec<String>,
}

/// How many documents came to or left each stretch of time.
type Counts = BTreeMap<(&'static str, i64), i64>;

/// Puts messages of the transaction's workspace into the index, replacing what was there, and marks them as indexed.
/// Those that changed since they were read are marked as not indexed: they come again.
///
/// # Errors
/// What the database said; then the vocabulary must be forgotten.
pub async fn index(tx: &WriteTx, documents: &[Document], vocabulary: &mut Vocabulary) -> Result<()> {
    lock(tx).await?;
    let ids: Vec<Uuid> = documents.iter().map(|document| document.message.0).collect();
    let entries = documents.iter().filter(|document| !document.terms.is_empty()).map(entry).collect();
    replace(tx, &ids, entries).await?;
    words::learn(tx, vocabulary, documents.iter().flat_map(|document| &document.words)).await?;
    mark(tx, documents).await
}

fn entry(document: &Document) -> Entry {
    let mut terms = vec![
        place::conversation(document.conversation),
        place::channel(document.channel),
        place::direction(&document.direction),
        place::kind(&document.kind),
    ];
    terms.extend(document.terms.iter().cloned());
    Entry {
        document: document.message.0,
        conversation: document.conversation.0,
        contact: document.contact.0,
        at: document.at,
        part: Part::of_direction(&document.direction),
        terms,
    }
}

/// One indexer of a workspace at a time: two nodes that index the same messages follow one another.
pub(super) async fn lock(tx: &WriteTx) -> Result<()> {
    tx.lock_workspace(INDEX_LOCKS).await
}

/// Takes the documents out of the index and puts these in.
pub(super) async fn replace(tx: &WriteTx, gone: &[Uuid], entries: Vec<Entry>) -> Result<()> {
    let mut counts = Counts::new();
    take_out(tx, gone, &mut counts).await?;
    for entry in &entries {
        *counts.entry((entry.part.code(), place::slice_of(entry.at))).or_default() += 1;
    }
    match tx.backend() {
        Backend::Sqlite => put_sqlite(tx, entries, &mut counts).await?,
        Backend::Postgres => put_postgres(tx, &entries).await?,
    }
    count(tx, counts).await
}

fn joined(entry: &Entry, backend: Backend, workspace: WorkspaceId) -> String {
    let mut text = place::own(backend, workspace, entry.part, entry.at).join(" ");
    for term in entry.terms.iter().map(|term| place::safe(term)).filter(|term| !term.is_empty()) {
        text.push(' ');
        text.push_str(&term);
    }
    text
}

async fn put_sqlite(tx: &WriteTx, mut entries: Vec<Entry>, counts: &mut Counts) -> Result<()> {
    const DOCUMENT: &[Col] = &[
        col("docid", Kind::Big),
        col("workspace_id", Kind::Uuid),
        col("document_id", Kind::Uuid),
        col("conversation_id", Kind::Uuid),
        col("contact_id", Kind::Uuid),
        col("at", Kind::Big),
        col("part", Kind::Text),
    ];
    const TERMS: &[Col] = &[col("rowid", Kind::Big), col("terms", Kind::Text)];
    // In ascending order: a smaller number than the last makes the index write out what it has gathered.
    entries.sort_by_key(|entry| (entry.at, entry.document));
    let mut numbered: Vec<(i64, Entry)> = Vec::with_capacity(entries.len());
    let mut next = next_numbers(tx, &entries).await?;
    for entry in entries {
        let number = number(tx, &mut next, entry.at).await?;
        let (asked, given) = (place::slice_of(entry.at), place::slice_of_number(number));
        if asked != given {
            *counts.entry((entry.part.code(), asked)).or_default() -= 1;
            *counts.entry((entry.part.code(), given)).or_default() += 1;
        }
        numbered.push((number, entry));
    }
    numbered.sort_by_key(|(number, _)| *number);
    let (mut rows, mut terms) = (Rows::new(DOCUMENT), Rows::new(TERMS));
    for (number, entry) in &numbered {
        rows.push([
            (*number).into(),
            tx.workspace().0.into(),
            entry.document.into(),
            entry.conversation.into(),
            entry.contact.into(),
            entry.at.0.into(),
            entry.part.code().into(),
        ]);
        terms.push([(*number).into(), joined(entry, tx.backend(), tx.workspace()).into()]);
    }
    batch::insert(tx.conn(), tx.backend(), "search_doc", "", rows).await?;
    batch::insert(tx.conn(), tx.backend(), "search_term", "", terms).await?;
    Ok(())
}

/// The next free number of each second that occurs, by the second's first number.
async fn next_numbers(tx: &WriteTx, entries: &[Entry]) -> Result<HashMap<i64, i64>> {
    const FIRST: &[Col] = &[col("first", Kind::Big)];
    let mut next: HashMap<i64, i64> = HashMap::new();
    for entry in entries {
        let first = place::first_number(entry.at);
        next.entry(first).or_insert(first);
    }
    let mut rows = Rows::new(FIRST);
    for first in next.keys() {
        rows.push([(*first).into()]);
    }
    let text = format!(
        "SELECT v.column1, (SELECT max(d.docid) FROM search_doc AS d WHERE d.docid >= v.column1 \
         AND d.docid < v.column1 + {PER_SECOND}) FROM {{rows}}"
    );
    for row in batch::query(tx.conn(), tx.backend(), &text, &[], rows).await? {
        let (first, last): (i64, Option<i64>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if let Some(last) = last {
            next.insert(first, last + 1);
        }
    }
    Ok(next)
}

/// A free number of the moment's second, or of the next one that has any.
async fn number(tx: &WriteTx, next: &mut HashMap<i64, i64>, at: Ms) -> Result<i64> {
    let mut first = place::first_number(at);
    loop {
        let free = match next.get(&first) {
            Some(free) => *free,
            None => {
                let text = "SELECT max(docid) FROM search_doc WHERE docid >= $1 AND docid < $2";
                let values = [first.into(), (first + PER_SECOND).into()];
                let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, values)).await?;
                let last: Option<i64> = row.map_or(Ok(None), |row| row.try_get_by_index(0))?;
                last.map_or(first, |last| last + 1)
            }
        };
        if free < first + PER_SECOND {
            next.insert(first, free + 1);
            return Ok(free);
        }
        next.insert(first, free);
        first = first.checked_add(PER_SECOND).ok_or_else(|| Error::Invalid("no number is left".to_owned()))?;
    }
}

async fn put_postgres(tx: &WriteTx, entries: &[Entry]) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("document_id", Kind::Uuid),
        col("conversation_id", Kind::Uuid),
        col("contact_id", Kind::Uuid),
        col("at", Kind::Big),
        col("part", Kind::Text),
        col("terms", Kind::Text),
    ];
    let mut rows = Rows::new(COLS);
    for entry in entries {
        rows.push([
            tx.workspace().0.into(),
            entry.document.into(),
            entry.conversation.into(),
            entry.contact.into(),
            entry.at.0.into(),
            entry.part.code().into(),
            joined(entry, tx.backend(), tx.workspace()).into(),
        ]);
    }
    let text = "INSERT INTO search_doc (workspace_id, document_id, conversation_id, contact_id, at, part, terms) \
                SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, \
                array_to_tsvector(string_to_array(v.column7, ' ')) FROM {rows}";
    batch::execute(tx.conn(), tx.backend(), text, &[], rows).await?;
    Ok(())
}

async fn count(tx: &WriteTx, counts: Counts) -> Result<()> {
    const COUNT: &[Col] = &[col("slice", Kind::Big), col("part", Kind::Text), col("docs", Kind::Big)];
    let mut rows = Rows::new(COUNT);
    for ((part, slice), docs) in counts.into_iter().filter(|(_, docs)| *docs != 0) {
        rows.push([slice.into(), part.into(), docs.into()]);
    }
    let text = "INSERT INTO search_slice (workspace_id, slice, part, docs) \
                SELECT $1, v.column1, v.column2, v.column3 FROM {rows} WHERE true \
                ON CONFLICT (workspace_id, part, slice) DO UPDATE SET docs = search_slice.docs + excluded.docs";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await?;
    Ok(())
}

/// Reading and thinking come before the transaction, so a message may have changed since, and another node may have
/// indexed the change already: then what was put in here is older.
async fn mark(tx: &WriteTx, documents: &[Document]) -> Result<()> {
    const READ: &[Col] = &[
        col("id", Kind::Uuid),
        col("content", Kind::Bytes),
        col("at", Kind::Big),
        col("conversation_id", Kind::Uuid),
        col("contact_id", Kind::Uuid),
        col("free", Kind::Small),
    ];
    let free = free(tx, documents).await?;
    let mut rows = Rows::new(READ);
    for document in documents {
        rows.push([
            document.message.0.into(),
            document.packed.clone().into(),
            document.at.0.into(),
            document.conversation.0.into(),
            document.contact.0.into(),
            i16::from(free.contains(&document.message.0)).into(),
        ]);
    }
    let same = "(message.content = v.column2 AND message.at = v.column3 AND message.conversation_id = v.column4 \
                AND message.contact_id = v.column5)";
    // Those of old are marked already: writing them again would only cost.
    let text = format!(
        "UPDATE message SET indexed = CASE WHEN {same} THEN 1 ELSE 0 END FROM {{rows}} \
         WHERE message.workspace_id = {{workspace}} AND message.id = v.column1 \
         AND ((message.indexed = 0 AND v.column6 = 1) OR (message.indexed <> 0 AND NOT {same}))"
    );
    batch::execute(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], rows).await?;
    Ok(())
}

/// The new messages that nobody else is writing at the moment. Waiting for the others could become a circle, because
/// whoever stores statuses locks several messages too; unmarked, they come again.
async fn free(tx: &WriteTx, documents: &[Document]) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = documents.iter().map(|document| document.message.0).collect();
    if tx.backend() == Backend::Sqlite {
        return Ok(ids.into_iter().collect());
    }
    let text = "SELECT m.id FROM {rows} CROSS JOIN message AS m WHERE m.workspace_id = {workspace} AND m.id = v.column1 \
                AND m.indexed = 0 FOR UPDATE OF m SKIP LOCKED";
    let found = batch::query(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], id_rows(&ids)).await?;
    found.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

fn id_rows(ids: &[Uuid]) -> Rows {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    let mut rows = Rows::new(ID);
    for id in ids {
        rows.push([(*id).into()]);
    }
    rows
}

/// Takes messages out of the index, for example when they are erased.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &WriteTx, messages: impl Iterator<Item = MessageId>) -> Result<()> {
    lock(tx).await?;
    let ids: Vec<Uuid> = messages.map(|message| message.0).collect();
    replace(tx, &ids, Vec::new()).await
}

async fn take_out(tx: &WriteTx, ids: &[Uuid], counts: &mut Counts) -> Result<()> {
    let fixed = [Value::from(tx.workspace().0)];
    let number = if tx.backend() == Backend::Sqlite { "docid" } else { "at" };
    let text = format!(
        "DELETE FROM search_doc WHERE workspace_id = $1 AND document_id IN (SELECT column1 FROM {{rows}}) \
         RETURNING {number}, part"
    );
    const NUMBER: &[Col] = &[col("docid", Kind::Big)];
    let mut numbers = Rows::new(NUMBER);
    for row in batch::query(tx.conn(), tx.backend(), &text, &fixed, id_rows(ids)).await? {
        let (number, part): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let slice =
            if tx.backend() == Backend::Sqlite { place::slice_of_number(number) } else { place::slice_of(Ms(number)) };
        let part = [Part::Messages, Part::Notes, Part::Contacts].map(Part::code).into_iter().find(|code| *code == part);
        if let Some(part) = part {
            *counts.entry((part, slice)).or_default() -= 1;
        }
        numbers.push([number.into()]);
    }
    if tx.backend() == Backend::Sqlite {
        let text = "DELETE FROM search_term WHERE rowid IN (SELECT column1 FROM {rows})";
        batch::execute(tx.conn(), tx.backend(), text, &[], numbers).await?;
    }
    Ok(())
}
