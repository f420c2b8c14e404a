//! Writing records over there: in batches, each row judged for itself, and a refused field never takes its record down.

use super::open::Open;
use rapport_connectors::crm::{CrmError, ErrorClass, Properties, RemoteRecord, Trouble, UpsertRow};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How often a batch is written again with what the answers taught.
const ROUNDS: usize = 6;

/// A record to be written.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Our contact: the key the record is found by.
    pub key: Uuid,
    /// Their id, when it is to be found by that; else it is found (or made) by the key.
    pub id: Option<String>,
    /// Their id where one is known, however it is found.
    pub known: Option<String>,
    /// A record found by its id is given our key too.
    pub gives_key: bool,
    /// Values to write.
    pub properties: Properties,
    /// Properties that were refused, with the reason.
    pub refused: BTreeMap<String, String>,
}

/// What became of a draft.
#[derive(Debug)]
pub(crate) enum Wrote {
    /// It stands there.
    Record {
        /// As answered; may hold the written properties only.
        record: Box<RemoteRecord>,
        /// What was refused.
        refused: BTreeMap<String, String>,
    },
    /// Nothing was left to write after refusals.
    Nothing(BTreeMap<String, String>),
    /// The record is gone.
    Gone,
    /// It cannot be written.
    Refused(String),
    /// It was not tried, or not to its end.
    Trouble(Trouble),
}

/// Writes all drafts.
pub(crate) async fn write(open: &Open, drafts: Vec<Draft>) -> HashMap<Uuid, Wrote> {
    let mut round = Round { open, done: HashMap::new(), pending: drafts, keyed: false };
    for _ in 0..ROUNDS {
        if round.pending.is_empty() {
            break;
        }
        let alone = |draft: &Draft| draft.id.is_some() && !(open.remote.upserts_by_id() && draft.gives_key);
        let (by_id, by_key): (Vec<Draft>, Vec<Draft>) = std::mem::take(&mut round.pending).into_iter().partition(alone);
        for part in by_key.chunks(open.remote.can().batch.max(1)) {
            round.upsert(part.to_vec()).await;
        }
        for draft in by_id {
            round.update(draft).await;
        }
    }
    for draft in std::mem::take(&mut round.pending) {
        round.done.insert(draft.key, Wrote::Refused("it keeps being refused".to_owned()));
    }
    round.done
}

struct Round<'a> {
    open: &'a Open,
    done: HashMap<Uuid, Wrote>,
    pending: Vec<Draft>,
    /// Our key property was looked after already.
    keyed: bool,
}

impl Round<'_> {
    async fn upsert(&mut self, drafts: Vec<Draft>) {
        let row = |draft: &Draft| UpsertRow {
            key: draft.key.to_string(),
            id: draft.known.clone(),
            properties: draft.properties.clone(),
        };
        let rows: Vec<UpsertRow> = drafts.iter().map(row).collect();
        let result = match self.open.remote.upsert(&rows).await {
            Ok(result) => result,
            Err(trouble) => return self.whole(drafts, trouble).await,
        };
        let mut waiting: HashMap<String, Draft> =
            drafts.into_iter().map(|draft| (draft.key.to_string(), draft)).collect();
        for row in result.ok {
            let key = row.record.key.clone().unwrap_or_default();
            if let Some(draft) = waiting.remove(&key) {
                let wrote = Wrote::Record { record: Box::new(row.record), refused: draft.refused };
                self.done.insert(draft.key, wrote);
            }
        }
        for row in result.failed {
            for key in &row.keys {
                if let Some(draft) = waiting.remove(key) {
                    self.one(draft, &row.error).await;
                }
            }
        }
        // In neither list: written again, which is safe.
        self.pending.extend(waiting.into_values());
    }

    /// A batch was refused as a whole: one bad row may do that, so each is tried alone.
    async fn whole(&mut self, mut drafts: Vec<Draft>, trouble: Trouble) {
        let refused =
            matches!(trouble.class(), Some(ErrorClass::Invalid | ErrorClass::Conflict | ErrorClass::NotFound));
        match (drafts.len(), &trouble) {
            (1, Trouble::Refused(error)) if refused => {
                if let Some(draft) = drafts.pop() {
                    self.one(draft, error).await;
                }
            }
            (_, _) if refused => {
                for draft in drafts {
                    Box::pin(self.upsert(vec![draft])).await;
                }
            }
            _ => self.done.extend(drafts.into_iter().map(|draft| (draft.key, Wrote::Trouble(trouble.clone())))),
        }
    }

    async fn update(&mut self, draft: Draft) {
        let id = draft.id.clone().unwrap_or_default();
        let key = draft.gives_key.then(|| draft.key.to_string());
        match self.open.remote.update(&id, key.as_deref(), &draft.properties).await {
            Ok(mut record) => {
                if let Some(survivor) = record.merged_into.take() {
                    record.id = survivor;
                }
                self.done.insert(draft.key, Wrote::Record { record: Box::new(record), refused: draft.refused });
            }
            Err(Trouble::Refused(error)) => self.one(draft, &error).await,
            Err(trouble) => {
                self.done.insert(draft.key, Wrote::Trouble(trouble));
            }
        }
    }

    /// One row was refused: it is written again without what was wrong with it, or ends here.
    async fn one(&mut self, mut draft: Draft, error: &CrmError) {
        let end = match error.class {
            ErrorClass::NotFound => Wrote::Gone,
            ErrorClass::Invalid | ErrorClass::Conflict => {
                if self.lighten(&mut draft, error).await {
                    if draft.properties.is_empty() && draft.id.is_some() && !draft.refused.is_empty() {
                        Wrote::Nothing(draft.refused)
                    } else {
                        return self.pending.push(draft);
                    }
                } else {
                    Wrote::Refused(error.message.clone())
                }
            }
            _ => Wrote::Trouble(error.clone().into()),
        };
        self.done.insert(draft.key, end);
    }

    /// Takes refused properties out of a draft; false when nothing could be done about the refusal.
    async fn lighten(&mut self, draft: &mut Draft, error: &CrmError) -> bool {
        let key = self.open.remote.key_name();
        let is_named = || error.message.contains(key) || error.fields.iter().any(|field| field.field == key);
        let about_key = !key.is_empty() && is_named();
        if about_key && error.class == ErrorClass::Invalid && !self.keyed {
            self.keyed = true;
            return self.open.remote.key(true).await.is_ok();
        }
        if error.class == ErrorClass::Conflict {
            let other = error.existing_id.as_deref().unwrap_or("another record");
            let mut named = error.fields.iter().map(|field| field.field.as_str());
            let name = named.find(|name| draft.properties.contains_key(*name)).unwrap_or("email");
            let what = if name.eq_ignore_ascii_case("email") { "e-mail address" } else { name };
            let reason = format!("{} contact {other} has this {what} already", self.open.vendor_name());
            return draft.properties.remove(name).is_some() && draft.refused.insert(name.to_owned(), reason).is_none();
        }
        let mut any = false;
        for field in &error.fields {
            if draft.properties.remove(&field.field).is_some() {
                any = true;
                let reason = if field.message.is_empty() { field.code.clone() } else { field.message.clone() };
                draft.refused.insert(field.field.clone(), reason);
            }
        }
        any
    }
}
