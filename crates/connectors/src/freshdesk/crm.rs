//! Freshdesk behind the seam of all CRMs.

use super::api::{Api, read_me};
use super::contacts::{self, KEY};
use super::fields::{self, Kinds};
use super::list::{Place, Step};
use super::{error, hook, search};
use crate::crm::rows::one_by_one;
use crate::crm::{
    Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Credential, Crm, CrmError, ErrorClass,
    KeyState, Matters, Next, Pace, Properties, Property, RemoteRecord, RowOk, Seed, Told, Trouble, UpsertRow, Vendor,
    Wire,
};
use crate::http::{Response, limits};
use rapport_core::matter::Object;
use rapport_core::time::{MINUTE, Ms, SECOND};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The connector.
pub static VENDOR: Vendor = Vendor {
    kind: "freshdesk",
    name: "Freshdesk",
    address: Address::Own("https://shop.freshdesk.com"),
    credentials: &[
        Credential {
            name: "api_key",
            secret: true,
            required: true,
            help: "API key of an agent who may edit contacts: Profile settings, View API key.",
        },
        Credential {
            name: "hook_secret",
            secret: true,
            required: false,
            help: "A long random word that the automation rule's webhook sends in the header X-Rapport-Secret. Without \
                   it changes are found by asking.",
        },
    ],
    either: &[],
    oauth: None,
    capabilities: Capabilities {
        objects: &[Object::Case],
        resolution_ms: SECOND,
        key: KEY,
        // A shop may keep its own customer numbers there.
        key_is_ours: false,
        batch: 50,
        reads_many: false,
        spellings: 4,
        tells_merges: false,
        overlap_ms: 2 * MINUTE,
        // 50 to 700 a minute by plan: what the account may call is told with each answer.
        calls_per_10s: 100,
        searches_per_second: 2,
        // Growth: lists of contacts 20 a minute.
        exports_per_minute: 18,
    },
    seeds: &[
        Seed { local: "name", remote: "name", direction: "both", enabled: true },
        Seed { local: "phone", remote: "mobile", direction: "both", enabled: true },
        Seed { local: "email", remote: "email", direction: "both", enabled: true },
        // Freshdesk takes only the languages that the account has switched on.
        Seed { local: "language", remote: "language", direction: "pull", enabled: false },
    ],
    signing: "hook_secret",
    hook_headers: &hook::HEADERS,
    verify: hook::verify,
    hints: hook::hints,
    open: |access, _| Arc::new(Freshdesk { api: Api::new(&access.base_url, access.get("api_key")) }),
};

/// One account.
pub(super) struct Freshdesk {
    pub(super) api: Api,
}

