//! A company's own CRM behind the seam of all CRMs.

use super::api::{Api, TOKEN, USER, read};
use super::description::{AuthBy, Description, Writing};
use super::list::{Place, Step, items};
use super::path::{Seen, at, look};
use super::record::{body, record};
use super::{error, fields, hook};
use crate::crm::rows::one_by_one;
use crate::crm::{
    Access, Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Credential, Crm, CrmError,
    ErrorClass, FieldError, Hint, HookCall, KeyState, Next, OAuth, Pace, Properties, Property, RemoteRecord, RowOk,
    Seed, SignatureError, Told, Trouble, UpsertRow, Vendor, Wire, oauth,
};
use crate::http::{Method, Response, limits};
use crate::json::BadBody;
use rapport_core::time::{MINUTE, Ms, SECOND};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Its word.
pub const KIND: &str = "rest";
/// The credential that proves webhooks.
const HOOK_SECRET: &str = "hook_secret";
/// Records of a look that only wants to see some.
const SOME: u32 = 25;
/// How often a record is read and written whole before somebody else's changes are waited out.
const TRIES: usize = 3;

/// The connector. What it needs and can do is said by the description.
pub static VENDOR: Vendor = Vendor {
    kind: KIND,
    name: "Own CRM (REST)",
    address: Address::Own("https://crm.shop.example/api"),
    credentials: &[
        Credential { name: TOKEN, secret: true, required: false, help: "The token or API key, where one is sent." },
        Credential { name: USER.0, secret: false, required: false, help: "For basic authentication." },
        Credential { name: USER.1, secret: true, required: false, help: "For basic authentication." },
        Credential { name: oauth::CLIENT_ID, secret: false, required: false, help: "For OAuth 2 client credentials." },
        Credential {
            name: oauth::CLIENT_SECRET,
            secret: true,
            required: false,
            help: "For OAuth 2 client credentials.",
        },
        Credential {
            name: HOOK_SECRET,
            secret: true,
            required: false,
            help: "What the CRM's webhook sends or signs with. Without it changes are found by asking.",
        },
    ],
    either: &[],
    oauth: None,
    capabilities: Capabilities {
        objects: &[],
        resolution_ms: SECOND,
        key: "",
        key_is_ours: true,
        batch: 20,
        reads_many: false,
        spellings: 4,
        tells_merges: false,
        overlap_ms: 2 * MINUTE,
        calls_per_10s: 50,
        searches_per_second: 5,
        exports_per_minute: 240,
    },
    seeds: &[],
    signing: HOOK_SECRET,
    hook_headers: &[],
    // Without a description nothing is believed.
    verify: |_, _, _| Err(SignatureError::NoSecret),
    hints: |_| Ok(Vec::new()),
    open: |access, fields| Arc::new(Rest::new(access, fields)),
};

/// One company's CRM.
struct Rest {
    said: Arc<Description>,
    api: Api,
    /// Paths whose values are kept of a record.
    wanted: Vec<String>,
}

/// A record as it came, with what proves that it was not changed since.
struct Held {
    raw: Value,
    record: RemoteRecord,
    etag: Option<String>,
}

impl Rest {
    fn new(access: &Access, fields: &[String]) -> Self {
        let said = access.description.clone().unwrap_or_default();
        let mut wanted = fields.to_vec();
        if wanted.is_empty() {
            let shape = &said.record;
            wanted = [&shape.name, &shape.email].into_iter().chain(&shape.phones).cloned().collect();
            wanted.retain(|path| !path.is_empty());
        }
        Self { api: Api::new(access), said, wanted }
    }

    fn record(&self, value: &Value) -> Option<RemoteRecord> {
        record(&self.said, &self.wanted, value)
    }

