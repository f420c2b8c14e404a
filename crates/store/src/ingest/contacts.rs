//! Contacts, their identities and the consent ledger.

use super::json;
use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::{Error, Result};
use crate::scope::WriteTx;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::inbox::{Batch, ConsentRecord, ContactState, Needs};
use rapport_core::{ContactId, Ms, WorkspaceId};
use sea_orm::{QueryResult, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const IDS: &[Col] = &[col("id", Kind::Uuid)];
const COLUMNS: &str = "c.id, c.lane, c.name, c.username, c.phone, c.country, c.marketing_consent, c.source, \
    c.first_inbound_at, c.last_inbound_at, c.field_stamps, c.created_at, c.updated_at, c.merged_into";
/// How many merges a pointer is followed through.
const HOPS: usize = 4;

pub(super) async fn load(tx: &WriteTx, needs: &Needs) -> Result<Vec<ContactState>> {
    const KEY: &[Col] = &[col("kind", Kind::Text), col("value", Kind::Text)];
    let mut rows = Rows::new(KEY);
    for identity in &needs.identities {
        rows.push([identity.kind.code().into(), identity.value.clone().into()]);
    }
    let text = "SELECT DISTINCT i.contact_id FROM {rows} CROSS JOIN identity AS i WHERE i.workspace_id = {workspace} \
                AND i.kind = v.column1 AND i.value = v.column2 AND i.retired_at IS NULL";
    let found = batch::query(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await?;
    let ids = found.iter().map(|row| Ok(ContactId(row.try_get_by_index(0)?))).collect::<Result<HashSet<_>>>()?;
    by_id(tx, &ids).await
}

/// Contacts with their identities; one that was merged away is replaced by the one it points to, which then also
/// carries its identities.
pub(super) async fn by_id(tx: &WriteTx, ids: &HashSet<ContactId>) -> Result<Vec<ContactState>> {
    let mut found: HashMap<ContactId, ContactState> = HashMap::new();
    let mut pointers: Vec<(ContactId, ContactId)> = Vec::new();
    let mut wanted = ids.clone();
    for _ in 0..HOPS {
        for (contact, merged_into) in rows_of(tx, &wanted).await? {
            pointers.extend(merged_into.map(|keep| (contact.id, keep)));
            found.insert(contact.id, contact);
        }
        wanted = pointers.iter().map(|(_, keep)| *keep).filter(|keep| !found.contains_key(keep)).collect();
        if wanted.is_empty() {
            break;
        }
    }
    for (owner, identity) in identities(tx, &found.keys().copied().collect()).await? {
        if let Some(contact) = found.get_mut(&follow(&pointers, owner)) {
            contact.identities.push(identity);
        }
    }
    for (gone, _) in &pointers {
        found.remove(gone);
    }
    Ok(found.into_values().collect())
}

fn follow(pointers: &[(ContactId, ContactId)], start: ContactId) -> ContactId {
    let mut id = start;
    for _ in 0..HOPS {
        match pointers.iter().find(|(gone, _)| *gone == id) {
            Some((_, keep)) => id = *keep,
            None => break,
        }
    }
    id
}

fn ids_rows(ids: &HashSet<ContactId>) -> Rows {
    let mut rows = Rows::new(IDS);
    for id in ids {
        rows.push([id.0.into()]);
    }
    rows
}

async fn rows_of(tx: &WriteTx, ids: &HashSet<ContactId>) -> Result<Vec<(ContactState, Option<ContactId>)>> {
    let text = format!(
        "SELECT {COLUMNS} FROM {{rows}} CROSS JOIN contact AS c WHERE c.workspace_id = {{workspace}} AND c.id = v.column1"
    );
    let found = batch::query(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], ids_rows(ids)).await?;
    found.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<(ContactState, Option<ContactId>)> {
    let ms = |index| Ok::<_, Error>(row.try_get_by_index::<Option<i64>>(index)?.map(Ms));
    let contact = ContactState {
        id: ContactId(row.try_get_by_index(0)?),
        lane: u16::try_from(row.try_get_by_index::<i16>(1)?).unwrap_or(0),
        name: row.try_get_by_index(2)?,
        username: row.try_get_by_index(3)?,
        phone: row.try_get_by_index(4)?,
        country: row.try_get_by_index(5)?,
        marketing_consent: row.try_get_by_index(6)?,
        source: row.try_get_by_index(7)?,
        first_inbound_at: ms(8)?,
        last_inbound_at: ms(9)?,
        identities: Vec::new(),
        field_stamps: json("field_stamps", row.try_get_by_index(10)?)?,
        created_at: Ms(row.try_get_by_index(11)?),
        updated_at: Ms(row.try_get_by_index(12)?),
    };
    Ok((contact, row.try_get_by_index::<Option<Uuid>>(13)?.map(ContactId)))
}

/// The ids that lead to contacts, the one they were heard from last first.
async fn identities(tx: &WriteTx, ids: &HashSet<ContactId>) -> Result<Vec<(ContactId, Identity)>> {
    let text = "SELECT i.contact_id, i.kind, i.value FROM {rows} CROSS JOIN identity AS i \
                WHERE i.workspace_id = {workspace} AND i.contact_id = v.column1 AND i.retired_at IS NULL \
                ORDER BY i.contact_id, COALESCE(i.heard_at, i.created_at) DESC, i.kind, i.value";
    let found = batch::query(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], ids_rows(ids)).await?;
    let mut identities = Vec::with_capacity(found.len());
    for row in &found {
        let kind: String = row.try_get_by_index(1)?;
        let kind = IdentityKind::parse(&kind).ok_or_else(|| super::unknown("identity kind", &kind))?;
        identities.push((ContactId(row.try_get_by_index(0)?), Identity::new(kind, row.try_get_by_index::<String>(2)?)));
    }
    Ok(identities)
}

const NEW: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("lane", Kind::Small),
    col("name", Kind::Text),
    opt("phone", Kind::Text),
    opt("username", Kind::Text),
    opt("country", Kind::Text),
    col("lifecycle", Kind::Text),
    opt("source", Kind::Json),
    col("fields", Kind::Json),
    col("field_stamps", Kind::Json),
    col("marketing_consent", Kind::Text),
    opt("first_inbound_at", Kind::Big),
    opt("last_inbound_at", Kind::Big),
    col("version", Kind::Int),
    col("created_at", Kind::Big),
    col("updated_at", Kind::Big),
];

