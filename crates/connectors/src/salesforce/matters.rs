//! Opportunities as deals, and cases.

use super::api::{self, Api, is_id, read};
use super::contacts::{self, KEY};
use super::crm::Salesforce;
use super::error::read_error;
use super::{key, soql};
use crate::crm::answer::{joined, list, odd, text};
use crate::crm::matter::{is_over, named, priority_here, priority_there};
use crate::crm::{
    Answer, Ask, CrmError, ErrorClass, FieldError, KeyState, Matters, Pace, Properties, RemoteMatter, Wire, Writing,
};
use crate::http::{Method, Request, Response, percent};
use rapport_core::matter::{Category, Object, field};
use rapport_core::time::{DAY, Ms};
use serde_json::{Map, Value, json};

/// The field of the products' codes.
const PRODUCTS: &str = "Rapport_Products__c";
/// When an opportunity is expected to close, after it was made: it must have such a day. Milliseconds.
const CLOSES: i64 = 30 * DAY;
/// How urgent a case is; Salesforce knows three degrees at first.
const PRIORITIES: [(&str, &str); 4] = [("low", "Low"), ("normal", "Medium"), ("high", "High"), ("urgent", "High")];
/// What a case is about, as people read it in a list of types.
const TYPES: [(&str, &str); 4] =
    [("quote", "Quote"), ("complaint", "Complaint"), ("question", "Question"), ("other", "Other")];

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
    fn wanted(&self) -> Vec<&'static str> {
        let own = ["Id", "SystemModstamp", self.stage];
        self.fields.iter().map(|(_, theirs)| *theirs).chain(own).chain(self.tells.iter().copied()).collect()
    }

    /// A refusal in our words.
    fn said(&self, mut error: CrmError) -> CrmError {
        for told in error.fields.iter_mut().filter(|told| told.field == self.stage) {
            told.field = field::STATUS.to_owned();
        }
        named(error, self.fields)
    }
}

/// Asks for records by their ids, or by our key.
#[must_use]
pub fn select(api: &Api, object: Object, by: &str, values: &[String]) -> Request {
    let kind = kind(object);
    soql::select(api, kind.object, &kind.wanted(), &soql::among(by, values))
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
    stage.ok_or_else(|| {
        let message = format!("no stage of {} means \"{status}\"", kind(object).object);
        let told = FieldError { field: field::STATUS.to_owned(), code: "NO_STAGE".to_owned(), message };
        let error = CrmError::new(200, ErrorClass::Invalid, told.message.clone());
        CrmError { fields: vec![told], ..error }
    })
}

fn status_of(row: &Value, object: Object) -> &'static str {
    match (object, row["IsClosed"] == true, row["IsWon"] == true) {
        (_, false, _) => "open",
        (Object::Case, true, _) => "closed",
        (Object::Deal, true, true) => "won",
        (Object::Deal, true, false) => "lost",
    }
}

/// The fields to write; `stage` where it is to change.
#[must_use]
pub fn record(writing: &Writing, stage: Option<String>) -> Value {
    let kind = kind(writing.object);
    let mut record = Map::new();
    for (ours, theirs) in kind.fields {
        let Some(value) = writing.get(ours) else { continue };
        let value = match *ours {
            field::PRIORITY => priority_there(value, &PRIORITIES).map(Value::from),
            field::CATEGORY => priority_there(value, &TYPES).map(Value::from),
            field::AMOUNT => value.parse::<f64>().ok().map(Value::from),
            _ => Some(value).filter(|text| !text.trim().is_empty()).map(Value::from),
        };
        match (value, &writing.known) {
            (Some(value), _) => drop(record.insert((*theirs).to_owned(), value)),
            (None, Some(_)) => drop(record.insert((*theirs).to_owned(), Value::Null)),
            (None, None) => {}
        }
    }
    record.extend(stage.map(|stage| (kind.stage.to_owned(), Value::from(stage))));
    if writing.known.is_none() {
        if let Some(person) = writing.person.as_ref().filter(|id| is_id(id)) {
            record.insert("ContactId".to_owned(), person.as_str().into());
        }
        if writing.object == Object::Deal {
            record.insert("CloseDate".to_owned(), day(writing.made_at.plus(CLOSES)).into());
        }
    }
    record.into()
}

fn day(at: Ms) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%d").to_string()
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
    let mut fields = Properties::new();
    for (ours, theirs) in kind.fields {
        let value = joined(&row[*theirs]);
        match *ours {
            field::PRIORITY => priority_here(&mut fields, &value, &PRIORITIES),
            // A type of the org's own is none of ours.
            field::CATEGORY if !value.is_empty() && Category::parse(&value).is_none() => {}
            field::CATEGORY => drop(fields.insert((*ours).to_owned(), value.to_lowercase())),
            _ => drop(fields.insert((*ours).to_owned(), value)),
        }
    }
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
    async fn selected(
        &self,
        wire: &dyn Wire,
        object: Object,
        by: &str,
        values: &[String],
    ) -> Answer<Vec<RemoteMatter>> {
        let request = select(&self.api, object, by, values);
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
        let record = record(writing, self.stage(wire, writing).await?);
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

    fn keeps_currency(&self) -> bool {
        false
    }

    fn priority_back<'a>(&self, ours: &'a str) -> &'a str {
        let there = priority_there(ours, &PRIORITIES);
        PRIORITIES.iter().find(|(_, theirs)| Some(*theirs) == there).map_or(ours, |(first, _)| first)
    }

    fn page(&self, _: Object, contact_page: &str) -> Option<String> {
        Some(contact_page.to_owned())
    }
}
