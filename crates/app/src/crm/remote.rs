//! The other side of one connection as the sync sees it: the connector's questions, asked over the line.
//!
//! Every call waits for its turn on the line. All of them may be repeated: reads by nature, writes because they name
//! the record by our key or by its id. So a lost answer or a failing server is tried again at once, twice, before the
//! work is put off. Where tokens are of limited life, calls are authorised here; one whose token is refused is made once
//! more with another token.

use super::credentials::{Credentials, Keep, Row};
use super::line::Line;
use super::settings::SyncSettings;
use super::token::{Means, Tokens};
use crate::error::Result;
use crate::state::App;
use futures::future::BoxFuture;
use rapport_connectors::Secret;
use rapport_connectors::crm::{
    Access, Account, Answer, Ask, BatchResult, By, Capabilities, Changes, Channel, Crm, CrmError, ErrorClass, KeyState,
    Matters, Pace, Properties, Property, RemoteMatter, RemoteRecord, Seed, Trouble, UpsertRow, Vendor, Wire, Writing,
};
use rapport_connectors::http::{Executor, Failure, Request, Response};
use rapport_core::matter::Object;
use rapport_core::{ConnectionId, Ms, WorkspaceId};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Pauses before a call is repeated at once.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(1_000)];
/// Longest pause that a rate limit is waited out for; beyond it the work is put off.
const LIMIT_PATIENCE: Duration = Duration::from_secs(12);

/// The other side of one connection.
pub(crate) struct Remote {
    crm: Arc<dyn Crm>,
    wire: Wired,
}

/// A line with what it needs for making calls.
struct Wired {
    crm: Arc<dyn Crm>,
    http: Arc<dyn Executor>,
    line: Arc<Line>,
    settings: SyncSettings,
    tokens: Option<Tokens>,
}

impl Remote {
    /// `fields` are the properties that every read asks for.
    pub(crate) fn new(
        vendor: &'static Vendor,
        access: &Access,
        http: Arc<dyn Executor>,
        line: Arc<Line>,
        settings: SyncSettings,
        fields: &[String],
    ) -> Self {
        let crm = (vendor.open)(access, fields);
        let keep = Keep::Memory(Mutex::new(access.credentials.clone()));
        let tokens = Tokens::of(vendor, crm.oauth(), access, keep);
        Self { wire: Wired { crm: crm.clone(), http, line, settings, tokens }, crm }
    }

    /// The credentials stand in a row: tokens are fetched with what stands there, and changes of them are stored there.
    pub(crate) fn stored(mut self, app: &App, workspace: WorkspaceId, id: ConnectionId) -> Self {
        if let Some(tokens) = &mut self.wire.tokens {
            tokens.keep = Keep::Row(Box::new(Row { app: app.clone(), workspace, id }));
        }
        self
    }

    /// The credentials that count now: the other side may have changed those that were tried.
    pub(crate) async fn credentials(&self, tried: Credentials) -> Result<Credentials> {
        match &self.wire.tokens {
            Some(tokens) => tokens.keep.read().await,
            None => Ok(tried),
        }
    }

