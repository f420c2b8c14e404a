//! Salesforce behind the seam of all CRMs.

use super::api::{self, Api, Identity, is_id};
use super::contacts::{self, KEY, MAX_BATCH};
use super::soql::{self, MAX_FOUND, MAX_VALUES, Place, Scope};
use super::{error, key};
use crate::crm::{
    Access, Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Credential, Crm, CrmError,
    ErrorClass, KeyState, Matters, Next, OAuth, Pace, Properties, Property, RemoteRecord, RowError, RowOk, Seed,
    SignatureError, Told, UpsertRow, Vendor, Wire, oauth,
};
use crate::http::{Request, Response, limits};
use rapport_core::matter::Object;
use rapport_core::time::{DAY, MINUTE, Ms, SECOND};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Records that became part of others, and those of others again: so many steps are followed.
const HOPS: usize = 5;
/// Batches of one answer.
const MAX_BATCHES: usize = 50;
/// How far back deleted records are listed.
const DELETED_SPAN: i64 = 14 * DAY;

/// The connector.
pub static VENDOR: Vendor = Vendor {
    kind: "salesforce",
    name: "Salesforce",
    address: Address::Own("https://shop.my.salesforce.com"),
    credentials: &[
        Credential {
            name: oauth::CLIENT_ID,
            secret: false,
            required: true,
            help: "Consumer key of the external client app: Setup, External Client App Manager, Settings, OAuth Settings.",
        },
        Credential {
            name: oauth::CLIENT_SECRET,
            secret: true,
            required: true,
            help: "Consumer secret, in the same place.",
        },
        Credential {
            name: oauth::REFRESH_TOKEN,
            secret: true,
            required: false,
            help: "Refresh token of a user who signed in with the scopes api and refresh_token. Without it the app's \
                   client credentials flow is used, with the user chosen there.",
        },
    ],
    either: &[],
    oauth: Some(OAuth {
        path: std::borrow::Cow::Borrowed("/services/oauth2/token"),
        scope: std::borrow::Cow::Borrowed(""),
        scheme: "Bearer",
        address: "instance_url",
        // The org's session policy is not told; two hours unless somebody changed it.
        life: Duration::from_secs(100 * 60),
    }),
    capabilities: Capabilities {
        objects: &[Object::Deal, Object::Case],
        resolution_ms: SECOND,
        key: KEY,
        key_is_ours: true,
        batch: MAX_BATCH,
        reads_many: true,
        spellings: 10,
        tells_merges: true,
        overlap_ms: 5 * MINUTE,
        // Calls are counted by the day only: this keeps bursts short. The day's are told with each answer.
        calls_per_10s: 100,
        searches_per_second: 4,
        // A look every ten seconds while something happens: less than a tenth of the smallest plan's day.
        exports_per_minute: 12,
    },
    seeds: &[
        seed("first_name", "FirstName"),
        seed("last_name", "LastName"),
        seed("phone", "MobilePhone"),
        seed("email", "Email"),
    ],
    // Changes come over a stream that is no web call; they are found by asking.
    signing: "",
    hook_headers: &[],
    verify: |_, _, _| Err(SignatureError::NoSecret),
    hints: |_| Ok(Vec::new()),
    open: |access, fields| Arc::new(Salesforce::new(access, fields)),
};

const fn seed(local: &'static str, remote: &'static str) -> Seed<'static> {
    Seed { local, remote, direction: "both", enabled: true }
}

/// One org.
pub(super) struct Salesforce {
    pub(super) api: Api,
    /// Fields that every read asks for.
    wanted: Vec<String>,
    /// A user signed in; otherwise the app calls for itself.
    consent: bool,
    /// Whether the org has several currencies, once it was asked.
    pub(super) currencies: OnceLock<bool>,
}

impl Salesforce {
    fn new(access: &Access, fields: &[String]) -> Self {
        Self {
            api: Api::new(&access.base_url),
            wanted: soql::wanted(fields),
            consent: !access.get(oauth::REFRESH_TOKEN).is_empty(),
            currencies: OnceLock::new(),
        }
    }