    /// One contact that is there.
    async fn held(&self, wire: &dyn Wire, id: &str) -> Answer<Option<Held>> {
        let request = self.api.call(&self.said, "get", Method::Get, &self.said.read.url, &|_| id.to_owned());
        let response = wire.call(request, Pace::Call).await?;
        let answer = match read(&self.said, &response) {
            Ok(answer) => answer,
            Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let path = &self.said.read.record;
        let raw = match look(&answer, path) {
            Seen::Empty | Seen::There(Value::Null) => return Ok(None),
            Seen::There(raw) => raw,
            // Somebody is deleted only where the answer says so.
            Seen::Unknown => {
                let words = format!("There is no contact at `{path}` in the CRM's answer.");
                return Err(error::mistaken(response.status, words).into());
            }
        };
        let words = || {
            let message = format!("The contact that was read has no id at `{}`.", self.said.record.id);
            error::mistaken(response.status, message)
        };
        let record = self.record(raw).ok_or_else(words)?;
        let etag = response.header("etag").map(str::to_owned);
        Ok(Some(Held { raw: raw.clone(), record, etag }).filter(|held| !held.record.archived))
    }

    /// Contacts that a search shows; none where there is no such search.
    async fn found(&self, wire: &dyn Wire, address: &str, value: &str) -> Answer<Vec<RemoteRecord>> {
        if address.is_empty() {
            return Ok(Vec::new());
        }
        let fill = |hole: &str| match hole {
            "digits" => value.chars().filter(char::is_ascii_digit).collect(),
            _ => value.trim().to_owned(),
        };
        let request = self.api.call(&self.said, "find", Method::Get, address, &fill);
        let response = wire.call(request, Pace::Search).await?;
        let answer = match read(&self.said, &response) {
            Ok(answer) => answer,
            // Some say so of nobody.
            Err(error) if error.class == ErrorClass::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let found = items(&self.said.find.items, &response, &answer)?;
        let records = found.iter().filter_map(|item| self.record(at(item, &self.said.find.record)?));
        Ok(records.filter(|record| !record.archived).collect())
    }

    async fn by(&self, wire: &dyn Wire, by: By, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut all: BTreeMap<String, RemoteRecord> = BTreeMap::new();
        for value in values {
            let records = match by {
                By::Id => self.held(wire, value).await?.map(|held| held.record).into_iter().collect(),
                By::Key => self.found(wire, &self.said.find.key, value).await?,
                By::Email => self.found(wire, &self.said.find.email, value).await?,
            };
            // A search may mean it less exactly.
            let is_asked = |record: &RemoteRecord| match by {
                By::Id => true,
                By::Key => record.key.as_deref() == Some(value.trim()),
                By::Email => record.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(value.trim())),
            };
            all.extend(records.into_iter().filter(is_asked).map(|record| (record.id.clone(), record)));
        }
        Ok(all.into_values().collect())
    }

    async fn numbers(&self, wire: &dyn Wire, spellings: &[String]) -> Answer<(Vec<RemoteRecord>, bool)> {
        let mut all = BTreeMap::new();
        for number in spellings {
            let found = self.found(wire, &self.said.find.phone, number).await?;
            all.extend(found.into_iter().map(|record| (record.id.clone(), record)));
        }
        Ok((all.into_values().collect(), false))
    }

    async fn put(&self, wire: &dyn Wire, row: &UpsertRow) -> Answer<RowOk> {
        let id = match &row.id {
            Some(id) => Some(id.clone()),
            None => self.holder(wire, &row.key).await?,
        };
        if let Some(id) = id {
            return self.updated(wire, &id, row).await;
        }
        let response = match self.create(wire, row).await {
            Ok(response) => response,
            Err(Trouble::Refused(error)) if error.class == ErrorClass::Conflict => {
                // Another node made it in this moment; or a value is somebody else's.
                return match self.holder(wire, &row.key).await? {
                    Some(id) => self.updated(wire, &id, row).await,
                    None => Err(self.taken(*error, &row.properties).into()),
                };
            }
            Err(trouble) => return Err(trouble),
        };
        let record = self.made(wire, &response, row).await?;
        Ok(RowOk { record: RemoteRecord { key: Some(row.key.clone()), ..record }, created: true })
    }

    async fn updated(&self, wire: &dyn Wire, id: &str, row: &UpsertRow) -> Answer<RowOk> {
        let record = self.change(wire, id, Some(&row.key), &row.properties).await?;
        Ok(RowOk { record: RemoteRecord { key: Some(row.key.clone()), ..record }, created: false })
    }

    /// The contact that has our key.
    async fn holder(&self, wire: &dyn Wire, key: &str) -> Answer<Option<String>> {
        let found = self.by(wire, By::Key, std::slice::from_ref(&key.to_owned())).await?;
        Ok(found.into_iter().map(|record| record.id).next())
    }

    /// A value that is somebody else's: which one it is, is hardly ever said. People share no addresses.
    fn taken(&self, mut error: CrmError, properties: &Properties) -> CrmError {
        let email = &self.said.record.email;
        if error.fields.is_empty() && properties.contains_key(email) {
            error.fields.push(FieldError { field: email.clone(), code: String::new(), message: error.message.clone() });
        }
        error
    }

    async fn create(&self, wire: &dyn Wire, row: &UpsertRow) -> Answer<Response> {
        let way = &self.said.create;
        let mut properties = row.properties.clone();
        properties.retain(|_, text| !text.trim().is_empty());
        let sent = body(&self.said, way, None, &properties, Some(&row.key));
        let request = self.api.call(&self.said, "create", way.method.into(), &way.url, &|_| String::new());
        let mut request = request.with_json(&sent);
        let response = if way.idempotency_header.is_empty() {
            // Made twice, it could make two contacts: whoever asks again looks for it first.
            wire.once(request, Pace::Call).await?
        } else {
            request.named.push((way.idempotency_header.clone(), row.key.clone()));
            wire.call(request, Pace::Call).await?
        };
        read(&self.said, &response)?;
        Ok(response)
    }

    /// The contact that was made, as the answer shows it, or where it says that it stands.
    async fn made(&self, wire: &dyn Wire, response: &Response, row: &UpsertRow) -> Answer<RemoteRecord> {
        if let Some(record) = self.shown(&self.said.create, response)? {
            return Ok(record);
        }
        let place = response.header("location").map(|place| place.trim_end_matches('/'));
        let id = match place.and_then(|place| place.rsplit('/').next()).filter(|id| !id.is_empty()) {
            Some(id) => Some(id.to_owned()),
            None => self.holder(wire, &row.key).await?,
        };
        let held = match id {
            Some(id) => self.held(wire, &id).await?,
            None => None,
        };
        let words = "The answer to making a contact shows neither the contact nor its id.";
        Ok(held.ok_or_else(|| CrmError::new(response.status, ErrorClass::Transient, words))?.record)
    }

    /// The record in the answer to a writing call.
    fn shown(&self, way: &Writing, response: &Response) -> Answer<Option<RemoteRecord>> {
        let answer = read(&self.said, response)?;
        Ok(at(&answer, &way.record).and_then(|raw| self.record(raw)))
    }

    async fn change(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
    ) -> Answer<RemoteRecord> {
        let mut tries = TRIES;
        loop {
            tries -= 1;
            match self.update(wire, id, key, properties).await {
                // Somebody wrote between our reading and our writing.
                Err(trouble) if trouble.class() == Some(ErrorClass::Locked) && tries > 0 && self.said.update.whole => {}
                Err(Trouble::Refused(error)) if error.class == ErrorClass::Conflict => {
                    return Err(self.taken(*error, properties).into());
                }
                other => return other,
            }
        }
    }

    async fn update(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
    ) -> Answer<RemoteRecord> {
        let way = &self.said.update;
        let gone = || CrmError::new(404, ErrorClass::NotFound, "The contact is not there any more.");
        let held = if way.whole { Some(self.held(wire, id).await?.ok_or_else(gone)?) } else { None };
        let sent = body(&self.said, way, held.as_ref().map(|held| &held.raw), properties, key);
        let request = self.api.call(&self.said, "update", way.method.into(), &way.url, &|_| id.to_owned());
        let mut request = request.with_json(&sent);
        if let Some(etag) = held.and_then(|held| held.etag) {
            request.headers.push(("if-match", etag));
        }
        let response = wire.call(request, Pace::Call).await?;
        match self.shown(way, &response)? {
            Some(record) => Ok(record),
            None => Ok(self.held(wire, id).await?.ok_or_else(gone)?.record),
        }
    }

    async fn look(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let is_first = place.is_none();
        let place = Place::stored(place, since);
        let response = wire.call(place.request(&self.api, &self.said, self.said.list.limit), Pace::Export).await?;
        let read = place.read(&self.api, &self.said, &self.wanted, &response);
        let (records, step) = read.map_err(|error| if is_first { error::unlisted(error) } else { error })?;
        let next = match step {
            Step::More(place) => Next::More(serde_json::to_value(place).unwrap_or_default()),
            Step::Done(up_to) => Next::Done { up_to, resume: None },
        };
        Ok(Changes { records, next })
    }

    /// Some contacts, for whoever wants to know that they can be read, and what they are like.
    async fn some(&self, wire: &dyn Wire) -> Answer<Response> {
        let most = self.said.list.limit.min(SOME);
        let response = wire.call(Place::default().request(&self.api, &self.said, most), Pace::Export).await?;
        Place::default().read(&self.api, &self.said, &self.wanted, &response).map_err(error::unlisted)?;
        Ok(response)
    }

    fn advised(&self, error: &CrmError) -> Option<String> {
        let what = match self.said.auth.by {
            AuthBy::None => "It wants to know who calls, and the connection says nothing: choose a way of signing in.",
            AuthBy::Bearer | AuthBy::Header | AuthBy::Query => "Enter its token or key anew.",
            AuthBy::Basic => "Enter user name and password anew.",
            AuthBy::Oauth => "Enter the client's id and secret anew, and check the address where tokens are given out.",
        };
        match error.class {
            ErrorClass::AuthExpired => Some(format!("The CRM does not accept who calls: {} {what}", error.message)),
            ErrorClass::ForbiddenScope => Some(format!(
                "Whoever calls may not do this: {} The right to read, search, make and change contacts is needed.",
                error.message
            )),
            _ if &*error.category == error::MISTAKEN => {
                Some(format!("The CRM does not answer as it was described: {}", error.message))
            }
            _ => None,
        }
    }
}

impl Crm for Rest {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn oauth(&self) -> Option<OAuth> {
        let auth = &self.said.auth;
        (auth.by == AuthBy::Oauth).then(|| OAuth {
            path: Cow::Owned(auth.token_url.clone()),
            scope: Cow::Owned(auth.scope.clone()),
            scheme: "Bearer",
            address: "",
            life: Duration::from_secs(600),
        })
    }

