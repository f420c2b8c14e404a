//! Opportunities as deals, and cases.

use super::api::{self, Api, is_id, read};
use super::contacts::{self, KEY};
use super::crm::Salesforce;
use super::error::read_error;
use super::{key, soql};
use crate::crm::answer::{list, odd, text};
use crate::crm::matter::{self, fields_here, is_over, named, no_stage, values_there};
use crate::crm::{Answer, Ask, CrmError, ErrorClass, KeyState, Matters, Pace, RemoteMatter, Wire, Writing};
use crate::http::{Method, Request, Response, percent};
use rapport_core::matter::{Object, field};
use serde_json::{Value, json};

/// The field of the products' codes.
const PRODUCTS: &str = "Rapport_Products__c";
/// The field of a deal's own currency, in orgs that have several.
const CURRENCY: &str = "CurrencyIsoCode";

/// What a kind of thing is over there.
struct Kind {
    object: &'static str,
    stage: &'static str,
    /// Our fields and theirs, beside the status.
    fields: &'static [(&'static str, &'static str)],
    /// What tells the status.
    tells: &'static [&'static str],
    /// The list of stages, and the question for it.
    stages: (&'static str, &'static [&'static str], &'static str),
    rights: &'static str,
}

static DEALS: Kind = Kind {
    object: "Opportunity",
    stage: "StageName",
    fields: &[
        (field::TITLE, "Name"),
        (field::DETAILS, "Description"),
        (field::AMOUNT, "Amount"),
        (field::CURRENCY, CURRENCY),
        (field::SKUS, PRODUCTS),
    ],
    tells: &["IsClosed", "IsWon"],
    stages: ("OpportunityStage", &["ApiName", "IsClosed", "IsWon"], "WHERE IsActive = true ORDER BY SortOrder"),
    rights: "a user who may read, create and edit opportunities, and on them the text fields Rapport_Id__c (External ID, \
             Unique, length 64) and Rapport_Products__c (length 255), which an administrator can make",
};

static CASES: Kind = Kind {
    object: "Case",
    stage: "Status",
    fields: &[
        (field::TITLE, "Subject"),
        (field::DETAILS, "Description"),
        (field::CATEGORY, "Type"),
        (field::PRIORITY, "Priority"),
        (field::SKUS, PRODUCTS),
    ],
    tells: &["IsClosed"],
    stages: ("CaseStatus", &["ApiName", "IsClosed", "IsDefault"], "ORDER BY SortOrder"),
    rights: "a user who may read, create and edit cases, and on them the text fields Rapport_Id__c (External ID, Unique, \
             length 64) and Rapport_Products__c (length 255), which an administrator can make",
};

fn kind(object: Object) -> &'static Kind {
    match object {
        Object::Deal => &DEALS,
        Object::Case => &CASES,
    }
}

impl Kind {
    /// Our fields and theirs; with `currencies`, each deal has its own.
    fn names(&self, currencies: bool) -> Vec<(&'static str, &'static str)> {
        self.fields.iter().copied().filter(|(_, theirs)| currencies || *theirs != CURRENCY).collect()
    }

    fn wanted(&self, currencies: bool) -> Vec<&'static str> {
        let own = ["Id", "SystemModstamp", self.stage];
        let names = self.names(currencies).into_iter().map(|(_, theirs)| theirs);
        names.chain(own).chain(self.tells.iter().copied()).collect()
    }

    /// A refusal in our words.
    fn said(&self, mut error: CrmError) -> CrmError {
        for told in error.fields.iter_mut().filter(|told| told.field == self.stage) {
            told.field = field::STATUS.to_owned();
        }
        named(error, self.fields)
    }
}

/// Asks for records by their ids, or by our key; with `currencies`, for each one's own too.
#[must_use]
pub fn select(api: &Api, object: Object, currencies: bool, by: &str, values: &[String]) -> Request {
    let kind = kind(object);
    soql::select(api, kind.object, &kind.wanted(currencies), &soql::among(by, values))
}

/// Asks for the stages of an object.
#[must_use]
pub fn stages(api: &Api, object: Object) -> Request {
    let (list, fields, tail) = kind(object).stages;
    soql::select(api, list, fields, tail)
}

/// Makes a record under our key, or changes the one that has it.
#[must_use]
pub fn upsert(api: &Api, object: Object, key: &str, record: &Value) -> Request {
    let path = format!("/sobjects/{}/{KEY}/{}", kind(object).object, percent(key));
    api.call("upsert_one", Method::Patch, &path).with_json(record)
}

