//! Intercom behind the seam of all CRMs.

use super::api::{Api, read_me};
use super::attributes::{self, Types};
use super::contacts::{self, is_lead, merged_into, read_contact};
use super::search::{self, MAX_VALUES, Place};
use super::{error, hook};
use crate::crm::rows::one_by_one;
use crate::crm::{
    Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Credential, Crm, CrmError, ErrorClass,
    FieldError, KeyState, Next, Pace, Properties, Property, RemoteRecord, RowOk, Seed, Told, UpsertRow, Vendor, Wire,
};
use crate::http::{Response, limits};
use futures::future::try_join_all;
use rapport_core::time::{MINUTE, Ms, SECOND};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one upsert. There is no call for several: after trouble, no more than these are written again.
const BATCH: usize = 25;
/// Contacts that are read at once.
const AT_ONCE: usize = 5;
/// How often a contact may have been merged on before it is given up.
const HOPS: usize = 4;

/// The connector.
pub static VENDOR: Vendor = Vendor {
    kind: "intercom",
    name: "Intercom",
    address: Address::Own("https://api.intercom.io"),
    credentials: &[
        Credential {
            name: "access_token",
            secret: true,
            required: true,
            help: "Access token of an app: Intercom, Settings, Integrations, Developer Hub, Authentication.",
        },
        Credential {
            name: "client_secret",
            secret: true,
            required: false,
            help: "The app's client secret, which signs webhooks. Without it changes are found by asking, and deleted \
                   contacts when they are to be written or compared.",
        },
    ],
    either: &[],
    oauth: None,
    capabilities: Capabilities {
        objects: &[],
        resolution_ms: SECOND,
        key: "external_id",
        // A shop may keep its own customer numbers there, and every lead has one of Intercom's making.
        key_is_ours: false,
        batch: BATCH,
        reads_many: false,
        spellings: MAX_VALUES,
        tells_merges: true,
        overlap_ms: 5 * MINUTE,
        // 10,000 a minute for an app and 25,000 for a workspace, given out in spans of ten seconds. What the account
        // may call is told with each answer.
        calls_per_10s: 800,
        searches_per_second: 10,
        // Changes are found by search.
        exports_per_minute: 240,
    },
    seeds: &[
        Seed { local: "name", remote: "name", direction: "both", enabled: true },
        Seed { local: "phone", remote: "phone", direction: "both", enabled: true },
        Seed { local: "email", remote: "email", direction: "both", enabled: true },
    ],
    signing: "client_secret",
    hook_headers: &hook::HEADERS,
    verify: hook::verify,
    hints: hook::hints,
    open: |access, fields| {
        let own = fields.iter().filter(|name| name.starts_with(contacts::CUSTOM)).cloned().collect();
        Arc::new(Intercom { api: Api::new(&access.base_url, access.get("access_token")), own })
    },
};

/// One workspace. Answers always hold every attribute, but for those of the workspace's own that a contact never had.
struct Intercom {
    api: Api,
    /// The workspace's own attributes that every read asks for.
    own: Vec<String>,
}

impl Intercom {
    /// The record with empty values in the place of attributes it never had.
    fn whole(&self, mut record: RemoteRecord) -> RemoteRecord {
        for name in &self.own {
            record.properties.entry(name.clone()).or_default();
        }
        record
    }

    /// A contact by id, or the one it lives on in; `None` when it is gone.
    async fn one(&self, wire: &dyn Wire, id: &str) -> Answer<Option<RemoteRecord>> {
        let mut asked = id.to_owned();
        for _ in 0..HOPS {
            let response = wire.call(contacts::get(&self.api, &asked), Pace::Call).await?;
            if let Some(survivor) = merged_into(&response) {
                asked = survivor;
                continue;
            }
            let record = present(read_contact(&response))?;
            return Ok(record.map(|record| self.whole(record)).map(|mut record| {
                if record.id != id {
                    record.former.push(id.to_owned());
                }
                record
            }));
        }
        Ok(None)
    }

    async fn keyed(&self, wire: &dyn Wire, key: &str) -> Answer<Option<RemoteRecord>> {
        present(read_contact(&wire.call(contacts::by_key(&self.api, key), Pace::Call).await?))
    }