    fn key_name(&self) -> &str {
        &self.said.record.key
    }

    fn resolution_ms(&self) -> i64 {
        i64::from(self.said.limits.clock_ms.max(1))
    }

    fn seeds(&self) -> Vec<Seed<'_>> {
        let shape = &self.said.record;
        let phone = shape.phones.first().map_or("", String::as_str);
        let all = [("name", shape.name.as_str()), ("phone", phone), ("email", shape.email.as_str())];
        let seed = |(local, remote)| Seed { local, remote, direction: "both", enabled: true };
        all.into_iter().filter(|(_, remote)| !remote.is_empty()).map(seed).collect()
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let response = self.some(wire).await?;
            let page = Some(self.said.record.page.clone()).filter(|page| !page.is_empty());
            Ok(Account { id: self.api.host().to_owned(), record_url: page, clock: limits::date(&response) })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(async move {
            let response = self.some(wire).await?;
            let answer = read(&self.said, &response)?;
            let found = items(&self.said.list.items, &response, &answer)?;
            let records: Vec<&Value> = found.iter().filter_map(|item| at(item, &self.said.list.record)).collect();
            Ok(fields::fields(&self.said, &records))
        })
    }

    /// Whoever described the field says that it is there.
    fn key<'a>(&'a self, _: &'a dyn Wire, _: bool) -> Ask<'a, KeyState> {
        Box::pin(async { Ok(KeyState::Ready) })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        Box::pin(self.by(wire, by, values))
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(async move { Ok(self.held(wire, id).await?.map(|held| held.record)) })
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        Box::pin(self.numbers(wire, spellings))
    }

    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        Box::pin(self.look(wire, place, since))
    }

    fn upsert<'a>(&'a self, wire: &'a dyn Wire, rows: &'a [UpsertRow]) -> Ask<'a, BatchResult> {
        Box::pin(one_by_one(rows, move |row| Box::pin(self.put(wire, row))))
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

    fn verify(&self, secrets: &[&str], call: &HookCall<'_>, _: Ms) -> Result<(), SignatureError> {
        hook::verify(&self.said, secrets, call)
    }

    fn hints(&self, body: &[u8]) -> Result<Vec<Hint>, BadBody> {
        hook::hints(&self.said, body)
    }

    fn limits(&self, _: &Response) -> Told {
        Told::default()
    }

    fn refusal(&self, response: &Response, _: Pace) -> CrmError {
        error::read_error(&self.said, response)
    }

    fn advice(&self, error: &CrmError) -> Option<String> {
        self.advised(error)
    }
}
