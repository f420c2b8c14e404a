//! Zendesk behind the seam of all CRMs.

use super::api::{Api, Login, read_me};
use super::jobs::{self, Job};
use super::users::{self, MAX_BATCH};
use super::{error, export, fields, hook, identities};
use crate::crm::{
    Access, Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Credential, Crm, CrmError,
    ErrorClass, FieldError, KeyState, Matters, Next, Pace, Properties, Property, RemoteRecord, RowError, RowOk, Seed,
    Told, Trouble, UpsertRow, Vendor, Wire,
};
use crate::http::{Response, limits};
use rapport_core::matter::Object;
use rapport_core::time::{MINUTE, Ms, SECOND};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Up to so many rows are written one by one: that is sooner done than a job, and each answer is the user.
const SINGLES: usize = 5;
/// Pauses between two looks at a job; the last one repeats.
const LOOKS: [u64; 5] = [300, 700, 1_000, 2_000, 4_000];
/// Looks at one job before it is left to itself.
const MAX_LOOKS: usize = 20;
/// Most pages of field definitions.
const FIELD_PAGES: usize = 20;

/// The connector.
pub static VENDOR: Vendor = Vendor {
    kind: "zendesk",
    name: "Zendesk",
    address: Address::Own("https://shop.zendesk.com"),
    credentials: &[
        Credential {
            name: "email",
            secret: false,
            required: false,
            help: "Address of the agent that the API token acts as.",
        },
        Credential {
            name: "api_token",
            secret: true,
            required: false,
            help: "API token: Admin Center, Apps and integrations, APIs. Zendesk makes no new ones.",
        },
        Credential {
            name: "access_token",
            secret: true,
            required: false,
            help: "OAuth access token with the scopes users:read and users:write, instead of address and API token.",
        },
        Credential {
            name: "signing_secret",
            secret: true,
            required: false,
            help: "The webhook's signing secret. Without it changes are found by asking.",
        },
    ],
    either: &[&["email", "api_token"], &["access_token"]],
    oauth: None,
    capabilities: Capabilities {
        objects: &[Object::Case],
        resolution_ms: SECOND,
        key: "external_id",
        // A shop may keep its own customer numbers there.
        key_is_ours: false,
        batch: MAX_BATCH,
        reads_many: true,
        spellings: 1,
        tells_merges: false,
        overlap_ms: 2 * MINUTE,
        // Team: 200 a minute, of which other apps want some. What the account may call is told with each answer.
        calls_per_10s: 100,
        searches_per_second: 2,
        // 10 a minute for the whole account.
        exports_per_minute: 9,
    },
    seeds: &[
        Seed { local: "name", remote: "name", direction: "both", enabled: true },
        Seed { local: "phone", remote: "phone", direction: "both", enabled: true },
        Seed { local: "email", remote: "email", direction: "both", enabled: true },
        // Zendesk takes only the languages that the account has switched on.
        Seed { local: "language", remote: "locale", direction: "pull", enabled: false },
    ],
    signing: "signing_secret",
    hook_headers: &hook::HEADERS,
    verify: hook::verify,
    hints: hook::hints,
    open: |access, _| Arc::new(Zendesk::new(access)),
};

/// One account. Answers always hold every field.
pub(super) struct Zendesk {
    pub(super) api: Api,
}

impl Zendesk {
    fn new(access: &Access) -> Self {
        let bearer = access.get("access_token");
        let login = if bearer.is_empty() {
            Login::Token { email: access.get("email"), token: access.get("api_token") }
        } else {
            Login::Bearer(bearer)
        };
        Self { api: Api::new(&access.base_url, login) }
    }

    async fn found(&self, wire: &dyn Wire, by: By, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut found: Vec<RemoteRecord> = Vec::with_capacity(values.len());
        if by == By::Email {
            for value in values {
                let response = wire.call(users::by_email(&self.api, value), Pace::Search).await?;
                found.extend(users::read_users(&response)?.0);
            }
        } else {
            for part in values.chunks(MAX_BATCH) {
                let request = match by {
                    By::Key => users::show_many_by_key(&self.api, part),
                    _ => users::show_many(&self.api, part),
                };
                found.extend(users::read_users(&wire.call(request, Pace::Call).await?)?.0);
            }
        }
        found.retain(|record| !record.archived);
        Ok(found)
    }

    async fn one(&self, wire: &dyn Wire, id: &str) -> Answer<RemoteRecord> {
        Ok(users::read_user(&wire.call(users::get(&self.api, id), Pace::Call).await?)?)
    }