    async fn found(&self, wire: &dyn Wire, by: By, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut found = Vec::with_capacity(values.len());
        match by {
            By::Id => {
                for part in values.chunks(AT_ONCE) {
                    found.extend(try_join_all(part.iter().map(|id| self.one(wire, id))).await?.into_iter().flatten());
                }
            }
            By::Key => {
                for part in values.chunks(AT_ONCE) {
                    found.extend(
                        try_join_all(part.iter().map(|key| self.keyed(wire, key))).await?.into_iter().flatten(),
                    );
                }
            }
            By::Email => {
                for part in values.chunks(MAX_VALUES) {
                    let response = wire.call(search::by_email(&self.api, part), Pace::Search).await?;
                    found.extend(search::read_page(&response)?.records);
                }
                found.retain(|record| !record.archived);
            }
        }
        Ok(found.into_iter().map(|record| self.whole(record)).collect())
    }

    async fn numbers(&self, wire: &dyn Wire, spellings: &[String]) -> Answer<(Vec<RemoteRecord>, bool)> {
        let (mut found, mut more) = (BTreeMap::new(), false);
        for part in spellings.chunks(MAX_VALUES) {
            let page = search::read_page(&wire.call(search::by_phone(&self.api, part), Pace::Search).await?)?;
            more |= page.after.is_some();
            let good = page.records.into_iter().filter(|record| !record.archived);
            found.extend(good.map(|record| (record.id.clone(), self.whole(record))));
        }
        Ok((found.into_values().collect(), more))
    }

    /// What the workspace's own attributes hold, where any of them is to be written.
    async fn types<'a>(&self, wire: &dyn Wire, mut rows: impl Iterator<Item = &'a Properties>) -> Answer<Types> {
        if !rows.any(contacts::needs_types) {
            return Ok(Types::new());
        }
        Ok(attributes::read_types(&wire.call(attributes::list_all(&self.api), Pace::Call).await?)?)
    }

    async fn write(&self, wire: &dyn Wire, rows: &[UpsertRow]) -> Answer<BatchResult> {
        let types = self.types(wire, rows.iter().map(|row| &row.properties)).await?;
        one_by_one(rows, |row| Box::pin(self.row(wire, row, &types))).await
    }

    async fn row(&self, wire: &dyn Wire, row: &UpsertRow, types: &Types) -> Answer<RowOk> {
        if let Some(id) = &row.id {
            let record = self.put(wire, id, Some(&row.key), &row.properties, types).await?;
            return Ok(RowOk { record, created: false });
        }
        let request = contacts::create(&self.api, &row.key, &row.properties, types);
        let refused = match read_contact(&wire.call(request, Pace::Call).await?) {
            Ok(record) => return Ok(RowOk { record, created: true }),
            Err(error) => error,
        };
        // Somebody is there with our key, or with the address. It is ours when an earlier answer was lost.
        let Some(id) = self.claimed(wire, row, &refused).await? else { return Err(refused.into()) };
        let record = self.put(wire, &id, None, &row.properties, types).await?;
        Ok(RowOk { record, created: false })
    }

    /// The contact that a conflict is with, where it is the one that carries the row's key.
    async fn claimed(&self, wire: &dyn Wire, row: &UpsertRow, refused: &CrmError) -> Answer<Option<String>> {
        let Some(id) = refused.existing_id.as_deref().filter(|_| refused.class == ErrorClass::Conflict) else {
            return Ok(None);
        };
        if !error::is_archived(refused) {
            let there = self.one(wire, id).await?;
            return Ok(there.filter(|record| record.key.as_ref() == Some(&row.key)).map(|record| record.id));
        }
        // An archived contact shows nothing. Without an address in the row it can only be the key that it shares.
        if row.properties.contains_key("email") {
            return Ok(None);
        }
        let response = wire.call(contacts::unarchive(&self.api, id), Pace::Call).await?;
        if response.ok() { Ok(Some(id.to_owned())) } else { Err(error::read_error(&response).into()) }
    }

    async fn put(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
        types: &Types,
    ) -> Answer<RemoteRecord> {
        if properties.get("email").is_some_and(|email| email.trim().is_empty()) {
            return Err(kept().into());
        }
        let request = contacts::update(&self.api, id, key, properties, types);
        Ok(read_contact(&wire.call(request, Pace::Call).await?)?)
    }

    async fn change(
        &self,
        wire: &dyn Wire,
        id: &str,
        mut key: Option<&str>,
        properties: &Properties,
    ) -> Answer<RemoteRecord> {
        if key.is_some() {
            let Some(record) = self.one(wire, id).await? else { return Err(gone().into()) };
            key = key.filter(|_| !is_lead(&record));
            if key.is_none() && properties.is_empty() {
                return Ok(record);
            }
        }
        let types = self.types(wire, std::iter::once(properties)).await?;
        self.put(wire, id, key, properties, &types).await
    }

    async fn sweep(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let place: Option<Place> = place.and_then(|place| serde_json::from_value(place.clone()).ok());
        let response = wire.call(search::changes(&self.api, place.as_ref(), since), Pace::Export).await?;
        let mut page = match search::read_page(&response) {
            Ok(page) => page,
            Err(refused) => {
                let front = place.and_then(|place| place.again()).filter(|_| refused.class == ErrorClass::Invalid);
                let Some(front) = front else { return Err(refused.into()) };
                return Ok(Changes { records: Vec::new(), next: Next::More(serde_json::json!(front)) });
            }
        };
        let next = search::advance(&mut page, place.as_ref(), since);
        let records = page.records.into_iter().map(|record| self.whole(record)).collect();
        Ok(Changes { records, next })
    }
}

