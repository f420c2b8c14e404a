//! Contacts that may be the same person (D2): found as they change, shown with their reasons, made one or kept apart by
//! people.

use super::NOUN;
use super::merge::{MergeContact, merge};
use super::view::{ContactView, views};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::contact::likeness::{
    Alike, COMMON, KEYS, Likeness, Reason, SUGGESTED, Traits, bought_since, filed, judge, stays,
};
use rapport_core::contact::{Identity, IdentityKind};
use rapport_core::{ContactId, Ms};
use rapport_store::likeness::{self, After, Found, PairRow, Sheet, pair};
use rapport_store::query::contact_page;
use rapport_store::{Read, Scope, sync_contact};
use rapport_text::{name_keys, name_likeness, name_words};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most contacts that one is compared with.
const COMPARED: usize = 60;
/// Most pairs that are decided in one request.
const DECIDED: usize = 100;

/// A contact as it is compared.
struct Person {
    name: String,
    traits: Traits,
    keys: BTreeSet<i64>,
}

fn person(sheet: &Sheet, bought: &HashMap<Uuid, BTreeSet<String>>) -> Person {
    let row = &sheet.row;
    let mut identities = sheet.identities.clone();
    let own = [(IdentityKind::Phone, &row.phone), (IdentityKind::Email, &row.email)];
    identities.extend(own.into_iter().filter_map(|(kind, value)| Some(Identity::new(kind, value.clone()?))));
    let none = serde_json::Map::new();
    let fields = row.fields.as_object().unwrap_or(&none);
    let mut traits = Traits::read(&identities, fields, row.country.as_deref());
    traits.skus = bought.get(&row.id).cloned().unwrap_or_default();
    let names = name_keys(&row.name).into_iter().map(|key| format!("m:{key}"));
    let keys = names.chain(traits.keys()).take(KEYS).map(|key| filed(&key)).collect();
    Person { name: row.name.clone(), traits, keys }
}

/// Files contacts that changed under their keys, and finds who may be the same person. What it gives is to be noted in
/// the transaction that says they were looked at; until then they are looked at again.
///
/// # Errors
/// `Store`.
pub(crate) async fn look(app: &App, scope: &Scope, ids: &BTreeSet<ContactId>) -> Result<Vec<Found>> {
    let read = scope.read();
    let changed = people(&read, ids, Some(bought_since(app.now()))).await?;
    let known = likeness::filed(&read, ids).await?;
    let none = BTreeSet::new();
    let keys = |id: &ContactId| changed.get(id).map_or(&none, |person| &person.keys).clone();
    let moved: Vec<(ContactId, BTreeSet<i64>)> =
        ids.iter().map(|id| (*id, keys(id))).filter(|(id, keys)| known.get(&id.0).unwrap_or(&none) != keys).collect();
    if !moved.is_empty() {
        // Committed before anybody is looked for: of two that change at once, one at least sees the other.
        let tx = scope.write().await?;
        likeness::file(&tx, &moved).await?;
        tx.commit().await?;
    }
    let mut found = Vec::new();
    for (id, person) in &changed {
        found.extend(beside(app, &read, *id, person).await?);
    }
    Ok(found)
}

/// Contacts as they are compared, with what they bought since a moment when one is given.
async fn people(read: &Read, ids: &BTreeSet<ContactId>, since: Option<Ms>) -> Result<BTreeMap<ContactId, Person>> {
    let mut bought: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
    if let Some(since) = since {
        for (contact, body) in likeness::bought(read, ids, since).await? {
            let skus = body["items"].as_array().into_iter().flatten().filter_map(|line| line["sku"].as_str());
            bought.entry(contact).or_default().extend(skus.map(str::to_owned));
        }
    }
    let sheets = likeness::sheets(read, ids).await?;
    Ok(sheets.iter().map(|sheet| (ContactId(sheet.row.id), person(sheet, &bought))).collect())
}

