//! Zoho CRM behind the seam of all CRMs.

use super::api::{Api, MODULE, read_org};
use super::contacts::{self, MAX_IDS};
use super::coql::{self, MAX_VALUES};
use super::error;
use super::fields::{self, KEY_FIELD, KEY_LABEL};
use super::hook;
use super::rows::{self, Draft, MAX_BATCH, Outcome};
use super::sweep::{Step, Sweep};
use crate::crm::{
    Access, Account, Address, Answer, Ask, BatchResult, By, Capabilities, Changes, Channel, Credential, Crm, CrmError,
    ErrorClass, KeyState, Matters, Next, OAuth, Pace, Properties, Property, RemoteRecord, RowError, RowOk, Seed, Told,
    Trouble, UpsertRow, Vendor, Wire, oauth,
};
use crate::http::{Response, limits};
use rapport_core::matter::Object;
use rapport_core::time::{MINUTE, Ms, SECOND};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often rows are written again with what refusals taught of their fields.
const LESSONS: usize = 5;
/// Most pages of ids that one question is followed through.
const ID_PAGES: usize = 5;

/// The connector.
pub static VENDOR: Vendor = Vendor {
    kind: "zoho",
    name: "Zoho CRM",
    // The accounts server of the data centre: a client is known to its own one only.
    address: Address::Own("https://accounts.zoho.eu"),
    credentials: &[
        Credential {
            name: oauth::CLIENT_ID,
            secret: false,
            required: true,
            help: "Client ID of a self client: API console of your data centre (api-console.zoho.eu ...).",
        },
        Credential { name: oauth::CLIENT_SECRET, secret: true, required: true, help: "The self client's secret." },
        Credential {
            name: oauth::REFRESH_TOKEN,
            secret: true,
            required: true,
            help: "Refresh token, got with a grant code of the self client; docs/zoho.md tells how, and which scopes.",
        },
        Credential {
            name: "hook_token",
            secret: true,
            required: false,
            help: "Any secret word: with it Zoho is asked to tell of changes at once. Without it they are found by asking.",
        },
    ],
    either: &[],
    oauth: Some(OAuth {
        path: std::borrow::Cow::Borrowed("/oauth/v2/token"),
        scope: std::borrow::Cow::Borrowed(""),
        scheme: "Zoho-oauthtoken",
        address: "api_domain",
        life: Duration::from_secs(3_600),
    }),
    capabilities: Capabilities {
        objects: &Object::ALL,
        resolution_ms: SECOND,
        key: KEY_FIELD,
        key_is_ours: true,
        batch: MAX_BATCH,
        // Each is asked for with its plus sign and without.
        reads_many: true,
        spellings: MAX_VALUES / 2,
        tells_merges: false,
        overlap_ms: 2 * MINUTE,
        // Zoho counts credits of a day and calls at the same time, not calls in a span.
        calls_per_10s: 80,
        searches_per_second: 8,
        // 200 contacts a page: 6,000 a minute, for 150 credits.
        exports_per_minute: 30,
    },
    seeds: &[
        seed("first_name", "First_Name", true),
        seed("last_name", "Last_Name", true),
        // Beside it there is "Phone", in which many keep a landline that is not WhatsApp's to change.
        seed("phone", "Mobile", true),
        seed("email", "Email", true),
        seed("country", "Mailing_Country", false),
    ],
    signing: "hook_token",
    hook_headers: &[],
    verify: hook::verify,
    hints: hook::hints,
    open: |access, fields| Arc::new(Zoho::new(access, fields)),
};

const fn seed(local: &'static str, remote: &'static str, enabled: bool) -> Seed<'static> {
    Seed { local, remote, direction: "both", enabled }
}

/// One account.
pub(super) struct Zoho {
    pub(super) api: Api,
    /// Fields that every read asks for, as the query has them.
    wanted: String,
}

impl Zoho {
    fn new(access: &Access, fields: &[String]) -> Self {
        Self { api: Api::new(&access.base_url), wanted: contacts::wanted(fields) }
    }