    async fn numbers(&self, wire: &dyn Wire, spellings: &[String]) -> Answer<(Vec<RemoteRecord>, bool)> {
        let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let mut all: Vec<String> = spellings.iter().map(digits).filter(|digits| !digits.is_empty()).collect();
        all.sort();
        all.dedup();
        let (mut found, mut more) = (BTreeMap::new(), false);
        for digits in all {
            let (records, cut) =
                users::read_users(&wire.call(users::by_phone(&self.api, &digits), Pace::Search).await?)?;
            more |= cut;
            let good = records.into_iter().filter(|record| !record.archived);
            found.extend(good.map(|record| (record.id.clone(), record)));
        }
        Ok((found.into_values().collect(), more))
    }

    async fn write(&self, wire: &dyn Wire, rows: &[UpsertRow]) -> Answer<BatchResult> {
        let mut result = BatchResult::default();
        let mut singles: Vec<&UpsertRow> = rows.iter().collect();
        if rows.len() > SINGLES {
            let mut written = self.job(wire, rows).await?;
            singles.clear();
            for row in rows {
                match written.remove(&row.key.to_lowercase()) {
                    Some(record) => self.finish(wire, row, record, false, &mut result).await?,
                    // What a job says of a failed row is neither complete nor sure: asked alone, it gets a clear answer.
                    None => singles.push(row),
                }
            }
        }
        for row in singles {
            let request = match &row.id {
                Some(id) => users::update(&self.api, id, Some(&row.key), &row.properties),
                None => users::create_or_update(&self.api, row),
            };
            let response = wire.call(request, Pace::Call).await?;
            match users::read_user(&response) {
                Ok(record) => self.finish(wire, row, record, response.status == 201, &mut result).await?,
                Err(error) => result.failed.push(concerns(row, error)?),
            }
        }
        Ok(result)
    }

    /// Writes rows by a job; answers with those that were written, by our key in lower case.
    async fn job(&self, wire: &dyn Wire, rows: &[UpsertRow]) -> Answer<HashMap<String, RemoteRecord>> {
        let response = wire.call(users::create_or_update_many(&self.api, rows), Pace::Call).await?;
        let job = self.ended(wire, jobs::read_job(&response)?).await?;
        let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
        let found = self.found(wire, By::Key, &keys).await?;
        let written = found.into_iter().filter(|record| job.written.contains(&record.id));
        Ok(written.filter_map(|record| Some((record.key.as_ref()?.to_lowercase(), record))).collect())
    }

    async fn ended(&self, wire: &dyn Wire, mut job: Job) -> Answer<Job> {
        for look in 0..MAX_LOOKS {
            if job.ended {
                return Ok(job);
            }
            wire.pause(Duration::from_millis(LOOKS[look.min(LOOKS.len() - 1)])).await;
            job = jobs::read_job(&wire.call(jobs::get(&self.api, &job.id), Pace::Call).await?)?;
        }
        Err(slow().into())
    }

    /// The row's address, which is written for itself; then the row is done.
    async fn finish(
        &self,
        wire: &dyn Wire,
        row: &UpsertRow,
        record: RemoteRecord,
        created: bool,
        result: &mut BatchResult,
    ) -> Answer<()> {
        match self.address(wire, record, &row.properties).await {
            Ok(mut record) => {
                // It is found by the key whatever the case it is kept in.
                record.key = Some(row.key.clone());
                result.ok.push(RowOk { record, created });
            }
            Err(Trouble::Refused(error)) => result.failed.push(concerns(row, *error)?),
            Err(trouble) => return Err(trouble),
        }
        Ok(())
    }

    /// Gives the user the address that is wanted, when one is.
    async fn address(&self, wire: &dyn Wire, record: RemoteRecord, properties: &Properties) -> Answer<RemoteRecord> {
        let Some(wanted) = properties.get("email").map(|email| email.trim()) else { return Ok(record) };
        let same = |email: &str| email.trim().eq_ignore_ascii_case(wanted);
        if same(record.email.as_deref().unwrap_or_default()) {
            return Ok(record);
        }
        if wanted.is_empty() {
            return Err(kept().into());
        }
        let request = identities::list_all(&self.api, &record.id);
        let present = identities::read_emails(&wire.call(request, Pace::Call).await?)?;
        let identity = match present.into_iter().find(|email| same(&email.value)) {
            Some(identity) => identity,
            None => {
                let request = identities::add_email(&self.api, &record.id, wanted);
                identities::read_email(&wire.call(request, Pace::Call).await?)?
            }
        };
        if !identity.primary {
            done(&wire.call(identities::make_primary(&self.api, &record.id, &identity.id), Pace::Call).await?)?;
        }
        self.one(wire, &record.id).await
    }

