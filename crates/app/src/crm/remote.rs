//! HubSpot as the sync sees it: neutral questions and answers over `connectors::hubspot`.
//!
//! Every call waits for its turn on the line. All of them may be repeated: reads by nature, writes because they name
//! the record by our unique property or by its id. So a lost answer or a failing server is tried again at once, twice,
//! before the work is put off.

use super::line::{Line, Quota, Wait};
use super::settings::SyncSettings;
use rapport_connectors::crm::{CrmError, ErrorClass, RemoteRecord};
use rapport_connectors::http::{Executor, Failure, Request, Response};
use rapport_connectors::hubspot::api::{Account, read_account};
use rapport_connectors::hubspot::records::{self, Properties};
use rapport_connectors::hubspot::{
    Api, BatchResult, KEY_PROPERTY, Property, PropertyState, SearchPage, Sweep, UpsertRow, properties, read_error,
    read_limits, search,
};
use rapport_core::Ms;
use rapport_core::retry::Fault;
use std::sync::Arc;
use std::time::Duration;

/// The other side's name for the object kind.
const KIND: &str = "contacts";
/// Pauses before a call is repeated at once.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(1_000)];
/// Longest pause that a rate limit is waited out for; beyond it the work is put off.
const LIMIT_PATIENCE: Duration = Duration::from_secs(12);

/// Why a call did not give what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Trouble {
    /// It was refused.
    #[error("{0}")]
    Refused(Box<CrmError>),
    /// There was no answer.
    #[error("{0}")]
    Silent(Failure),
    /// Nothing was asked: the line rests after failures, or its pace would make us wait for long.
    #[error("{}", if .0.broken { "the CRM does not answer; it is given a rest" } else { "the CRM's limit of calls is used up for now" })]
    Resting(Wait),
}

impl Trouble {
    /// What it means for trying again.
    pub(crate) fn fault(&self, now: Ms) -> Fault {
        let after = |wait: Duration| Some(now.plus(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)));
        match self {
            Self::Resting(wait) if !wait.broken => Fault::RateLimited { until: after(wait.time) },
            Self::Resting(_) | Self::Silent(Failure::NotSent(_)) => Fault::Transient,
            Self::Silent(Failure::Ambiguous(_)) => Fault::Ambiguous,
            Self::Silent(Failure::Blocked(_)) => Fault::Unauthorised,
            Self::Refused(error) => match error.class {
                ErrorClass::AuthExpired | ErrorClass::ForbiddenScope => Fault::Unauthorised,
                ErrorClass::RateLimited | ErrorClass::QuotaExhausted | ErrorClass::Locked => {
                    Fault::RateLimited { until: error.retry_after.and_then(after) }
                }
                ErrorClass::Transient => Fault::Transient,
                ErrorClass::Conflict | ErrorClass::NotFound | ErrorClass::Invalid => Fault::Permanent,
            },
        }
    }

    /// A reason a person can act on, when the connection itself must be repaired.
    pub(crate) fn repair(&self) -> Option<String> {
        match self {
            Self::Refused(error) => match error.class {
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
            },
            Self::Silent(Failure::Blocked(why)) => Some(format!("The address of the CRM cannot be used: {why}")),
            _ => None,
        }
    }

    pub(crate) fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Refused(error) => Some(error.class),
            _ => None,
        }
    }
}

impl From<CrmError> for Trouble {
    fn from(error: CrmError) -> Self {
        Self::Refused(Box::new(error))
    }
}

type Answer<T> = Result<T, Trouble>;

/// The other side of one connection.
pub(crate) struct Remote {
    api: Api,
    http: Arc<dyn Executor>,
    line: Arc<Line>,
    settings: SyncSettings,
    /// Properties that every read asks for.
    wanted: Vec<String>,
}

impl Remote {
    pub(crate) fn new(
        api: Api,
        http: Arc<dyn Executor>,
        line: Arc<Line>,
        settings: SyncSettings,
        fields: &[String],
    ) -> Self {
        let own = [KEY_PROPERTY, "email", "phone", "mobilephone", "hs_whatsapp_phone_number", "hs_merged_object_ids"]
            .map(str::to_owned);
        let mut wanted: Vec<String> = fields.iter().cloned().chain(own).collect();
        wanted.sort();
        wanted.dedup();
        Self { api, http, line, settings, wanted }
    }

    fn wanted(&self) -> Vec<&str> {
        self.wanted.iter().map(String::as_str).collect()
    }

    /// The account behind the token, and the other side's time when it says so.
    pub(crate) async fn account(&self) -> Answer<(Account, Option<Ms>)> {
        let response = self.call(self.api.account(), false).await?;
        let date = response.header("date").and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        Ok((read_account(&response)?, date.map(|at| Ms(at.timestamp().as_millisecond()))))
    }

    /// The fields of the object kind.
    pub(crate) async fn describe(&self) -> Answer<Vec<Property>> {
        Ok(properties::read_all(&self.call(properties::list_all(&self.api, KIND), false).await?)?)
    }

    /// How our unique property stands; with `create`, it is made when missing.
    pub(crate) async fn key(&self, create: bool) -> Answer<PropertyState> {
        let state = properties::read_key(&self.call(properties::get_key(&self.api, KIND), false).await?)?;
        if state != PropertyState::Missing || !create {
            return Ok(state);
        }
        let made = self.call(properties::create_key(&self.api, KIND, "contactinformation"), false).await?;
        match properties::read_key(&made) {
            // Made by somebody else in this moment: look again.
            Err(error) if error.class == ErrorClass::Conflict => {
                Ok(properties::read_key(&self.call(properties::get_key(&self.api, KIND), false).await?)?)
            }
            other => Ok(other?),
        }
    }