impl Freshdesk {
    async fn one(&self, wire: &dyn Wire, id: &str) -> Answer<Option<RemoteRecord>> {
        match contacts::read_contact(&wire.call(contacts::get(&self.api, id), Pace::Call).await?) {
            Ok(record) => Ok(Some(record).filter(|record| !record.archived)),
            Err(error) if error.class == ErrorClass::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// By key and address through search, which takes several at once and costs none of the few calls for lists. It is
    /// some minutes behind: a key that it does not know yet is found when the contact is created.
    async fn found(&self, wire: &dyn Wire, by: By, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut found = Vec::new();
        if by == By::Id {
            for id in values {
                found.extend(self.one(wire, id).await?);
            }
            return Ok(found);
        }
        let field = if by == By::Key { KEY } else { "email" };
        let terms = values.iter().map(|value| search::term(field, value)).collect();
        let hits = match self.hits(wire, terms).await {
            // An account whose search does not take keys: whose one is shows when the contact is created.
            Err(trouble) if by == By::Key && trouble.class() == Some(ErrorClass::Invalid) => return Ok(found),
            other => other?.0,
        };
        let is_asked = |record: &RemoteRecord| {
            let held = if by == By::Key { record.key.as_deref() } else { record.email.as_deref() };
            held.is_some_and(|held| values.iter().any(|value| value.trim().eq_ignore_ascii_case(held.trim())))
        };
        found.extend(hits.into_iter().filter(is_asked));
        Ok(found)
    }

    /// Everything that search shows for any of the terms, each once. The flag tells that there is more.
    async fn hits(&self, wire: &dyn Wire, terms: Vec<String>) -> Answer<(Vec<RemoteRecord>, bool)> {
        let (mut all, mut more) = (BTreeMap::new(), false);
        for query in &search::queries(terms) {
            for page in 1..=search::PAGES {
                let request = search::page(&self.api, query, page);
                let (found, total) = search::read_page(&wire.call(request, Pace::Search).await?)?;
                let is_last = found.is_empty() || total <= (page * search::PAGE) as u64;
                all.extend(found.into_iter().filter(|hit| !hit.archived).map(|hit| (hit.id.clone(), hit)));
                if is_last {
                    break;
                }
                more |= page == search::PAGES;
            }
        }
        Ok((all.into_values().collect(), more))
    }

    /// The kinds of the account's fields, where a write depends on them.
    async fn kinds(&self, wire: &dyn Wire, matter: bool) -> Answer<Kinds> {
        if !matter {
            return Ok(Kinds::default());
        }
        Ok(Kinds::of(fields::read_fields(&wire.call(fields::all(&self.api), Pace::Call).await?)?))
    }

    async fn write(&self, wire: &dyn Wire, rows: &[UpsertRow]) -> Answer<BatchResult> {
        let kinds = self.kinds(wire, rows.iter().any(|row| Kinds::matter(&row.properties))).await?;
        one_by_one(rows, |row| Box::pin(self.put(wire, row, &kinds))).await
    }

    async fn put(&self, wire: &dyn Wire, row: &UpsertRow, kinds: &Kinds) -> Answer<RowOk> {
        if let Some(id) = &row.id {
            let record = self.change(wire, id, Some(&row.key), &row.properties, kinds).await?;
            return Ok(RowOk { record, created: false });
        }
        let response = wire.call(contacts::create(&self.api, row, kinds), Pace::Call).await?;
        let refused = match contacts::read_contact(&response) {
            Ok(record) => return Ok(RowOk { record, created: true }),
            Err(error) if error::is_key_taken(&error) => error,
            Err(error) => return Err(error.into()),
        };
        // It was made before, by a call whose answer was lost or by another node.
        let id = match refused.existing_id {
            Some(id) => id.into_string(),
            None => self.holder(wire, &row.key).await?.ok_or_else(|| in_trash("one"))?,
        };
        match self.change(wire, &id, Some(&row.key), &row.properties, kinds).await {
            Ok(record) => Ok(RowOk { record, created: false }),
            Err(trouble) if trouble.class() == Some(ErrorClass::NotFound) => Err(in_trash(&id).into()),
            Err(trouble) => Err(trouble),
        }
    }

    /// The contact that holds this key now.
    async fn holder(&self, wire: &dyn Wire, key: &str) -> Answer<Option<String>> {
        let response = wire.call(contacts::by_key(&self.api, key), Pace::Export).await?;
        let found = contacts::read_contacts(&response)?.into_iter();
        Ok(found.filter(|record| record.key.as_deref() == Some(key)).map(|record| record.id).next())
    }

    async fn change(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
        kinds: &Kinds,
    ) -> Answer<RemoteRecord> {
        let refused = match self.update(wire, id, key, properties, kinds).await {
            Err(Trouble::Refused(error)) if error::is_key_taken(&error) => error,
            other => return other,
        };
        if self.holds(wire, &refused, key).await? {
            return Err(twins(&refused, id).into());
        }
        // A deleted contact keeps the key until somebody deletes it for good. This one goes on without: it is known by
        // its id.
        if !properties.is_empty() {
            return self.update(wire, id, None, properties, kinds).await;
        }
        Ok(contacts::read_contact(&wire.call(contacts::get(&self.api, id), Pace::Call).await?)?)
    }

    /// Whether the contact that holds our key in the place of another one is there.
    async fn holds(&self, wire: &dyn Wire, refused: &CrmError, key: Option<&str>) -> Answer<bool> {
        match (&refused.existing_id, key) {
            (Some(id), _) => Ok(self.one(wire, id).await?.is_some()),
            (None, Some(key)) => Ok(self.holder(wire, key).await?.is_some()),
            (None, None) => Ok(true),
        }
    }

    async fn update(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
        kinds: &Kinds,
    ) -> Answer<RemoteRecord> {
        let request = contacts::update(&self.api, id, key, properties, kinds);
        Ok(contacts::read_contact(&wire.call(request, Pace::Call).await?)?)
    }

    async fn look(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let place = place_of(place).starting(since);
        let response = wire.call(place.request(&self.api), Pace::Export).await?;
        let (records, step) = place.read(&response)?;
        let next = match step {
            Step::More(place) => Next::More(serde_json::to_value(place).unwrap_or_default()),
            Step::Done { up_to, resume } => Next::Done { up_to, resume: serde_json::to_value(resume).ok() },
        };
        Ok(Changes { records, next })
    }
}

fn place_of(stored: Option<&Value>) -> Place {
    stored.and_then(|place| serde_json::from_value(place.clone()).ok()).unwrap_or_default()
}

/// Our key is held by a contact that can be neither read nor written.
fn in_trash(id: &str) -> CrmError {
    let message = format!(
        "Freshdesk contact {id} was deleted and still holds the {KEY} of this one. Restore it, or delete it for good."
    );
    CrmError::new(409, ErrorClass::Invalid, message)
}

/// Two contacts are one and the same here.
fn twins(error: &CrmError, id: &str) -> CrmError {
    let other = error.existing_id.as_deref().unwrap_or("another one");
    let message = format!("Freshdesk contacts {id} and {other} are the same person ({KEY}). Merge them.");
    CrmError::new(error.status, ErrorClass::Invalid, message)
}

impl Crm for Freshdesk {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let response = wire.call(self.api.me(), Pace::Call).await?;
            read_me(&response)?;
            Ok(Account {
                id: self.api.host().to_owned(),
                record_url: Some(self.api.contact_page()),
                clock: limits::date(&response),
            })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(async move { Ok(fields::read_fields(&wire.call(fields::all(&self.api), Pace::Call).await?)?) })
    }

    /// Every contact has the field, and it is unique.
    fn key<'a>(&'a self, _: &'a dyn Wire, _: bool) -> Ask<'a, KeyState> {
        Box::pin(async { Ok(KeyState::Ready) })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        Box::pin(self.found(wire, by, values))
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(self.one(wire, id))
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        let terms = spellings.iter().flat_map(|number| ["mobile", "phone"].map(|field| search::term(field, number)));
        let terms: Vec<String> = terms.collect();
        Box::pin(self.hits(wire, terms))
    }

    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        Box::pin(self.look(wire, place, since))
    }