    async fn change(
        &self,
        wire: &dyn Wire,
        id: &str,
        key: Option<&str>,
        properties: &Properties,
    ) -> Answer<RemoteRecord> {
        let is_only_address = key.is_none() && properties.keys().all(|name| name == "email");
        let record = if is_only_address {
            self.one(wire, id).await?
        } else {
            let request = users::update(&self.api, id, key, properties);
            users::read_user(&wire.call(request, Pace::Call).await?)?
        };
        self.address(wire, record, properties).await
    }

    async fn export(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let place: Option<export::Place> = place.and_then(|place| serde_json::from_value(place.clone()).ok());
        let request = export::page(&self.api, place.as_ref(), since);
        let page = export::read_page(&wire.call(request, Pace::Export).await?)?;
        let place = page.place.and_then(|place| serde_json::to_value(place).ok());
        let up_to = page.records.iter().filter_map(|record| record.updated_at).max().unwrap_or(since);
        let next = match (page.ended, place) {
            (false, Some(place)) => Next::More(place),
            (_, resume) => Next::Done { up_to, resume },
        };
        Ok(Changes { records: page.records, next })
    }
}

/// Success without a body.
fn done(response: &Response) -> Result<(), CrmError> {
    if response.ok() { Ok(()) } else { Err(error::read_error(response)) }
}

/// A refusal that concerns one row; one that concerns the connection ends the batch.
fn concerns(row: &UpsertRow, error: CrmError) -> Answer<RowError> {
    match error.class {
        ErrorClass::AuthExpired | ErrorClass::ForbiddenScope => Err(error.into()),
        _ => Ok(RowError { keys: vec![row.key.clone()], error }),
    }
}

/// A job takes longer than anybody waits. Its rows are written again later, by the same keys.
fn slow() -> CrmError {
    own(ErrorClass::Transient, "job_status", "Zendesk has not ended the job yet")
}

/// Nobody's address is taken away: with it, what they write next would begin a new user there.
fn kept() -> CrmError {
    let message = "an address is changed from here, never removed; remove it in Zendesk";
    let field = FieldError { field: "email".to_owned(), code: "Kept".to_owned(), message: message.to_owned() };
    CrmError { fields: vec![field], ..own(ErrorClass::Invalid, "email", message) }
}

/// A refusal of our own.
fn own(class: ErrorClass, category: &str, message: &str) -> CrmError {
    CrmError { category: category.into(), ..CrmError::new(200, class, message) }
}

impl Crm for Zendesk {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let response = wire.call(self.api.me(), Pace::Call).await?;
            read_me(&response)?;
            Ok(Account {
                id: self.api.host().to_owned(),
                record_url: Some(self.api.user_page()),
                clock: limits::date(&response),
            })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(async move {
            let (mut all, mut after) = (fields::own(), None);
            for _ in 0..FIELD_PAGES {
                let request = fields::page(&self.api, after.as_deref());
                let (page, next) = fields::read_page(&wire.call(request, Pace::Call).await?)?;
                all.extend(page);
                match next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            Ok(all)
        })
    }

    /// Every user has the field, and it is unique.
    fn key<'a>(&'a self, _: &'a dyn Wire, _: bool) -> Ask<'a, KeyState> {
        Box::pin(async { Ok(KeyState::Ready) })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        Box::pin(self.found(wire, by, values))
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(async move {
            match self.one(wire, id).await {
                Ok(record) => Ok(Some(record).filter(|record| !record.archived)),
                Err(trouble) if trouble.class() == Some(ErrorClass::NotFound) => Ok(None),
                Err(trouble) => Err(trouble),
            }
        })
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        Box::pin(self.numbers(wire, spellings))
    }

    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        Box::pin(self.export(wire, place, since))
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
        match error.class {
            ErrorClass::AuthExpired => Some(
                "Zendesk does not accept the credentials (expired, withdrawn or mistyped). Look under Admin Center > Apps \
                 and integrations > APIs, and enter them anew; an OAuth access token works where API tokens no longer do."
                    .to_owned(),
            ),
            ErrorClass::ForbiddenScope => Some(format!(
                "The credentials may not do this: {} They must be an agent's who may edit end users; an OAuth token needs \
                 the scopes users:read and users:write.",
                error.message
            )),
            _ => None,
        }
    }
}
