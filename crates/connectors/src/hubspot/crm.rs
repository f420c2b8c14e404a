//! HubSpot behind the seam of all CRMs.

use super::api::{Api, Versions, read_account};
use super::properties::{self, KEY_PROPERTY};
use super::records::{self, MAX_BATCH, PHONES};
use super::search::{self, SearchPage};
use super::sweep::{Step, Sweep};
use super::{error, hook};
use crate::crm::{
    Access, Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Credential, Crm, CrmError,
    ErrorClass, KeyState, Matters, Next, Pace, Properties, Property, RemoteRecord, Seed, Told, UpsertRow, Vendor, Wire,
};
use crate::http::{Request, Response};
use rapport_core::matter::Object;
use rapport_core::time::{MINUTE, Ms};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// HubSpot's name for the object kind.
const KIND: &str = "contacts";

/// The connector.
pub static VENDOR: Vendor = Vendor {
    kind: "hubspot",
    name: "HubSpot",
    address: Address::Fixed(super::api::DEFAULT_BASE),
    credentials: &[
        Credential {
            name: "access_token",
            secret: true,
            required: true,
            help: "Token of a private app: HubSpot, Settings, Integrations, Private apps.",
        },
        Credential {
            name: "client_secret",
            secret: true,
            required: false,
            help: "The app's client secret, which signs webhooks. Without it changes are found by asking.",
        },
    ],
    either: &[],
    oauth: None,
    capabilities: Capabilities {
        objects: &[Object::Deal, Object::Case],
        resolution_ms: 1,
        key: KEY_PROPERTY,
        key_is_ours: true,
        batch: MAX_BATCH,
        reads_many: true,
        spellings: 10,
        tells_merges: true,
        overlap_ms: 5 * MINUTE,
        // Free and Starter accounts: 100 in 10 s, of which other apps want some; 5 searches a second.
        calls_per_10s: 90,
        searches_per_second: 4,
        // Changes are found by search.
        exports_per_minute: 240,
    },
    seeds: &[
        seed("first_name", "firstname", true),
        seed("last_name", "lastname", true),
        seed("phone", "phone", true),
        seed("email", "email", true),
        // A sales team's own process; writing into it is their decision.
        seed("lifecycle", "lifecyclestage", false),
        seed("language", "hs_language", false),
    ],
    signing: "client_secret",
    hook_headers: &hook::HEADERS,
    verify: hook::verify_call,
    hints: hook::hints,
    open: |access, fields| Arc::new(HubSpot::new(access, fields)),
};

const fn seed(local: &'static str, remote: &'static str, enabled: bool) -> Seed<'static> {
    Seed { local, remote, direction: "both", enabled }
}

/// One account.
pub(super) struct HubSpot {
    pub(super) api: Api,
    /// Properties that every read asks for.
    wanted: Vec<String>,
}

impl HubSpot {
    fn new(access: &Access, fields: &[String]) -> Self {
        let own = [KEY_PROPERTY, "email", "hs_merged_object_ids"].into_iter().chain(PHONES).map(str::to_owned);
        let mut wanted: Vec<String> = fields.iter().cloned().chain(own).collect();
        wanted.sort();
        wanted.dedup();
        Self { api: Api::new(&access.base_url, access.get("access_token"), Versions::default()), wanted }
    }

    fn wanted(&self) -> Vec<&str> {
        self.wanted.iter().map(String::as_str).collect()
    }

    async fn page(&self, wire: &dyn Wire, request: Request) -> Answer<SearchPage> {
        Ok(search::read_page(&wire.call(request, Pace::Search).await?)?)
    }

    async fn look_at_key(&self, wire: &dyn Wire) -> Answer<KeyState> {
        Ok(properties::read_key(&wire.call(properties::get_key(&self.api, KIND), Pace::Call).await?)?)
    }

    async fn read(&self, wire: &dyn Wire, property: Option<&str>, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        self.rows(wire, KIND, property, values, &self.wanted()).await
    }

    /// Records of a kind by their ids, or by a unique property.
    pub(super) async fn rows(
        &self,
        wire: &dyn Wire,
        kind: &str,
        property: Option<&str>,
        values: &[String],
        wanted: &[&str],
    ) -> Answer<Vec<RemoteRecord>> {
        let mut found = Vec::with_capacity(values.len());
        for part in values.chunks(MAX_BATCH) {
            let request = records::batch_read(&self.api, kind, property, part, wanted);
            let result = records::read_batch(&wire.call(request, Pace::Call).await?)?;
            if let Some(bad) = result.failed.iter().find(|row| row.error.class != ErrorClass::NotFound) {
                return Err(bad.error.clone().into());
            }
            found.extend(result.ok.into_iter().map(|row| row.record));
        }
        Ok(found)
    }