    /// Makes a call that names the wanted fields. Those that are gone over there are left out, so that a mapping of
    /// one stops no other.
    async fn asked(&self, wire: &dyn Wire, pace: Pace, ask: impl Fn(&[String]) -> Request + Sync) -> Answer<Response> {
        let mut fields = self.wanted.clone();
        loop {
            let response = wire.call(ask(&fields), pace).await?;
            if response.ok() {
                return Ok(response);
            }
            let error = error::read_error(&response);
            let count = fields.len();
            fields.retain(|name| error::missing_column(&error.message) != Some(name));
            if fields.len() == count || fields.is_empty() {
                return Err(error.into());
            }
        }
    }

    /// All records that fit.
    async fn query(&self, wire: &dyn Wire, scope: Scope, pace: Pace, tail: &str) -> Answer<Vec<RemoteRecord>> {
        let response = self.asked(wire, pace, |fields| soql::query(&self.api, scope, fields, tail)).await?;
        let mut batch = soql::read_batch(&response)?;
        let mut records = std::mem::take(&mut batch.records);
        for _ in 0..MAX_BATCHES {
            let Some(next) = batch.next.take() else { break };
            batch = soql::read_batch(&wire.call(self.api.more(&next), pace).await?)?;
            records.append(&mut batch.records);
        }
        Ok(records)
    }