/// Changes a record.
#[must_use]
pub fn update(api: &Api, object: Object, id: &str, record: &Value) -> Request {
    let path = format!("/sobjects/{}/{}", kind(object).object, percent(id));
    api.call("update", Method::Patch, &path).with_json(record)
}

/// The stage that stands for a status, of those an answer to [`stages`] lists; for open ones the org's default counts.
///
/// # Errors
/// [`CrmError`] when refused, or when no stage means this.
pub fn read_stage(response: &Response, object: Object, status: &str) -> Result<String, CrmError> {
    let body = read(response)?;
    let fits = |row: &&Value| status_of(row, object) == status;
    let all: Vec<&Value> = list(&body["records"]).iter().filter(fits).collect();
    let stage = all.iter().find(|row| row["IsDefault"] == true).or(all.first()).and_then(|row| text(&row["ApiName"]));
    stage.ok_or_else(|| no_stage(format!("no stage of {} means \"{status}\"", kind(object).object)))
}

fn status_of(row: &Value, object: Object) -> &'static str {
    match (object, row["IsClosed"] == true, row["IsWon"] == true) {
        (_, false, _) => "open",
        (Object::Case, true, _) => "closed",
        (Object::Deal, true, true) => "won",
        (Object::Deal, true, false) => "lost",
    }
}

/// The fields to write; `stage` where it is to change, and a deal's own currency with `currencies`.
#[must_use]
pub fn record(writing: &Writing, stage: Option<String>, currencies: bool) -> Value {
    let kind = kind(writing.object);
    let mut record = values_there(writing, &kind.names(currencies));
    record.extend(stage.map(|stage| (kind.stage.to_owned(), Value::from(stage))));
    if writing.known.is_none() {
        if let Some(person) = writing.person.as_ref().filter(|id| is_id(id)) {
            record.insert("ContactId".to_owned(), person.as_str().into());
        }
        if writing.object == Object::Deal {
            record.insert("CloseDate".to_owned(), matter::closes(writing.made_at).into());
        }
    }
    record.into()
}

/// Reads the answer to [`select`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_records(response: &Response, object: Object) -> Result<Vec<RemoteMatter>, CrmError> {
    let body = read(response)?;
    if !body["records"].is_array() {
        return Err(odd(response, "no records"));
    }
    Ok(list(&body["records"]).iter().filter_map(|row| matter(row, object)).collect())
}

fn matter(row: &Value, object: Object) -> Option<RemoteMatter> {
    let kind = kind(object);
    let id = text(&row["Id"])?;
    let mut fields = fields_here(row, kind.fields);
    fields.insert(field::STATUS.to_owned(), status_of(row, object).to_owned());
    Some(RemoteMatter {
        stage: text(&row[kind.stage]),
        updated_at: text(&row["SystemModstamp"]).and_then(|at| contacts::moment(&at)),
        beside: Vec::new(),
        id,
        fields,
    })
}

impl Salesforce {
    /// Whether things of this kind have a currency of their own: deals of an org with several. It is asked once.
    async fn currencies(&self, wire: &dyn Wire, object: Object) -> Answer<bool> {
        if object == Object::Case {
            return Ok(false);
        }
        if let Some(known) = self.currencies.get() {
            return Ok(*known);
        }
        let fields = api::read_fields(&wire.call(self.api.describe_object(DEALS.object), Pace::Call).await?)?;
        Ok(*self.currencies.get_or_init(|| fields.iter().any(|field| field.name == CURRENCY)))
    }

    async fn selected(
        &self,
        wire: &dyn Wire,
        object: Object,
        by: &str,
        values: &[String],
    ) -> Answer<Vec<RemoteMatter>> {
        let currencies = self.currencies(wire, object).await?;
        let request = select(&self.api, object, currencies, by, values);
        Ok(read_records(&wire.call(request, Pace::Call).await?, object)?)
    }

    async fn find_matter(&self, wire: &dyn Wire, object: Object, key: &str) -> Answer<Option<RemoteMatter>> {
        Ok(self.selected(wire, object, KEY, &[key.to_owned()]).await?.into_iter().next())
    }