const CHANGED: &[Col] = &[
    col("id", Kind::Uuid),
    col("name", Kind::Text),
    opt("phone", Kind::Text),
    opt("username", Kind::Text),
    opt("country", Kind::Text),
    opt("source", Kind::Json),
    col("field_stamps", Kind::Json),
    col("marketing_consent", Kind::Text),
    opt("first_inbound_at", Kind::Big),
    opt("last_inbound_at", Kind::Big),
    col("updated_at", Kind::Big),
];

const UPDATE: &str = "UPDATE contact SET name = v.column2, phone = v.column3, username = v.column4, \
    country = v.column5, source = v.column6, field_stamps = v.column7, marketing_consent = v.column8, \
    first_inbound_at = v.column9, last_inbound_at = v.column10, updated_at = v.column11, version = version + 1 \
    FROM {rows} WHERE contact.workspace_id = {workspace} AND contact.id = v.column1";

pub(super) async fn save(tx: &WriteTx, batch: &Batch, now: Ms) -> Result<()> {
    let fixed = [Value::from(tx.workspace().0)];
    retire(tx, batch, now).await?;
    let mut new = Rows::new(NEW);
    for contact in &batch.new_contacts {
        new.push(new_row(tx.workspace(), contact));
    }
    batch::insert(tx.conn(), tx.backend(), "contact", "", new).await?;
    let mut changed = Rows::new(CHANGED);
    for contact in &batch.changed_contacts {
        changed.push(changed_row(contact));
    }
    batch::execute(tx.conn(), tx.backend(), UPDATE, &fixed, changed).await?;
    add_identities(tx, batch).await?;
    save_consents(tx, &batch.consents).await
}

fn ms(moment: Option<Ms>) -> Value {
    moment.map(|moment| moment.0).into()
}

fn new_row(workspace: WorkspaceId, contact: &ContactState) -> [Value; 17] {
    [
        workspace.0.into(),
        contact.id.0.into(),
        i16::try_from(contact.lane).unwrap_or(i16::MAX).into(),
        contact.name.clone().into(),
        contact.phone.clone().into(),
        contact.username.clone().into(),
        contact.country.clone().into(),
        "lead".into(),
        contact.source.clone().into(),
        serde_json::json!({}).into(),
        super::to_json(&contact.field_stamps).into(),
        contact.marketing_consent.clone().into(),
        ms(contact.first_inbound_at),
        ms(contact.last_inbound_at),
        1.into(),
        contact.created_at.0.into(),
        contact.updated_at.0.into(),
    ]
}

