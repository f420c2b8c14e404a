//! Which of their records is a contact of ours that has no link yet: by our key, by e-mail, by phone in all spellings.
//!
//! Keys are unique over there and read without delay; the search for numbers lags, which is why the record we create
//! carries our key in the same call.

use super::CONTACT;
use super::open::Open;
use crate::error::Error;
use crate::state::App;
use rapport_connectors::crm::{By, RemoteRecord, Trouble};
use rapport_core::ContactId;
use rapport_core::contact::phone;
use rapport_core::sync::{Kind, canonical};
use rapport_store::sync_contact::{self, ContactRow};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Why work on a batch ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The other side.
    Trouble(Trouble),
    /// We.
    App(Error),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<rapport_store::Error> for Stop {
    fn from(error: rapport_store::Error) -> Self {
        Self::App(error.into())
    }
}

/// Whom a contact was found to be.
#[derive(Debug)]
pub(crate) enum Match {
    /// The one record.
    One(Box<RemoteRecord>),
    /// Several records: none is chosen.
    Several(Vec<String>),
}

/// Looks for each of these contacts; those without a match are left out.
pub(crate) async fn find(app: &App, open: &Open, people: &[&ContactRow]) -> Result<HashMap<Uuid, Match>, Stop> {
    let mut found = HashMap::new();
    if people.is_empty() {
        return Ok(found);
    }
    let keys: Vec<String> = people.iter().map(|row| row.id.to_string()).collect();
    for record in open.remote.read_by(By::Key, &keys).await? {
        found.extend(key_of(&record).map(|key| (key, Match::One(Box::new(record)))));
    }
    let rest: Vec<&ContactRow> = people.iter().filter(|row| !found.contains_key(&row.id)).copied().collect();
    let mut candidates: HashMap<Uuid, BTreeMap<String, RemoteRecord>> = HashMap::new();
    by_email(open, &rest, &mut candidates).await?;
    by_phone(open, &rest, &mut candidates).await?;
    drop_taken(app, open, &mut candidates).await?;
    let mut chosen: HashSet<String> = HashSet::new();
    // In the order asked, so that of two contacts with one address always the same one gets the record.
    for row in rest {
        let mut records: Vec<RemoteRecord> = candidates.remove(&row.id).unwrap_or_default().into_values().collect();
        records.retain(|record| !chosen.contains(&record.id));
        match records.len() {
            0 => {}
            1 => {
                chosen.insert(records[0].id.clone());
                found.extend(records.pop().map(|record| (row.id, Match::One(Box::new(record)))));
            }
            _ => {
                found.insert(row.id, Match::Several(records.into_iter().map(|record| record.id).collect()));
            }
        }
    }
    Ok(found)
}

async fn by_email(
    open: &Open,
    people: &[&ContactRow],
    found: &mut HashMap<Uuid, BTreeMap<String, RemoteRecord>>,
) -> Result<(), Stop> {
    let mut addresses: Vec<String> = people.iter().filter_map(|row| row.email.clone()).collect();
    addresses.sort();
    addresses.dedup();
    if addresses.is_empty() {
        return Ok(());
    }
    for record in open.remote.read_by(By::Email, &addresses).await? {
        let address = record.email.as_deref().map(|email| email.trim().to_lowercase()).unwrap_or_default();
        for row in people.iter().filter(|row| row.email.as_deref() == Some(address.as_str())) {
            found.entry(row.id).or_default().insert(record.id.clone(), record.clone());
        }
    }
    Ok(())
}

async fn by_phone(
    open: &Open,
    people: &[&ContactRow],
    found: &mut HashMap<Uuid, BTreeMap<String, RemoteRecord>>,
) -> Result<(), Stop> {
    let spelled: Vec<(&ContactRow, Vec<String>)> =
        people.iter().filter_map(|row| Some((*row, phone::variants(row.phone.as_deref()?)))).collect();
    let mut at = 0;
    while at < spelled.len() {
        // As many contacts as one search takes.
        let mut end = at + 1;
        let mut count = spelled[at].1.len();
        while end < spelled.len() && count + spelled[end].1.len() <= open.remote.can().spellings {
            count += spelled[end].1.len();
            end += 1;
        }
        let group = &spelled[at..end];
        at = end;
        let all: Vec<String> = group.iter().flat_map(|(_, spellings)| spellings.iter().cloned()).collect();
        let (records, more) = open.remote.by_phone(&all).await?;
        assign(open, group, records, found);
        if more {
            // Some have many records: ask for each alone, so that none is overlooked.
            for one in group.iter().filter(|_| group.len() > 1) {
                let (records, _) = open.remote.by_phone(&one.1).await?;
                assign(open, std::slice::from_ref(one), records, found);
            }
        }
    }
    Ok(())
}

fn assign(
    open: &Open,
    group: &[(&ContactRow, Vec<String>)],
    records: Vec<RemoteRecord>,
    found: &mut HashMap<Uuid, BTreeMap<String, RemoteRecord>>,
) {
    for record in records {
        let numbers = numbers(&record, &open.country);
        for (row, spellings) in group {
            if numbers.iter().any(|number| spellings.contains(number)) {
                found.entry(row.id).or_default().insert(record.id.clone(), record.clone());
            }
        }
    }
}

/// The contact whose key a record carries.
pub(crate) fn key_of(record: &RemoteRecord) -> Option<Uuid> {
    record.key.as_deref()?.trim().parse().ok()
}

/// The record's telephone numbers, normalised.
pub(crate) fn numbers(record: &RemoteRecord, country: &str) -> Vec<String> {
    let mut all = Vec::new();
    for text in &record.phones {
        if let Value::String(number) = canonical(Kind::Phone, &Value::from(text.as_str()), country)
            && number.starts_with('+')
            && !all.contains(&number)
        {
            all.push(number);
        }
    }
    all
}

/// Leaves out records that are another contact's: linked to it, or carrying its key.
async fn drop_taken(
    app: &App,
    open: &Open,
    found: &mut HashMap<Uuid, BTreeMap<String, RemoteRecord>>,
) -> Result<(), Stop> {
    let ids: Vec<String> = found.values().flat_map(|records| records.keys().cloned()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let read = app.store.workspace(open.workspace).read();
    let links = rapport_store::link::by_remote(&read, open.id, CONTACT, &ids).await?;
    let linked: HashMap<String, Uuid> = links.into_iter().map(|link| (link.remote_id, link.local_id)).collect();
    let keys: Vec<ContactId> = found.values().flat_map(BTreeMap::values).filter_map(key_of).map(ContactId).collect();
    // A key of somebody who does not live here (an earlier installation, a merged contact) protects nothing.
    let alive: HashSet<Uuid> = sync_contact::get(&read, &keys)
        .await?
        .into_iter()
        .filter(|row| row.merged_into.is_none())
        .map(|row| row.id)
        .collect();
    for (contact, records) in found.iter_mut() {
        records.retain(|id, record| {
            let others_key = key_of(record).is_some_and(|key| key != *contact && alive.contains(&key));
            !others_key && linked.get(id).is_none_or(|owner| owner == contact)
        });
    }
    Ok(())
}