    /// Records that are there, by the values of a field.
    async fn among(&self, wire: &dyn Wire, field: &str, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut found = Vec::with_capacity(values.len());
        for part in values.chunks(MAX_VALUES) {
            match self.query(wire, Scope::Live, Pace::Call, &soql::among(field, part)).await {
                Ok(records) => found.extend(records),
                // Without the field of our key nobody has a key.
                Err(trouble) if field == KEY && lacks_key(&trouble) => return Ok(found),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(found)
    }

    /// What became of these ids: the record each lives on as. Those that are gone are left out.
    async fn alive(&self, wire: &dyn Wire, ids: &[String]) -> Answer<HashMap<String, RemoteRecord>> {
        let mut known: HashMap<String, RemoteRecord> = HashMap::new();
        let mut wanted: Vec<String> = ids.iter().filter(|id| is_id(id)).cloned().collect();
        for _ in 0..HOPS {
            let mut winners = Vec::new();
            for part in wanted.chunks(MAX_VALUES) {
                let records = self.query(wire, Scope::All, Pace::Call, &soql::among("Id", part)).await?;
                winners.extend(records.iter().filter_map(|record| record.merged_into.clone()));
                known.extend(records.into_iter().map(|record| (record.id.clone(), record)));
            }
            winners.retain(|id| !known.contains_key(id));
            winners.sort();
            winners.dedup();
            if winners.is_empty() {
                break;
            }
            wanted = winners;
        }
        let end = |id: &String| {
            let mut at = known.get(id)?;
            for _ in 0..HOPS {
                at = match &at.merged_into {
                    Some(winner) => known.get(winner)?,
                    None => break,
                };
            }
            (!at.archived).then(|| (id.clone(), at.clone()))
        };
        Ok(ids.iter().filter_map(end).collect())
    }

    /// [`Self::alive`] as records, each once, that know which of the ids they were.
    async fn by_id(&self, wire: &dyn Wire, ids: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut all: BTreeMap<String, RemoteRecord> = BTreeMap::new();
        for (asked, record) in self.alive(wire, ids).await? {
            let known = all.entry(record.id.clone()).or_insert(record);
            if known.id != asked {
                known.former.push(asked);
            }
        }
        Ok(all.into_values().collect())
    }

    async fn one(&self, wire: &dyn Wire, id: &str) -> Answer<Option<RemoteRecord>> {
        let mut found = self.alive(wire, &[id.to_owned()]).await?;
        Ok(found.remove(id).map(|mut record| {
            if record.id != id {
                record.merged_into = Some(std::mem::replace(&mut record.id, id.to_owned()));
            }
            record
        }))
    }

    /// As written, which is never late, and by digits, whose index is.
    async fn numbers(&self, wire: &dyn Wire, spellings: &[String]) -> Answer<(Vec<RemoteRecord>, bool)> {
        let exact = self.query(wire, Scope::Live, Pace::Call, &soql::with_number(spellings)).await?;
        let mut similar = Vec::new();
        let digits = soql::digits(spellings);
        if !digits.is_empty() {
            let ask = |fields: &[String]| soql::search_digits(&self.api, fields, &digits);
            similar = soql::read_found(&self.asked(wire, Pace::Search, ask).await?)?;
        }
        let more = exact.len() >= MAX_FOUND || similar.len() >= MAX_FOUND;
        let found: BTreeMap<String, RemoteRecord> =
            exact.into_iter().chain(similar).map(|record| (record.id.clone(), record)).collect();
        Ok((found.into_values().collect(), more))
    }

    /// A page of changes. Deleted records come too; of those that were merged into another one, that one comes.
    async fn page(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let place: Option<Place> = place.and_then(|place| serde_json::from_value(place.clone()).ok());
        let tail = soql::changed(place.as_ref(), since);
        let mut records = self.query(wire, Scope::All, Pace::Export, &tail).await?;
        let next = match soql::after(&records).and_then(|place| serde_json::to_value(place).ok()) {
            Some(place) => Next::More(place),
            None => {
                let up_to = records.iter().filter_map(|record| record.updated_at).max().unwrap_or(since);
                Next::Done { up_to, resume: None }
            }
        };
        let merged: Vec<String> =
            records.iter().filter(|record| record.merged_into.is_some()).map(|record| record.id.clone()).collect();
        if !merged.is_empty() {
            let winners = self.by_id(wire, &merged).await?;
            let told: Vec<&String> =
                winners.iter().flat_map(|record| record.former.iter().chain([&record.id])).collect();
            records.retain(|record| !told.contains(&&record.id));
            records.extend(winners.iter().cloned());
        }
        Ok(Changes { records, next })
    }

    /// What is listed as deleted, also after the recycle bin was emptied. The present over there comes with an answer.
    async fn gone(&self, wire: &dyn Wire) -> Answer<Vec<RemoteRecord>> {
        let Some(now) = limits::date(&wire.call(self.api.resources(), Pace::Call).await?) else {
            return Ok(Vec::new());
        };
        let request = soql::deleted(&self.api, now.plus(-DELETED_SPAN), now);
        Ok(soql::read_deleted(&wire.call(request, Pace::Call).await?)?)
    }

    async fn write(&self, wire: &dyn Wire, rows: &[UpsertRow]) -> Answer<BatchResult> {
        let (known, new): (Vec<&UpsertRow>, Vec<&UpsertRow>) = rows.iter().partition(|row| row.id.is_some());
        let mut result = BatchResult::default();
        let mut written: HashMap<String, (&UpsertRow, bool)> = HashMap::new();
        for (rows, is_known) in [(known, true), (new, false)] {
            for part in rows.chunks(MAX_BATCH) {
                let request =
                    if is_known { contacts::update_many(&self.api, part) } else { contacts::upsert(&self.api, part) };
                let outcomes = contacts::read_rows(&wire.call(request, Pace::Call).await?, part.len())?;
                for (row, outcome) in part.iter().zip(outcomes) {
                    match outcome {
                        Ok((id, created)) => {
                            written.insert(id, (row, created));
                        }
                        Err(error) if error.class == ErrorClass::AuthExpired => return Err(error.into()),
                        Err(error) => result.failed.push(RowError { keys: vec![row.key.clone()], error }),
                    }
                }
            }
        }
        // Neither stamp nor values are told with the results.
        let ids: Vec<String> = written.keys().cloned().collect();
        for mut record in self.by_id(wire, &ids).await? {
            for id in std::iter::once(record.id.clone()).chain(record.former.clone()) {
                if let Some((row, created)) = written.remove(&id) {
                    record.key = Some(row.key.clone());
                    result.ok.push(RowOk { record: record.clone(), created });
                }
            }
        }
        Ok(result)
    }

    async fn change(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
    ) -> Answer<RemoteRecord> {
        let request = contacts::update(&self.api, id, key, properties);
        contacts::read_updated(&wire.call(request, Pace::Call).await?)?;
        let gone = || CrmError::new(404, ErrorClass::NotFound, "the contact was deleted");
        Ok(self.one(wire, id).await?.ok_or_else(gone)?)
    }

    async fn fields(&self, wire: &dyn Wire) -> Answer<Vec<Property>> {
        Ok(api::read_fields(&wire.call(self.api.describe(), Pace::Call).await?)?)
    }

    async fn identity(&self, wire: &dyn Wire) -> Answer<(Identity, Response)> {
        let response = wire.call(self.api.resources(), Pace::Call).await?;
        Ok((api::read_identity(&response)?, response))
    }

    /// Makes the field of our key, and lets the user see it who calls.
    async fn make_key(&self, wire: &dyn Wire) -> Answer<KeyState> {
        key::read_made(&wire.call(key::create_field(&self.api), Pace::Call).await?)?;
        let state = key::state(&self.fields(wire).await?);
        if state != KeyState::Missing {
            return Ok(state);
        }
        self.show(wire, api::OBJECT, &[KEY]).await?;
        Ok(key::state(&self.fields(wire).await?))
    }

    /// Lets the user who calls read and write fields of ours, by a permission set of our own.
    pub(super) async fn show(&self, wire: &dyn Wire, object: &str, fields: &[&str]) -> Answer<()> {
        let set = match key::read_set(&wire.call(key::find_set(&self.api), Pace::Call).await?)? {
            Some(set) => Some(set),
            None => key::read_made(&wire.call(key::create_set(&self.api), Pace::Call).await?)?,
        };
        let Some(set) = set else { return Ok(()) };
        for field in fields {
            key::read_made(&wire.call(key::permit(&self.api, &set, object, field), Pace::Call).await?)?;
        }
        let (identity, _) = self.identity(wire).await?;
        key::read_made(&wire.call(key::assign(&self.api, &set, &identity.user), Pace::Call).await?)?;
        Ok(())
    }
}

/// Whether a question failed for want of the field of our key.
fn lacks_key(trouble: &crate::crm::Trouble) -> bool {
    match trouble {
        crate::crm::Trouble::Refused(error) => error::missing_column(&error.message) == Some(KEY),
        _ => false,
    }
}

impl Crm for Salesforce {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let (identity, response) = self.identity(wire).await?;
            Ok(Account { id: identity.org, record_url: Some(self.api.record_page()), clock: limits::date(&response) })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(self.fields(wire))
    }

    fn key<'a>(&'a self, wire: &'a dyn Wire, create: bool) -> Ask<'a, KeyState> {
        Box::pin(async move {
            let state = key::state(&self.fields(wire).await?);
            if state == KeyState::Missing && create { self.make_key(wire).await } else { Ok(state) }
        })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        Box::pin(async move {
            match by {
                By::Id => self.by_id(wire, values).await,
                By::Key => self.among(wire, KEY, values).await,
                By::Email => self.among(wire, "Email", values).await,
            }
        })
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(self.one(wire, id))
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        Box::pin(self.numbers(wire, spellings))
    }

    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        Box::pin(self.page(wire, place, since))
    }