    async fn by_ids(&self, wire: &dyn Wire, ids: &[String]) -> Answer<Vec<RemoteRecord>> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(MAX_IDS) {
            let request = contacts::by_ids(&self.api, part, &self.wanted);
            found.extend(contacts::read_page(&wire.call(request, Pace::Call).await?)?.records);
        }
        Ok(found)
    }

    /// Contacts of whom one of these fields has one of these values. The flag tells that there may be more.
    async fn by_values(
        &self,
        wire: &dyn Wire,
        fields: &[&str],
        values: &[String],
    ) -> Answer<(Vec<RemoteRecord>, bool)> {
        let (mut ids, mut cut) = (Vec::new(), false);
        for part in values.chunks(MAX_VALUES) {
            for page in 0..ID_PAGES {
                let Some(request) = coql::ids_where(&self.api, fields, part, page * coql::PAGE) else { break };
                let (found, more) = coql::read_ids(&wire.call(request, Pace::Search).await?)?;
                ids.extend(found);
                cut |= more && page + 1 == ID_PAGES;
                if !more {
                    break;
                }
            }
        }
        ids.sort();
        ids.dedup();
        Ok((self.by_ids(wire, &ids).await?, cut))
    }

    async fn found(&self, wire: &dyn Wire, by: By, values: &[String]) -> Answer<Vec<RemoteRecord>> {
        match by {
            By::Id => self.by_ids(wire, values).await,
            By::Email => Ok(self.by_values(wire, &[contacts::EMAIL], values).await?.0),
            By::Key => match self.by_values(wire, &[KEY_FIELD], values).await {
                Ok((found, _)) => Ok(found),
                // The field is gone: nobody carries our key. The next write makes it again.
                Err(Trouble::Refused(error)) if error.names(KEY_FIELD) => Ok(Vec::new()),
                Err(trouble) => Err(trouble),
            },
        }
    }

    /// By the two usual fields, which tell at once; and by Zoho's own search, which knows every field and lags.
    async fn numbers(&self, wire: &dyn Wire, spellings: &[String]) -> Answer<(Vec<RemoteRecord>, bool)> {
        let bare = spellings.iter().map(|text| text.trim_start_matches('+').to_owned());
        let all: Vec<String> = spellings.iter().cloned().chain(bare).collect();
        let (exact, mut more) = match self.by_values(wire, &contacts::PHONES[..2], &all).await {
            // An account may have put one of the fields away.
            Err(trouble) if trouble.class() == Some(ErrorClass::Invalid) => (Vec::new(), false),
            other => other?,
        };
        let mut found: BTreeMap<String, RemoteRecord> =
            exact.into_iter().map(|record| (record.id.clone(), record)).collect();
        let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let mut numbers: Vec<String> = spellings.iter().map(digits).filter(|digits| !digits.is_empty()).collect();
        numbers.sort();
        numbers.dedup();
        for number in numbers {
            let request = contacts::by_phone(&self.api, &format!("+{number}"), &self.wanted);
            let page = contacts::read_page(&wire.call(request, Pace::Search).await?)?;
            more |= page.more;
            found.extend(page.records.into_iter().map(|record| (record.id.clone(), record)));
        }
        Ok((found.into_values().collect(), more))
    }

    async fn sweep(&self, wire: &dyn Wire, place: Option<&Value>, since: Ms) -> Answer<Changes> {
        let stored = place.and_then(|place| serde_json::from_value(place.clone()).ok());
        let sweep: Sweep = stored.unwrap_or_else(|| Sweep::new(since));
        let page = sweep.read(&wire.call(sweep.request(&self.api), Pace::Export).await?)?;
        let next = match page.step {
            Step::More(sweep) => Next::More(serde_json::to_value(&sweep).unwrap_or_default()),
            Step::Done { up_to } => Next::Done { up_to, resume: None },
        };
        Ok(Changes { records: self.by_ids(wire, &page.ids).await?, next })
    }

    /// Writes drafts, all with an id or all without one; answers in their order.
    async fn put(&self, wire: &dyn Wire, mut drafts: Vec<Draft<'_>>) -> Answer<Vec<Result<RowOk, CrmError>>> {
        let mut done: BTreeMap<usize, Result<RowOk, CrmError>> = BTreeMap::new();
        let mut places: Vec<usize> = (0..drafts.len()).collect();
        for round in 0..LESSONS {
            if drafts.is_empty() {
                break;
            }
            let is_known = drafts.iter().all(|draft| draft.id.is_some());
            let request = if is_known { rows::update(&self.api, &drafts) } else { rows::upsert(&self.api, &drafts) };
            let outcomes = rows::read_rows(&wire.call(request, Pace::Call).await?, &drafts)?;
            let (mut again, mut left) = (Vec::new(), Vec::new());
            for ((mut draft, place), outcome) in drafts.into_iter().zip(places).zip(outcomes) {
                match outcome {
                    Outcome::Done(row) => drop(done.insert(place, Ok(*row))),
                    Outcome::Refused { lesson, .. } if round + 1 < LESSONS && draft.learn(lesson.clone()) => {
                        again.push(draft);
                        left.push(place);
                    }
                    Outcome::Refused { error, .. } => drop(done.insert(place, Err(*error))),
                }
            }
            (drafts, places) = (again, left);
        }
        Ok(done.into_values().collect())
    }

    async fn write(&self, wire: &dyn Wire, rows: &[UpsertRow]) -> Answer<BatchResult> {
        let mut result = BatchResult::default();
        // Who is known to be there is written by id, so that whoever was deleted meanwhile is not made again.
        let (known, new): (Vec<&UpsertRow>, Vec<&UpsertRow>) = rows.iter().partition(|row| row.id.is_some());
        for rows in [known, new] {
            let drafts = rows.iter().map(|row| Draft::new(row.id.as_deref(), Some(&row.key), &row.properties));
            for (row, outcome) in rows.iter().zip(self.put(wire, drafts.collect()).await?) {
                match outcome {
                    Ok(done) => result.ok.push(done),
                    Err(error) => result.failed.push(RowError { keys: vec![row.key.clone()], error }),
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
        let mut outcomes = self.put(wire, vec![Draft::new(Some(id), key, properties)]).await?;
        match outcomes.pop() {
            Some(Ok(row)) => Ok(row.record),
            Some(Err(error)) => Err(error.into()),
            None => {
                Err(CrmError::new(200, ErrorClass::Transient, "Zoho did not say what became of the contact").into())
            }
        }
    }

    async fn fields(&self, wire: &dyn Wire) -> Answer<Vec<Property>> {
        Ok(fields::read_all(&wire.call(fields::list_all(&self.api), Pace::Call).await?)?)
    }

    /// Makes a unique field of ours in a module, in whichever of the words for that the account takes.
    pub(super) async fn make_unique(&self, wire: &dyn Wire, module: &str, label: &str) -> Answer<()> {
        let mut refusal = None;
        for word in fields::UNIQUE {
            let request = fields::create_unique(&self.api, module, label, word);
            match fields::read_created(&wire.call(request, Pace::Call).await?) {
                Err(error) if error.class == ErrorClass::Invalid => refusal = Some(error),
                // Made by somebody else in this moment.
                Err(error) if error.class != ErrorClass::Conflict => return Err(error.into()),
                _ => return Ok(()),
            }
        }
        refusal.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Changes of deals and cases are told too, where the token may read them; else those of contacts alone.
    async fn channel(&self, wire: &dyn Wire, channel: Channel<'_>, until: Ms) -> Answer<Option<Ms>> {
        match self.told_of(wire, &channel, &hook::MODULES, until).await {
            Err(trouble) if trouble.class() == Some(ErrorClass::ForbiddenScope) => {
                self.told_of(wire, &channel, &hook::MODULES[..1], until).await
            }
            other => other,
        }
    }

    async fn told_of(&self, wire: &dyn Wire, channel: &Channel<'_>, modules: &[&str], until: Ms) -> Answer<Option<Ms>> {
        let response = wire.call(hook::renew(&self.api, channel, modules, until), Pace::Call).await?;
        let until = match hook::read_channel(&response) {
            // Not there yet, or not any more.
            Err(error) if matches!(error.class, ErrorClass::Invalid | ErrorClass::NotFound) => {
                let request = hook::watch(&self.api, channel, modules, until);
                hook::read_channel(&wire.call(request, Pace::Call).await?)?
            }
            other => other?,
        };
        Ok(Some(until))
    }
}

impl Crm for Zoho {
    fn vendor(&self) -> &'static Vendor {
        &VENDOR
    }

    fn account<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Account> {
        Box::pin(async move {
            let response = wire.call(self.api.org(), Pace::Call).await?;
            let org = read_org(&response)?;
            let record_url = Some(self.api.contact_page(&org));
            Ok(Account { id: org.id, record_url, clock: limits::date(&response) })
        })
    }

    fn describe<'a>(&'a self, wire: &'a dyn Wire) -> Ask<'a, Vec<Property>> {
        Box::pin(self.fields(wire))
    }

    fn key<'a>(&'a self, wire: &'a dyn Wire, create: bool) -> Ask<'a, KeyState> {
        Box::pin(async move {
            let state = fields::key_state(&self.fields(wire).await?);
            if state != KeyState::Missing || !create {
                return Ok(state);
            }
            self.make_unique(wire, MODULE, KEY_LABEL).await?;
            Ok(fields::key_state(&self.fields(wire).await?))
        })
    }

    fn read_by<'a>(&'a self, wire: &'a dyn Wire, by: By, values: &'a [String]) -> Ask<'a, Vec<RemoteRecord>> {
        Box::pin(self.found(wire, by, values))
    }

    fn get<'a>(&'a self, wire: &'a dyn Wire, id: &'a str) -> Ask<'a, Option<RemoteRecord>> {
        Box::pin(async move {
            match contacts::read_one(&wire.call(contacts::get(&self.api, id), Pace::Call).await?) {
                Err(error) if error.class == ErrorClass::NotFound => Ok(None),
                other => Ok(other?),
            }
        })
    }

    fn by_phone<'a>(&'a self, wire: &'a dyn Wire, spellings: &'a [String]) -> Ask<'a, (Vec<RemoteRecord>, bool)> {
        Box::pin(self.numbers(wire, spellings))
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
            let page = after.and_then(|after| after.parse::<u32>().ok()).unwrap_or(1);
            let response = wire.call(contacts::deleted(&self.api, page), Pace::Call).await?;
            let (gone, more) = contacts::read_deleted(&response)?;
            Ok((gone, more.then(|| page.saturating_add(1).to_string())))
        })
    }

    fn upsert<'a>(&'a self, wire: &'a dyn Wire, rows: &'a [UpsertRow]) -> Ask<'a, BatchResult> {
        Box::pin(self.write(wire, rows))
    }

    fn upserts_by_id(&self) -> bool {
        true
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

    fn watch<'a>(&'a self, wire: &'a dyn Wire, channel: Channel<'a>, until: Ms) -> Ask<'a, Option<Ms>> {
        Box::pin(self.channel(wire, channel, until))
    }

    fn matters(&self) -> Option<&dyn Matters> {
        Some(self)
    }

    /// How many credits are left is told past half of them, and never of how many: nothing can be drawn from that.
    fn limits(&self, _: &Response) -> Told {
        Told::default()
    }

    fn refusal(&self, response: &Response, _: Pace) -> CrmError {
        error::read_error(response)
    }

    fn advice(&self, error: &CrmError) -> Option<String> {
        let text = match (error.class, oauth::code(error)) {
            (ErrorClass::AuthExpired, Some(code)) => format!(
                "Zoho gives no access token ({code}). Client ID and secret must be of the data centre whose accounts \
                 address is entered here; a refresh token ends when it is revoked, and when more than 20 were made. \
                 Make a new one and enter it here."
            ),
            (ErrorClass::AuthExpired, None) => {
                "Zoho does not accept the access token it has just given. Is the accounts \
                 address the one of your data centre? Make a new refresh token and enter it here."
                    .to_owned()
            }
            (ErrorClass::NotFound, Some(_)) => {
                "There is no accounts server of Zoho at this address. It is that of your data centre, such as \
                 https://accounts.zoho.eu."
                    .to_owned()
            }
            (ErrorClass::ForbiddenScope, _) => format!(
                "The refresh token may not do this: {} It needs the scopes ZohoCRM.modules.contacts.ALL, \
                 ZohoCRM.settings.fields.ALL, ZohoCRM.coql.READ, ZohoSearch.securesearch.READ, ZohoCRM.org.READ and \
                 ZohoCRM.notifications.ALL, and its user must be allowed to read and change contacts.",
                error.message
            ),
            _ => return None,
        };
        Some(text)
    }
}