fn changed_row(contact: &ContactState) -> [Value; 11] {
    [
        contact.id.0.into(),
        contact.name.clone().into(),
        contact.phone.clone().into(),
        contact.username.clone().into(),
        contact.country.clone().into(),
        contact.source.clone().into(),
        super::to_json(&contact.field_stamps).into(),
        contact.marketing_consent.clone().into(),
        ms(contact.first_inbound_at),
        ms(contact.last_inbound_at),
        contact.updated_at.0.into(),
    ]
}

/// Identities that end the batch as somebody's: the contact's own list is the last word where the batch has it.
fn is_kept(batch: &Batch, owner: ContactId, identity: &Identity) -> bool {
    let mut states = batch.new_contacts.iter().chain(&batch.changed_contacts);
    match states.find(|contact| contact.id == owner) {
        Some(contact) => contact.identities.contains(identity),
        None => !batch.retired_identities.iter().any(|(id, retired)| *id == owner && retired == identity),
    }
}

async fn retire(tx: &WriteTx, batch: &Batch, now: Ms) -> Result<()> {
    const COLS: &[Col] = &[col("kind", Kind::Text), col("value", Kind::Text), col("contact_id", Kind::Uuid)];
    let mut rows = Rows::new(COLS);
    for (owner, identity) in &batch.retired_identities {
        rows.push([identity.kind.code().into(), identity.value.clone().into(), owner.0.into()]);
    }
    let text = "UPDATE identity SET retired_at = $2 FROM {rows} WHERE identity.workspace_id = {workspace} \
                AND identity.kind = v.column1 AND identity.value = v.column2 AND identity.contact_id = v.column3";
    batch::execute(tx.conn(), tx.backend(), text, &[tx.workspace().0.into(), now.0.into()], rows).await?;
    Ok(())
}

/// A retired identity may be given to somebody else; one that another transaction gave away meanwhile may not.
async fn add_identities(tx: &WriteTx, batch: &Batch) -> Result<()> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("kind", Kind::Text),
        col("value", Kind::Text),
        col("contact_id", Kind::Uuid),
        col("created_at", Kind::Big),
        col("heard_at", Kind::Big),
    ];
    let mut latest: HashMap<&Identity, (ContactId, Ms)> = HashMap::new();
    for (owner, identity, at) in &batch.new_identities {
        if is_kept(batch, *owner, identity) {
            latest.insert(identity, (*owner, *at));
        }
    }
    let mut rows = Rows::new(COLS);
    for (identity, (owner, at)) in &latest {
        rows.push([
            tx.workspace().0.into(),
            identity.kind.code().into(),
            identity.value.clone().into(),
            owner.0.into(),
            at.0.into(),
            at.0.into(),
        ]);
    }
    let tail = "ON CONFLICT (workspace_id, kind, value) DO UPDATE SET contact_id = excluded.contact_id, \
                created_at = CASE WHEN identity.retired_at IS NULL THEN identity.created_at ELSE excluded.created_at END, \
                heard_at = excluded.heard_at, retired_at = NULL \
                WHERE identity.retired_at IS NOT NULL OR identity.contact_id = excluded.contact_id";
    let stored = batch::insert(tx.conn(), tx.backend(), "identity", tail, rows).await?;
    if stored != latest.len() as u64 {
        return Err(Error::Conflict("identity".to_owned()));
    }
    crate::shop::join(tx, latest.iter().map(|(identity, (owner, _))| (*identity, *owner))).await?;
    Ok(())
}

const CONSENT: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("channel_kind", Kind::Text),
    col("purpose", Kind::Text),
    col("state", Kind::Text),
    col("source", Kind::Text),
    col("proof", Kind::Text),
    col("at", Kind::Big),
    col("actor", Kind::Text),
];

async fn save_consents(tx: &WriteTx, records: &[ConsentRecord]) -> Result<()> {
    let mut rows = Rows::new(CONSENT);
    for record in records {
        rows.push([
            tx.workspace().0.into(),
            tx.new_id(record.at).into(),
            record.contact_id.0.into(),
            "whatsapp".into(),
            record.purpose.clone().into(),
            record.state.clone().into(),
            record.source.clone().into(),
            record.proof.clone().into(),
            record.at.0.into(),
            record.source.clone().into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "consent", "", rows).await?;
    Ok(())
}