    pub(crate) fn vendor(&self) -> &'static Vendor {
        self.crm.vendor()
    }

    pub(crate) fn can(&self) -> &'static Capabilities {
        &self.crm.vendor().capabilities
    }

    /// The field that keeps our key; empty where there is none.
    pub(crate) fn key_name(&self) -> &str {
        self.crm.key_name()
    }

    /// How fine its stamps are, ms.
    pub(crate) fn resolution_ms(&self) -> i64 {
        self.crm.resolution_ms()
    }

    /// Mappings of a new connection.
    pub(crate) fn seeds(&self) -> Vec<Seed<'_>> {
        self.crm.seeds()
    }

    /// A reason a person can act on, when the connection itself must be repaired.
    pub(crate) fn repair(&self, trouble: &Trouble) -> Option<String> {
        match trouble {
            Trouble::Refused(error) => self.crm.advice(error),
            Trouble::Silent(Failure::Blocked(why)) => Some(format!("The address of the CRM cannot be used: {why}")),
            _ => None,
        }
    }

    pub(crate) fn account(&self) -> Ask<'_, Account> {
        Box::pin(async {
            let mut account = self.crm.account(&self.wire).await?;
            if let (Some(tokens), Some(url)) = (&self.wire.tokens, &mut account.record_url) {
                let grant = tokens.get(&self.wire.means(), None).await?;
                *url = tokens.moved(std::mem::take(url), &grant);
            }
            Ok(account)
        })
    }

    pub(crate) fn describe(&self) -> Ask<'_, Vec<Property>> {
        self.crm.describe(&self.wire)
    }

    pub(crate) fn key(&self, create: bool) -> Ask<'_, KeyState> {
        self.crm.key(&self.wire, create)
    }

    /// Records by id; one that was merged away comes under the id it lives on with. Ids that are gone are left out.
    pub(crate) fn read<'a>(&'a self, ids: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        self.read_by(By::Id, ids)
    }

    pub(crate) fn read_by<'a>(&'a self, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        if values.is_empty() {
            return Box::pin(async { Ok(Vec::new()) });
        }
        self.crm.read_by(&self.wire, by, values)
    }

    pub(crate) fn get<'a>(&'a self, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        self.crm.get(&self.wire, id)
    }

    pub(crate) fn by_phone<'a>(&'a self, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        self.crm.by_phone(&self.wire, spellings)
    }

    pub(crate) fn changes<'a>(&'a self, place: Option<&'a Value>, since: Ms) -> Ask<'a, Changes> {
        self.crm.changes(&self.wire, place, since)
    }

    pub(crate) fn deleted<'a>(&'a self, after: Option<&'a str>) -> Ask<'a, (Vec<RemoteRecord>, Option<String>)> {
        self.crm.deleted(&self.wire, after)
    }

    /// How many records were shown of a list of changes that was longer, when the last look met its end.
    pub(crate) fn beyond(&self, resume: &Value) -> Option<u64> {
        self.crm.beyond(resume)
    }

    pub(crate) fn watch<'a>(&'a self, channel: Channel<'a>, until: Ms) -> Ask<'a, Option<Ms>> {
        self.crm.watch(&self.wire, channel, until)
    }

    pub(crate) fn upsert<'a>(&'a self, rows: &'a [UpsertRow]) -> Ask<'a, BatchResult> {
        self.crm.upsert(&self.wire, rows)
    }

    /// Deals and cases; a vendor without them refuses, which whoever looks at its capabilities never meets.
    fn shelf(&self) -> Answer<&dyn Matters> {
        self.crm.matters().ok_or(Trouble::Silent(Failure::Blocked("it takes neither deals nor cases".into())))
    }

    /// How our own fields stand for this kind of thing; they are made when missing.
    pub(crate) async fn matter_key(&self, object: Object) -> Answer<KeyState> {
        self.shelf()?.key(&self.wire, object, true).await
    }

    pub(crate) async fn matters(&self, object: Object, ids: &[String]) -> Answer<Vec<RemoteMatter>> {
        self.shelf()?.read(&self.wire, object, ids).await
    }

    pub(crate) async fn find_matter(&self, object: Object, key: &str) -> Answer<Option<RemoteMatter>> {
        self.shelf()?.find(&self.wire, object, key).await
    }

    pub(crate) async fn write_matter(&self, writing: &Writing) -> Answer<RemoteMatter> {
        self.shelf()?.write(&self.wire, writing).await
    }

    /// What whoever calls must be allowed to.
    pub(crate) fn rights(&self, object: Object) -> &'static str {
        self.crm.matters().map_or("", |matters| matters.rights(object))
    }

    /// Our word that a priority of ours is read back as.
    pub(crate) fn priority_back<'a>(&self, ours: &'a str) -> &'a str {
        self.crm.matters().map_or(ours, |matters| matters.priority_back(ours))
    }

    /// Begins the address of a record's page.
    pub(crate) fn matter_page(&self, object: &str, contact_page: &str) -> Option<String> {
        self.crm.matters()?.page(Object::parse(object)?, contact_page)
    }

    pub(crate) fn upserts_by_id(&self) -> bool {
        self.crm.upserts_by_id()
    }

    pub(crate) fn update<'a>(
        &'a self,
        id: &'a str,
        key: Option<&'a str>,
        properties: &'a Properties,
    ) -> Ask<'a, RemoteRecord> {
        self.crm.update(&self.wire, id, key, properties)
    }
}