    /// Records by id; one that was merged away comes under the id it lives on with. Ids that are gone are left out.
    pub(crate) async fn read(&self, ids: &[String]) -> Answer<Vec<RemoteRecord>> {
        self.read_by(None, ids).await
    }

    /// Records by the value of a unique property, or by id.
    pub(crate) async fn read_by(&self, property: Option<&str>, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut found = Vec::with_capacity(values.len());
        for part in values.chunks(records::MAX_BATCH) {
            let request = records::batch_read(&self.api, KIND, property, part, &self.wanted());
            let result = records::read_batch(&self.call(request, false).await?)?;
            if let Some(bad) = result.failed.iter().find(|row| row.error.class != ErrorClass::NotFound) {
                return Err(bad.error.clone().into());
            }
            found.extend(result.ok.into_iter().map(|row| row.record));
        }
        Ok(found)
    }

    /// One record; `None` when it is gone. The id asked for stays, `merged_into` says where it lives on.
    pub(crate) async fn get(&self, id: &str) -> Answer<Option<RemoteRecord>> {
        let response = self.call(records::get(&self.api, KIND, id, None, &self.wanted()), false).await?;
        match records::read_record(&response, Some(id)) {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.class == ErrorClass::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Records with one of these numbers. The flag tells that there may be more than are listed.
    pub(crate) async fn by_phone(&self, spellings: &[String]) -> Answer<(Vec<RemoteRecord>, bool)> {
        let page = self.page(search::by_phone(&self.api, spellings, &self.wanted())).await?;
        Ok((page.records, page.after.is_some()))
    }

    /// The next page of a sweep.
    pub(crate) async fn changes(&self, sweep: &Sweep) -> Answer<SearchPage> {
        self.page(sweep.request(&self.api, &self.wanted())).await
    }

    async fn page(&self, request: Request) -> Answer<SearchPage> {
        Ok(search::read_page(&self.call(request, true).await?)?)
    }

    /// A page of deleted records and the cursor of the next one.
    pub(crate) async fn archived(&self, after: Option<&str>) -> Answer<(Vec<RemoteRecord>, Option<String>)> {
        let request = records::list_archived(&self.api, KIND, &[KEY_PROPERTY], after);
        Ok(records::read_list(&self.call(request, false).await?)?)
    }

    /// Creates or updates by our unique property.
    pub(crate) async fn upsert(&self, rows: &[UpsertRow]) -> Answer<BatchResult> {
        let request = records::batch_upsert(&self.api, KIND, KEY_PROPERTY, rows);
        Ok(records::read_batch(&self.call(request, false).await?)?)
    }

    /// Updates by id.
    pub(crate) async fn update(&self, id: &str, properties: &Properties) -> Answer<RemoteRecord> {
        let request = records::update(&self.api, KIND, id, None, properties);
        Ok(records::read_record(&self.call(request, false).await?, Some(id))?)
    }

    /// Makes a call; answers that tell of trouble on the way are turned into [`Trouble`], refusals are not.
    async fn call(&self, request: Request, search: bool) -> Answer<Response> {
        let mut tries = AGAIN.iter();
        loop {
            self.line.turn(search, &self.settings).await.map_err(Trouble::Resting)?;
            let trouble = match self.http.run(request.clone()).await {
                Err(failure) => Trouble::Silent(failure),
                Ok(response) => match self.judge(&response, search) {
                    None => return Ok(response),
                    Some(error) => error.into(),
                },
            };
            let pause = match &trouble {
                Trouble::Refused(error) if error.class == ErrorClass::RateLimited => {
                    error.retry_after.filter(|wait| *wait <= LIMIT_PATIENCE).map(|_| Duration::ZERO)
                }
                Trouble::Refused(error) if error.class == ErrorClass::QuotaExhausted => None,
                Trouble::Silent(Failure::Blocked(_)) => None,
                _ => Some(AGAIN[AGAIN.len() - tries.len().max(1)]),
            };
            match (tries.next(), pause) {
                (Some(_), Some(pause)) if !self.line.rests() => tokio::time::sleep(pause).await,
                _ => return Err(trouble),
            }
        }
    }

    /// `Some` when the answer tells of limits or trouble over there, which concern the line and not what was asked.
    fn judge(&self, response: &Response, search: bool) -> Option<CrmError> {
        let limits = read_limits(response);
        let quota = limits.daily.zip(limits.daily_remaining).map(|(daily, remaining)| Quota { daily, remaining });
        let error = (!response.ok()).then(|| read_error(response));
        match error {
            Some(mut error) if error.class == ErrorClass::RateLimited => {
                // Searches are counted by the second; their answers carry no interval.
                let pause = if search {
                    Duration::from_millis(1_100)
                } else {
                    error.retry_after.unwrap_or(Duration::from_secs(10))
                };
                error.retry_after = Some(pause);
                self.line.up(quota);
                self.line.limited(search, pause);
                Some(error)
            }
            Some(error) if error.class == ErrorClass::QuotaExhausted => {
                self.line.up(quota);
                self.line.limited(search, error.retry_after.unwrap_or(Duration::from_secs(3_600)));
                Some(error)
            }
            Some(error) if error.class == ErrorClass::Transient => {
                self.line.down();
                Some(error)
            }
            _ => {
                self.line.up(quota);
                None
            }
        }
    }
}