/// The likeliest of those who share a key with a contact.
async fn beside(app: &App, read: &Read, id: ContactId, person: &Person) -> Result<Vec<Found>> {
    let mut shared: BTreeMap<ContactId, BTreeSet<i64>> = BTreeMap::new();
    let mut sizes: HashMap<i64, usize> = HashMap::new();
    for (place, other) in likeness::beside(read, &person.keys, COMMON + 2).await? {
        *sizes.entry(place).or_default() += 1;
        if other != id {
            shared.entry(other).or_default().insert(place);
        }
    }
    let common =
        |places: &BTreeSet<i64>| places.iter().all(|place| sizes.get(place).is_some_and(|size| *size > COMMON));
    // Those who share something rare, and more of it, first.
    let mut others: Vec<(bool, usize, ContactId)> =
        shared.iter().map(|(other, places)| (common(places), usize::MAX - places.len(), *other)).collect();
    others.sort_unstable();
    others.truncate(COMPARED);
    let ids: BTreeSet<ContactId> = others.iter().map(|(_, _, other)| *other).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // Who bought nothing has no product in common with anybody.
    let since = (!person.traits.skus.is_empty()).then(|| bought_since(app.now()));
    let candidates = people(read, &ids, since).await?;
    let mut found: Vec<Found> = candidates
        .iter()
        .filter_map(|(other, candidate)| {
            let many = shared.get(other).is_some_and(common);
            let Likeness { score, reasons } = judge(&person.traits, &candidate.traits, alike(person, candidate, many))?;
            Some(Found { pair: pair(id, *other), score, reasons: serde_json::to_value(reasons).unwrap_or_default() })
        })
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse((one.score, one.pair)));
    found.truncate(SUGGESTED);
    Ok(found)
}

fn alike(one: &Person, other: &Person, common: bool) -> Option<Alike> {
    let full = name_words(&one.name) > 1 && name_words(&other.name) > 1;
    Some(Alike { similarity: name_likeness(&one.name, &other.name), full, common })
}

/// Two contacts that may be the same person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Suggestion {
    /// The one that would stay: the one that was known first.
    pub keep: ContactView,
    /// The other one.
    pub other: ContactView,
    /// How likely they are one, in percent.
    pub score: i16,
    /// Why, the most telling first.
    pub reasons: Vec<ReasonView>,
}

/// What two contacts have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LikenessReason)]
pub struct ReasonView {
    /// `number`, `email`, `address`, `postcode`, `name` or `bought` (both bought it within 90 days).
    pub kind: String,
    /// The number, the address, the product's code; of names, how alike they are in percent.
    pub value: String,
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        let (kind, value) = match reason {
            Reason::Number(value) => ("number", value),
            Reason::Email(value) => ("email", value),
            Reason::Address(value) => ("address", value),
            Reason::Postcode(value) => ("postcode", value),
            Reason::Name(percent) => ("name", percent.to_string()),
            Reason::Bought(value) => ("bought", value),
        };
        Self { kind: kind.to_owned(), value }
    }
}

/// A page of pairs that wait, the likeliest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    after: Option<After>,
    limit: u64,
) -> Result<(Vec<Suggestion>, Option<After>)> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut rows = likeness::open(&read, after, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| (row.score, row.one, row.other));
    Ok((suggestions(&read, rows, app.now()).await?, next))
}

/// Who may be the same person as a contact.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn of_contact(app: &App, caller: &Caller, id: ContactId) -> Result<Vec<Suggestion>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let most = u64::try_from(SUGGESTED).unwrap_or(u64::MAX);
    let rows = likeness::of_contact(&read, id, most).await?;
    suggestions(&read, rows, app.now()).await
}

async fn suggestions(read: &Read, rows: Vec<PairRow>, now: Ms) -> Result<Vec<Suggestion>> {
    let ids: BTreeSet<Uuid> = rows.iter().flat_map(|row| [row.one, row.other]).collect();
    let ids: Vec<ContactId> = ids.into_iter().map(ContactId).collect();
    let contacts = sync_contact::get(read, &ids).await?.into_iter().filter(|row| row.merged_into.is_none());
    let shown = views(read, contacts.collect(), now).await?;
    let shown: HashMap<Uuid, ContactView> = shown.into_iter().map(|view| (view.id, view)).collect();
    let suggestion = |row: PairRow| {
        let (one, other) = (shown.get(&row.one)?.clone(), shown.get(&row.other)?.clone());
        let known = |view: &ContactView| (Ms(view.created_at), ContactId(view.id));
        let first = stays(known(&one), known(&other)).0 == one.id;
        let (keep, other) = if first { (one, other) } else { (other, one) };
        let reasons: Vec<Reason> = serde_json::from_value(row.reasons).unwrap_or_default();
        Some(Suggestion { keep, other, score: row.score, reasons: reasons.into_iter().map(ReasonView::from).collect() })
    };
    Ok(rows.into_iter().filter_map(suggestion).collect())
}