    fn deleted<'a>(&'a self, wire: &'a dyn Wire, _: Option<&'a str>) -> Ask<'a, (Vec<RemoteRecord>, Option<String>)> {
        Box::pin(async move { Ok((self.gone(wire).await?, None)) })
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
        advice(error, self.consent)
    }
}

/// What a person can do about a refusal of the connection itself.
fn advice(error: &CrmError, consent: bool) -> Option<String> {
    let says = error.message.trim_end_matches('.');
    let is_client = oauth::about(error).is_some_and(|name| name != oauth::REFRESH_TOKEN);
    Some(match error.class {
        ErrorClass::AuthExpired if is_client => format!(
            "Salesforce does not know the app ({says}). Copy consumer key and secret from Setup > External Client App \
             Manager, and enter them anew."
        ),
        ErrorClass::AuthExpired if oauth::code(error).is_some() && consent => format!(
            "Salesforce no longer takes the refresh token ({says}). Sign in again with the scopes api and \
             refresh_token, and enter the new refresh token here."
        ),
        ErrorClass::AuthExpired if oauth::code(error).is_some() => format!(
            "Salesforce gives the app no token ({says}). Enable its client credentials flow and choose the user it \
             runs as, or sign in and enter a refresh token here."
        ),
        ErrorClass::AuthExpired => format!(
            "Salesforce does not let the user in ({says}). See that the user is active, and that neither sign-in \
             hours nor IP ranges keep this server out."
        ),
        ErrorClass::ForbiddenScope if &*error.category == key::CATEGORY => format!(
            "The user may not make the contact field {KEY} ({says}). Let an administrator make it: Setup > Object \
             Manager > Contact > Fields & Relationships > New, type Text, length 64, API name Rapport_Id, with External \
             ID and Unique; visible and editable for the user of this connection."
        ),
        ErrorClass::ForbiddenScope => format!(
            "The user may not do this: {says}. The user needs the permission API Enabled and may read, create and edit \
             contacts; the app needs the scope api."
        ),
        _ => return None,
    })
}