/// A contact that is there; `None` when it is not, or archived.
fn present(read: Result<RemoteRecord, CrmError>) -> Answer<Option<RemoteRecord>> {
    match read {
        Ok(record) => Ok(Some(record).filter(|record| !record.archived)),
        Err(error) if error.class == ErrorClass::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// An address is not emptied: it is what a user of the messenger is known by.
fn kept() -> CrmError {
    let message = "an address is changed from here, never removed; remove it in Intercom";
    let field = FieldError { field: "email".to_owned(), code: "kept".to_owned(), message: message.to_owned() };
    CrmError { fields: vec![field], ..own(ErrorClass::Invalid, message) }
}

fn gone() -> CrmError {
    own(ErrorClass::NotFound, "the contact is not there any more")
}

/// A refusal of our own.
fn own(class: ErrorClass, message: &str) -> CrmError {
    CrmError::new(200, class, message)
}

impl Crm for Intercom {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let response = wire.call(self.api.me(), Pace::Call).await?;
            let workspace = read_me(&response)?;
            Ok(Account { record_url: Some(workspace.contact_page()), id: workspace.id, clock: limits::date(&response) })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(
            async move { Ok(attributes::read_all(&wire.call(attributes::list_all(&self.api), Pace::Call).await?)?) },
        )
    }

    /// Every user has the attribute, and it is unique.
    fn key<'a>(&'a self, _: &'a dyn Wire, _: bool) -> Ask<'a, KeyState> {
        Box::pin(async { Ok(KeyState::Ready) })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        Box::pin(self.found(wire, by, values))
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(async move {
            Ok(self.one(wire, id).await?.map(|mut record| {
                if record.id != id {
                    record.former.clear();
                    record.merged_into = Some(std::mem::replace(&mut record.id, id.to_owned()));
                }
                record
            }))
        })
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        Box::pin(self.numbers(wire, spellings))
    }

    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        Box::pin(self.sweep(wire, place, since))
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
        Box::pin(self.change(wire, id, key, properties))
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
                "Intercom does not accept the access token (withdrawn, mistyped, or of a workspace in another region: \
                 api.intercom.io, api.eu.intercom.io or api.au.intercom.io). Look under Settings > Integrations > \
                 Developer Hub, and enter it anew."
                    .to_owned(),
            ),
            ErrorClass::ForbiddenScope => Some(format!(
                "The access token may not do this: {} The app needs the permissions to read and write users and leads, \
                 and to read their attributes.",
                error.message
            )),
            _ => None,
        }
    }
}