/// How many pairs wait.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct DuplicateCounts {
    /// Pairs that wait for somebody to look at them.
    pub open: u64,
}

/// How many pairs wait.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn counts(app: &App, caller: &Caller) -> Result<DuplicateCounts> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    Ok(DuplicateCounts { open: likeness::count(&read).await? })
}

/// What is said of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairChoice {
    /// They are one person: `other` becomes part of `keep`.
    Merge,
    /// They are two, for good.
    Apart,
    /// That they are two is taken back: they wait again.
    Open,
}

/// Two contacts.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairIds {
    /// The one that stays.
    pub keep: Uuid,
    /// The other one.
    pub other: Uuid,
}

/// What is said of which pairs.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecidePairs {
    /// What is said.
    pub choice: PairChoice,
    /// Of which, at most 100.
    pub pairs: Vec<PairIds>,
}

/// What was done.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DecidedPairs {
    /// How many it was done to.
    pub done: u32,
    /// What merges are taken back with, in the order in which they were made.
    pub merges: Vec<Uuid>,
    /// Those it was not done to, and why.
    pub refused: Vec<RefusedPair>,
}

/// A pair that nothing was done to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedPair {
    /// The one that was to stay.
    pub keep: Uuid,
    /// The other one.
    pub other: Uuid,
    /// Why, for a person.
    pub detail: String,
}

/// Says of pairs that they are one, or two. Each is done by itself.
///
/// # Errors
/// `Forbidden`, `Invalid` (`pairs`), `Store`.
pub async fn decide(app: &App, caller: &Caller, given: DecidePairs) -> Result<DecidedPairs> {
    caller.require(Permission::ContactWrite)?;
    if given.pairs.is_empty() || given.pairs.len() > DECIDED {
        return Err(Error::invalid("pairs", format!("must be 1 to {DECIDED}")));
    }
    let mut done = DecidedPairs::default();
    for ids in given.pairs {
        match one(app, caller, given.choice, ids).await {
            Ok(merge) => {
                done.done += 1;
                done.merges.extend(merge);
            }
            Err(
                error @ (Error::NotFound(_) | Error::Invalid { .. } | Error::Refused { .. } | Error::Conflict { .. }),
            ) => {
                done.refused.push(RefusedPair { keep: ids.keep, other: ids.other, detail: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

async fn one(app: &App, caller: &Caller, choice: PairChoice, PairIds { keep, other }: PairIds) -> Result<Option<Uuid>> {
    let (keep, other) = (ContactId(keep), ContactId(other));
    if choice == PairChoice::Merge {
        return Ok(merge(app, caller, keep, MergeContact { gone: other.0 }).await?.merge_id);
    }
    if keep == other {
        return Err(Error::invalid("other", "names this very contact"));
    }
    let scope = app.store.workspace(caller.workspace);
    for id in [keep, other] {
        contact_page::get(&scope.read(), id).await?.ok_or(Error::NotFound(NOUN))?;
    }
    let now = app.now();
    let tx = scope.write().await?;
    let (news, action) = match choice {
        PairChoice::Open => (likeness::again(&tx, pair(keep, other), now).await?, "contact.maybe_same"),
        _ => {
            let who = (caller.actor_kind(), caller.actor_id());
            (likeness::part(&tx, pair(keep, other), who, now).await?, "contact.not_same")
        }
    };
    if news {
        let change = Audited { before: None, after: Some(json!({ "other": Value::from(other.0.to_string()) })) };
        crate::audit::record(&tx, now, caller, action, (NOUN, keep.0), change).await?;
        tx.commit().await?;
        app.bells.search.ring();
    }
    Ok(None)
}