    /// The stage to write, where the status is another one than the record's.
    async fn stage(&self, wire: &dyn Wire, writing: &Writing) -> Answer<Option<String>> {
        let Some(status) = writing.get(field::STATUS) else { return Ok(None) };
        let present = writing.known.as_ref().and_then(|known| known.fields.get(field::STATUS)).map(String::as_str);
        let stays = match present {
            Some(present) => present == status,
            // A new case is open by itself.
            None => writing.object == Object::Case && !is_over(Some(status)),
        };
        if stays {
            return Ok(None);
        }
        let response = wire.call(stages(&self.api, writing.object), Pace::Call).await?;
        Ok(Some(read_stage(&response, writing.object, status)?))
    }

    async fn put(&self, wire: &dyn Wire, writing: &Writing) -> Answer<RemoteMatter> {
        let object = writing.object;
        if let Some(known) = writing.known.as_ref().filter(|_| writing.fields.is_empty()) {
            return Ok(known.clone());
        }
        let currencies = self.currencies(wire, object).await?;
        let record = record(writing, self.stage(wire, writing).await?, currencies);
        if let Some(known) = writing.known.as_ref().filter(|_| record == json!({})) {
            return Ok(known.clone());
        }
        let found = match &writing.known {
            Some(known) => {
                let response = wire.call(update(&self.api, object, &known.id, &record), Pace::Call).await?;
                contacts::read_updated(&response).map_err(|error| kind(object).said(error))?;
                self.selected(wire, object, "Id", std::slice::from_ref(&known.id)).await?.into_iter().next()
            }
            None => {
                let response = wire.call(upsert(&self.api, object, &writing.key, &record), Pace::Call).await?;
                let refused = (!response.ok()).then(|| kind(object).said(read_error(&response)));
                let found = self.find_matter(wire, object, &writing.key).await?;
                // Whose contact it is can be said once: a call that is repeated is refused for that, and all is well.
                match refused {
                    Some(error) if found.is_none() || !error.fields.iter().any(|told| told.field == "ContactId") => {
                        return Err(error.into());
                    }
                    _ => found,
                }
            }
        };
        Ok(found.ok_or_else(|| CrmError::new(404, ErrorClass::NotFound, "the record was deleted"))?)
    }

    async fn own_fields(&self, wire: &dyn Wire, object: Object, create: bool) -> Answer<KeyState> {
        let name = kind(object).object;
        for may_make in [create, false] {
            let fields = api::read_fields(&wire.call(self.api.describe_object(name), Pace::Call).await?)?;
            let state = key::state(&fields);
            let lacks_products = !fields.iter().any(|field| field.name == PRODUCTS);
            if state == KeyState::NotUnique || (state == KeyState::Ready && !lacks_products) {
                return Ok(state);
            }
            if !may_make {
                return Ok(KeyState::Missing);
            }
            if state == KeyState::Missing {
                let words = "By this, Rapport knows its record. It is written by Rapport alone.";
                key::read_made(&wire.call(key::create_key(&self.api, name, words), Pace::Call).await?)?;
            }
            if lacks_products {
                let words = "Codes of the products, between semicolons. Written by Rapport.";
                let plan = json!({ "label": "Rapport Products", "type": "Text", "length": 255, "description": words });
                let request = key::create_own(&self.api, &format!("{name}.{PRODUCTS}"), &plan);
                key::read_made(&wire.call(request, Pace::Call).await?)?;
            }
            self.show(wire, name, &[KEY, PRODUCTS]).await?;
        }
        Ok(KeyState::Missing)
    }
}

impl Matters for Salesforce {
    fn key<'a>(&'a self, wire: &'a dyn Wire, object: Object, create: bool) -> Ask<'a, KeyState> {
        Box::pin(self.own_fields(wire, object, create))
    }

    fn read<'a>(&'a self, wire: &'a dyn Wire, object: Object, ids: &'a [String]) -> Ask<'a, Vec<RemoteMatter>> {
        Box::pin(self.selected(wire, object, "Id", ids))
    }

    fn find<'a>(&'a self, wire: &'a dyn Wire, object: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>> {
        Box::pin(self.find_matter(wire, object, key))
    }

    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter> {
        Box::pin(self.put(wire, writing))
    }

    fn rights(&self, object: Object) -> &'static str {
        kind(object).rights
    }

    fn priority_back<'a>(&self, ours: &'a str) -> &'a str {
        matter::priority_back(ours, &matter::THREE_DEGREES)
    }

    fn page(&self, _: Object, contact_page: &str) -> Option<String> {
        Some(contact_page.to_owned())
    }
}