    async fn sweep(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let stored = place.and_then(|place| serde_json::from_value(place.clone()).ok());
        let mut sweep: Sweep = stored.unwrap_or_else(|| Sweep::new(KIND, since));
        let page = self.page(wire, sweep.request(&self.api, &self.wanted())).await?;
        let next = match sweep.advance(&page) {
            Step::More => Next::More(serde_json::to_value(&sweep).unwrap_or_default()),
            Step::Done { up_to } => Next::Done { up_to, resume: None },
        };
        Ok(Changes { records: page.records, next })
    }
}

impl Crm for HubSpot {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let response = wire.call(self.api.account(), Pace::Call).await?;
            let account = read_account(&response)?;
            Ok(Account {
                record_url: Some(account.contact_url("")),
                id: account.portal_id,
                clock: crate::http::limits::date(&response),
            })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(async move {
            Ok(properties::read_all(&wire.call(properties::list_all(&self.api, KIND), Pace::Call).await?)?)
        })
    }

    fn key<'a>(&'a self, wire: &'a dyn Wire, create: bool) -> Ask<'a, KeyState> {
        Box::pin(async move {
            let state = self.look_at_key(wire).await?;
            if state != KeyState::Missing || !create {
                return Ok(state);
            }
            let request = properties::create_key(&self.api, KIND, "contactinformation");
            match properties::read_key(&wire.call(request, Pace::Call).await?) {
                // Made by somebody else in this moment: look again.
                Err(error) if error.class == ErrorClass::Conflict => self.look_at_key(wire).await,
                other => Ok(other?),
            }
        })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        let property = match by {
            By::Id => None,
            By::Key => Some(KEY_PROPERTY),
            By::Email => Some("email"),
        };
        Box::pin(self.read(wire, property, values))
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(async move {
            let request = records::get(&self.api, KIND, id, None, &self.wanted());
            match records::read_record(&wire.call(request, Pace::Call).await?, Some(id)) {
                Ok(record) => Ok(Some(record)),
                Err(error) if error.class == ErrorClass::NotFound => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        Box::pin(async move {
            let page = self.page(wire, search::by_phone(&self.api, spellings, &self.wanted())).await?;
            Ok((page.records, page.after.is_some()))
        })
    }

    fn changes<'a>(&'a self, wire: &'a dyn Wire, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        Box::pin(self.sweep(wire, place, since))
    }

    fn deleted<'a>(
        &'a self,
        wire: &'a dyn Wire,
        after: Option<&'a str>,
    ) -> Ask<'a, (Vec<RemoteRecord>, Option<String>)> {
        Box::pin(async move {
            let request = records::list_archived(&self.api, KIND, &[KEY_PROPERTY], after);
            Ok(records::read_list(&wire.call(request, Pace::Call).await?)?)
        })
    }

    fn upsert<'a>(&'a self, wire: &'a dyn Wire, rows: &'a [UpsertRow]) -> Ask<'a, BatchResult> {
        Box::pin(async move {
            let request = records::batch_upsert(&self.api, KIND, KEY_PROPERTY, rows);
            Ok(records::read_batch(&wire.call(request, Pace::Call).await?)?)
        })
    }

    fn update<'a>(
        &'a self,
        wire: &'a dyn Wire,
        id: &'a str,
        key: Option<&'a str>,
        properties: &'a Properties,
    ) -> Ask<'a, RemoteRecord> {
        Box::pin(async move {
            let mut properties = properties.clone();
            properties.extend(key.map(|key| (KEY_PROPERTY.to_owned(), key.to_owned())));
            let request = records::update(&self.api, KIND, id, None, &properties);
            Ok(records::read_record(&wire.call(request, Pace::Call).await?, Some(id))?)
        })
    }

    fn matters(&self) -> Option<&dyn Matters> {
        Some(self)
    }

    fn limits(&self, response: &Response) -> Told {
        let limits = error::read_limits(response);
        Told { day: limits.daily.zip(limits.daily_remaining), ..Told::default() }
    }

    fn refusal(&self, response: &Response, pace: Pace) -> CrmError {
        let mut error = error::read_error(response);
        if error.class == ErrorClass::RateLimited && pace == Pace::Search {
            // Searches are counted by the second; their answers carry no interval.
            error.retry_after = Some(Duration::from_millis(1_100));
        }
        error
    }

    fn advice(&self, error: &CrmError) -> Option<String> {
        match error.class {
            ErrorClass::AuthExpired => Some(
                "HubSpot does not accept the access token (expired, withdrawn or mistyped). Create a new one in HubSpot \
                 under Settings > Integrations > Private apps and enter it here."
                    .to_owned(),
            ),
            ErrorClass::ForbiddenScope => Some(format!(
                "The access token may not do this: {} Give the private app the scopes crm.objects.contacts.read, \
                 crm.objects.contacts.write, crm.schemas.contacts.read and crm.schemas.contacts.write.",
                error.message
            )),
            _ => None,
        }
    }
}