    fn beyond(&self, resume: &Value) -> Option<u64> {
        place_of(Some(resume)).beyond()
    }

    fn upsert<'a>(&'a self, wire: &'a dyn Wire, rows: &'a [UpsertRow]) -> Ask<'a, BatchResult> {
        Box::pin(self.write(wire, rows))
    }

    fn update<'a>(
        &'a self,
        wire: &'a dyn Wire,
        id: &'a str,
        key: Option<&'a str>,
        properties: &'a Properties,
    ) -> Ask<'a, RemoteRecord> {
        Box::pin(async move {
            let kinds = self.kinds(wire, Kinds::matter(properties)).await?;
            self.change(wire, id, key, properties, &kinds).await
        })
    }

    fn matters(&self) -> Option<&dyn Matters> {
        Some(self)
    }

    fn limits(&self, response: &Response) -> Told {
        error::read_limits(response)
    }

    fn refusal(&self, response: &Response, _: Pace) -> CrmError {
        error::read_error(response)
    }

    fn advice(&self, error: &CrmError) -> Option<String> {
        match error.class {
            ErrorClass::AuthExpired => Some(
                "Freshdesk does not accept the API key (reset, mistyped, or its agent was deactivated). Look under \
                 Profile settings > View API key, and enter it anew."
                    .to_owned(),
            ),
            ErrorClass::ForbiddenScope => Some(format!(
                "The agent of the API key may not do this: {} A role that may view and edit contacts is needed, and a \
                 plan with access to the API.",
                error.message
            )),
            _ => None,
        }
    }
}