impl Wire for Wired {
    fn call(&self, request: Request, pace: Pace) -> Ask<'_, Response> {
        Box::pin(self.make(request, pace, true))
    }

    fn once(&self, request: Request, pace: Pace) -> Ask<'_, Response> {
        Box::pin(self.make(request, pace, false))
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.line.pause(time))
    }
}

impl Wired {
    /// Makes a call; answers that tell of trouble on the way are turned into [`Trouble`], refusals are not. One that may
    /// not be made `twice` is repeated only when it surely did nothing.
    async fn make(&self, request: Request, pace: Pace, twice: bool) -> Answer<Response> {
        // Where calls are counted by the second, they are counted whatever they are for.
        let pace = if self.settings.calls_per_second.is_some() { Pace::Call } else { pace };
        let mut tries = AGAIN.iter();
        let mut refused: Option<Secret> = None;
        loop {
            let (signed, token) = self.signed(&request, refused.as_ref()).await?;
            self.line.turn(pace, &self.settings).await.map_err(Trouble::Resting)?;
            let trouble = match self.http.run(signed).await {
                Err(failure) => {
                    // Who refuses connections or never answers is as much in trouble as who says so.
                    if !matches!(failure, Failure::Blocked(_)) {
                        self.line.down();
                    }
                    Trouble::Silent(failure)
                }
                Ok(response) => match (self.judge(&response, pace), token) {
                    (Some(error), _) => error.into(),
                    (None, Some(token)) if refused.is_none() && self.refuses_token(&response, pace) => {
                        refused = Some(token);
                        continue;
                    }
                    (None, _) => return Ok(response),
                },
            };
            let pause = match &trouble {
                Trouble::Refused(error) if error.class == ErrorClass::RateLimited => {
                    error.retry_after.filter(|wait| *wait <= LIMIT_PATIENCE).map(|_| Duration::ZERO)
                }
                Trouble::Refused(error) if error.class == ErrorClass::QuotaExhausted => None,
                Trouble::Silent(Failure::Blocked(_)) => None,
                trouble if !twice && !matches!(trouble, Trouble::Silent(Failure::NotSent(_))) => None,
                _ => Some(AGAIN[AGAIN.len() - tries.len().max(1)]),
            };
            match (tries.next(), pause) {
                (Some(_), Some(pause)) if !self.line.rests() => self.line.pause(pause).await,
                _ => return Err(trouble),
            }
        }
    }

    fn means(&self) -> Means<'_> {
        Means { http: &self.http, line: &self.line, settings: &self.settings }
    }

    /// The call as it goes out, with the token of limited life that authorises it, where it is one.
    async fn signed(&self, request: &Request, refused: Option<&Secret>) -> Answer<(Request, Option<Secret>)> {
        let Some(tokens) = &self.tokens else { return Ok((request.clone(), None)) };
        let grant = tokens.get(&self.means(), refused).await?;
        Ok((tokens.sign(request.clone(), &grant), Some(grant.token)))
    }

    fn refuses_token(&self, response: &Response, pace: Pace) -> bool {
        !response.ok() && self.crm.refusal(response, pace).class == ErrorClass::AuthExpired
    }

    /// `Some` when the answer tells of limits or trouble over there, which concern the line and not what was asked.
    fn judge(&self, response: &Response, pace: Pace) -> Option<CrmError> {
        let told = self.crm.limits(response);
        let error = (!response.ok()).then(|| self.crm.refusal(response, pace));
        match error {
            Some(mut error) if error.class == ErrorClass::RateLimited => {
                let pause = error.retry_after.unwrap_or(Duration::from_secs(10));
                error.retry_after = Some(pause);
                self.line.up(told, pace);
                self.line.limited(pace, pause);
                Some(error)
            }
            Some(error) if error.class == ErrorClass::QuotaExhausted => {
                self.line.up(told, pace);
                self.line.limited(pace, error.retry_after.unwrap_or(Duration::from_secs(3_600)));
                Some(error)
            }
            Some(error) if error.class == ErrorClass::Transient => {
                self.line.down();
                Some(error)
            }
            _ => {
                self.line.up(told, pace);
                None
            }
        }
    }
}
