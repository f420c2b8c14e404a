//! Deals and cases of the CRM: records in stages that each account names as it likes, found by a unique field of ours.
//!
//! What a module's fields are, and what its stages mean, is told by the account and asked for each time: one call beside
//! those for the records. Where deals have pipelines, a stage must be one of the deal's own.

use super::api::{Api, read};
use super::contacts::{MAX_IDS, PAGE, STAMP};
use super::crm::Zoho;
use super::error::{read_error, read_row};
use super::rows::TRIGGER;
use super::{coql, fields};
use crate::crm::answer::{list, moment, odd, text};
use crate::crm::matter::{self, fields_here, named, no_stage, values_there};
use crate::crm::{
    Answer, Ask, CrmError, ErrorClass, KeyState, Matters, Pace, Property, RemoteMatter, Trouble, Wire, Writing,
};
use crate::http::{Method, Request, Response, percent};
use rapport_core::matter::{Object, field};
use serde_json::{Map, Value, json};

/// The field of the products' codes, and the label it is made with.
const PRODUCTS: (&str, &str) = ("Rapport_Products", "Rapport Products");
/// Where deals are in pipelines, the field that tells which.
const PIPELINE: &str = "Pipeline";
/// How a case came; it must have an origin.
const ORIGIN: &str = "Case_Origin";
/// The origins that fit a message best, in this order.
const ORIGINS: [&str; 4] = ["WhatsApp", "Chat", "Web", "Phone"];
/// Layouts whose pipelines are looked through.
const LAYOUTS: usize = 3;

/// What a kind of thing is over there.
struct Kind {
    module: &'static str,
    /// Its word in the addresses of pages.
    tab: &'static str,
    /// The field of our key, and the label it is made with.
    key: (&'static str, &'static str),
    stage: &'static str,
    /// The look-up of the contact.
    person: &'static str,
    /// Our fields and theirs, beside the status.
    fields: &'static [(&'static str, &'static str)],
    rights: &'static str,
}

static DEALS: Kind = Kind {
    module: "Deals",
    tab: "Potentials",
    key: ("Rapport_Deal_ID", "Rapport Deal ID"),
    stage: "Stage",
    person: "Contact_Name",
    fields: &[
        (field::TITLE, "Deal_Name"),
        (field::DETAILS, "Description"),
        (field::AMOUNT, "Amount"),
        (field::CURRENCY, "Currency"),
        (field::SKUS, PRODUCTS.0),
    ],
    rights: "a refresh token with the scopes ZohoCRM.modules.deals.ALL, ZohoCRM.settings.fields.ALL, \
             ZohoCRM.settings.layouts.READ, ZohoCRM.settings.pipeline.READ and ZohoCRM.coql.READ, and a user who may read, \
             create and edit deals",
};

static CASES: Kind = Kind {
    module: "Cases",
    tab: "Cases",
    key: ("Rapport_Case_ID", "Rapport Case ID"),
    stage: "Status",
    person: "Related_To",
    fields: &[
        (field::TITLE, "Subject"),
        (field::DETAILS, "Description"),
        (field::CATEGORY, "Type"),
        (field::PRIORITY, "Priority"),
        (field::SKUS, PRODUCTS.0),
    ],
    rights: "a refresh token with the scopes ZohoCRM.modules.cases.ALL, ZohoCRM.settings.fields.ALL and \
             ZohoCRM.coql.READ, and a user who may read, create and edit cases",
};

fn kind(object: Object) -> &'static Kind {
    match object {
        Object::Deal => &DEALS,
        Object::Case => &CASES,
    }
}

impl Kind {
    /// A refusal in our words.
    fn said(&self, mut error: CrmError) -> CrmError {
        for told in error.fields.iter_mut().filter(|told| told.field == self.stage || told.field == PIPELINE) {
            told.field = field::STATUS.to_owned();
        }
        named(error, self.fields)
    }
}

/// The module of deals or cases.
#[must_use]
pub fn module(object: Object) -> &'static str {
    kind(object).module
}

/// Asks for a module's fields.
#[must_use]
pub fn describe(api: &Api, object: Object) -> Request {
    fields::list_of(api, kind(object).module)
}

/// Asks for records by their ids, at most [`MAX_IDS`]; `wanted` names fields.
#[must_use]
pub fn by_ids(api: &Api, object: Object, ids: &[String], wanted: &str) -> Request {
    let (module, ids) = (kind(object).module, percent(&ids.join(",")));
    let path = format!("/{module}?ids={ids}&fields={wanted}&per_page={PAGE}");
    api.call("matters", Method::Get, &path)
}

/// Asks for the id of the record with our key; `None` for a key that can be nobody's.
#[must_use]
pub fn by_key(api: &Api, object: Object, key: &str) -> Option<Request> {
    let kind = kind(object);
    coql::ids_in(api, kind.module, &[kind.key.0], &[key.to_owned()], 0)
}

/// Makes a record under our key, or changes the one that has it.
#[must_use]
pub fn upsert(api: &Api, object: Object, record: &Map<String, Value>) -> Request {
    let kind = kind(object);
    let body = json!({ "data": [record], "duplicate_check_fields": [kind.key.0], "trigger": TRIGGER });
    api.call("matter_upsert", Method::Post, &format!("/{}/upsert", kind.module)).with_json(&body)
}

/// Changes the record whose id it holds.
#[must_use]
pub fn update(api: &Api, object: Object, record: &Map<String, Value>) -> Request {
    let body = json!({ "data": [record], "trigger": TRIGGER });
    api.call("matter_update", Method::Put, &format!("/{}", kind(object).module)).with_json(&body)
}

/// Asks for the layouts of deals.
#[must_use]
pub fn layouts(api: &Api) -> Request {
    api.call("layouts", Method::Get, &format!("/settings/layouts?module={}", DEALS.module))
}

/// Asks for the pipelines of a layout.
#[must_use]
pub fn pipelines(api: &Api, layout: &str) -> Request {
    api.call("pipelines", Method::Get, &format!("/settings/pipeline?layout_id={}", percent(layout)))
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What is written.
    pub value: String,
    /// Its name for people.
    pub label: String,
    /// What it means: a status of ours.
    pub status: &'static str,
}

/// What an account says of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    fields: Vec<Property>,
    /// In their order.
    pub stages: Vec<Stage>,
}

impl Meta {
    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Our fields and theirs, as far as the account has them: one of several currencies only has each deal's own.
    fn names(&self, kind: &Kind) -> Vec<(&'static str, &'static str)> {
        kind.fields.iter().copied().filter(|(_, theirs)| self.has(theirs)).collect()
    }

    fn wanted(&self, kind: &Kind) -> String {
        let own = [STAMP, kind.stage, PIPELINE].into_iter().filter(|name| *name != PIPELINE || self.has(name));
        let all: Vec<&str> = self.names(kind).into_iter().map(|(_, theirs)| theirs).chain(own).collect();
        percent(&all.join(","))
    }

    fn origin(&self) -> Option<&str> {
        let all = &self.fields.iter().find(|field| field.name == ORIGIN)?.options;
        let fits = ORIGINS.iter().find_map(|best| all.iter().find(|one| one == best));
        fits.or_else(|| all.iter().find(|one| *one != "-None-")).map(String::as_str)
    }
}

/// Reads the answer to [`describe`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_meta(response: &Response, object: Object) -> Result<Meta, CrmError> {
    let all = fields::read_all(response)?;
    let body = read(response)?;
    let field = list(&body["fields"]).iter().find(|field| field["api_name"] == kind(object).stage);
    let stages = field.map(|field| stages(&field["pick_list_values"], object)).unwrap_or_default();
    Ok(Meta { fields: all, stages })
}

/// The stages of a list, in their order.
fn stages(options: &Value, object: Object) -> Vec<Stage> {
    let mut all: Vec<&Value> = list(options).iter().filter(|option| option["type"] != "unused").collect();
    all.sort_by_key(|option| option["sequence_number"].as_i64().unwrap_or(i64::MAX));
    let stage = |option: &&Value| {
        let value = text(&option["actual_value"]).or_else(|| text(&option["display_value"]))?;
        let label = text(&option["display_value"]).unwrap_or_else(|| value.clone());
        let status = meaning(option, &value, object);
        Some(Stage { value, label, status }).filter(|stage| stage.value != "-None-")
    };
    all.iter().filter_map(stage).collect()
}

/// What a stage means: as its forecast says, else as its first name does.
fn meaning(option: &Value, value: &str, object: Object) -> &'static str {
    let told = text(&option["forecast_type"]).or_else(|| text(&option["reference_value"]));
    let told = told.unwrap_or_else(|| value.to_owned()).to_lowercase();
    match (object, told.starts_with("closed"), told.contains("won")) {
        (_, false, _) => "open",
        (Object::Case, true, _) => "closed",
        (Object::Deal, true, true) => "won",
        (Object::Deal, true, false) => "lost",
    }
}

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// What is written.
    pub value: String,
    label: String,
    is_default: bool,
    stages: Vec<Stage>,
}

/// Reads the answer to [`layouts`]: the ids of those in use.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_layouts(response: &Response) -> Result<Vec<String>, CrmError> {
    let body = read(response)?;
    let used = list(&body["layouts"]).iter().filter(|layout| layout["status"] != "inactive");
    Ok(used.filter_map(|layout| text(&layout["id"])).collect())
}

/// Reads the answer to [`pipelines`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_pipelines(response: &Response) -> Result<Vec<Pipeline>, CrmError> {
    let body = read(response)?;
    let pipeline = |one: &Value| {
        let value = text(&one["actual_value"])?;
        let label = text(&one["display_value"]).unwrap_or_else(|| value.clone());
        Some(Pipeline { value, label, is_default: one["default"] == true, stages: stages(&one["maps"], Object::Deal) })
    };
    Ok(list(&body["pipeline"]).iter().filter_map(pipeline).collect())
}

/// Where a record is to stand: its stage, and the pipeline where it is told too.
type Place = (String, Option<String>);

/// The first stage that means this; of the record's pipeline where there are any, for a new one of the account's own.
///
/// # Errors
/// [`CrmError`] when none does.
pub fn place(meta: &Meta, all: &[Pipeline], own: Option<&str>, status: &str) -> Result<Place, CrmError> {
    let first = |stages: &[Stage]| stages.iter().find(|stage| stage.status == status).map(|one| one.value.clone());
    let named = own.and_then(|own| all.iter().find(|one| one.value == own || one.label == own));
    let pipeline = named.or_else(|| all.iter().find(|one| one.is_default)).or(all.first());
    let found = match pipeline {
        Some(pipeline) => first(&pipeline.stages).map(|stage| (stage, Some(pipeline.value.clone()))),
        None => first(&meta.stages).map(|stage| (stage, None)),
    };
    found.ok_or_else(|| no_stage(format!("no stage means \"{status}\"")))
}

/// The values to write; `place` where the stage is to change.
#[must_use]
pub fn record(writing: &Writing, meta: &Meta, place: Option<Place>) -> Map<String, Value> {
    let kind = kind(writing.object);
    let mut record = values_there(writing, &meta.names(kind));
    if let Some((stage, pipeline)) = place {
        record.insert(kind.stage.to_owned(), stage.into());
        record.extend(pipeline.map(|pipeline| (PIPELINE.to_owned(), pipeline.into())));
    }
    if let Some(known) = &writing.known {
        record.insert("id".to_owned(), known.id.as_str().into());
        return record;
    }
    record.insert(kind.key.0.to_owned(), writing.key.as_str().into());
    if let Some(person) = &writing.person {
        record.insert(kind.person.to_owned(), json!({ "id": person }));
    }
    match writing.object {
        Object::Deal => drop(record.insert("Closing_Date".to_owned(), matter::closes(writing.made_at).into())),
        Object::Case => record.extend(meta.origin().map(|origin| (ORIGIN.to_owned(), origin.into()))),
    }
    record
}

/// Reads the answer to [`upsert`] or [`update`]: the record's id. A refused row may come under any status.
///
/// # Errors
/// [`CrmError`] when the call or the row was refused.
pub fn read_written(response: &Response) -> Result<String, CrmError> {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let row = &body["data"][0];
    if row["status"] == "success" {
        return text(&row["details"]["id"]).ok_or_else(|| odd(response, "a row without id"));
    }
    if response.ok() && row["code"].is_string() {
        return Err(read_row(row, response.status));
    }
    Err(if response.ok() { odd(response, "no row") } else { read_error(response) })
}

/// Reads the answer to [`by_ids`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_records(response: &Response, object: Object, meta: &Meta) -> Result<Vec<RemoteMatter>, CrmError> {
    let body = read(response)?;
    if body.is_null() {
        return Ok(Vec::new());
    }
    if !body["data"].is_array() {
        return Err(odd(response, "no data"));
    }
    Ok(list(&body["data"]).iter().filter_map(|row| one(row, kind(object), meta)).collect())
}

fn one(row: &Value, kind: &Kind, meta: &Meta) -> Option<RemoteMatter> {
    let id = text(&row["id"])?;
    let given = text(&row[kind.stage]);
    let stage = given.as_ref().and_then(|given| meta.stages.iter().find(|s| s.value == *given || s.label == *given));
    let mut fields = fields_here(row, kind.fields);
    if let Some(stage) = stage {
        fields.insert(field::STATUS.to_owned(), stage.status.to_owned());
    }
    Some(RemoteMatter {
        stage: stage.map(|stage| stage.label.clone()).or(given),
        updated_at: text(&row[STAMP]).and_then(|at| moment(&at)),
        beside: text(&row[PIPELINE]).into_iter().collect(),
        id,
        fields,
    })
}

impl Zoho {
    async fn meta(&self, wire: &dyn Wire, object: Object) -> Answer<Meta> {
        Ok(read_meta(&wire.call(describe(&self.api, object), Pace::Call).await?, object)?)
    }

    async fn some(&self, wire: &dyn Wire, object: Object, meta: &Meta, ids: &[String]) -> Answer<Vec<RemoteMatter>> {
        let (mut found, wanted) = (Vec::with_capacity(ids.len()), meta.wanted(kind(object)));
        for part in ids.chunks(MAX_IDS) {
            let request = by_ids(&self.api, object, part, &wanted);
            found.extend(read_records(&wire.call(request, Pace::Call).await?, object, meta)?);
        }
        Ok(found)
    }

    async fn keyed(&self, wire: &dyn Wire, object: Object, key: &str) -> Answer<Option<RemoteMatter>> {
        let Some(request) = by_key(&self.api, object, key) else { return Ok(None) };
        let (ids, _) = coql::read_ids(&wire.call(request, Pace::Search).await?)?;
        if ids.is_empty() {
            return Ok(None);
        }
        let meta = self.meta(wire, object).await?;
        Ok(self.some(wire, object, &meta, &ids[..1]).await?.into_iter().next())
    }

    /// Where the record is to stand, where its status is to be another one than it is.
    async fn place(&self, wire: &dyn Wire, writing: &Writing, meta: &Meta) -> Answer<Option<Place>> {
        let Some(status) = writing.get(field::STATUS) else { return Ok(None) };
        let known = writing.known.as_ref();
        if known.is_some_and(|known| known.fields.get(field::STATUS).is_some_and(|present| present == status)) {
            return Ok(None);
        }
        let (mut all, own) = (Vec::new(), known.and_then(|known| known.beside.first()));
        if writing.object == Object::Deal && meta.has(PIPELINE) {
            let layouts = read_layouts(&wire.call(layouts(&self.api), Pace::Call).await?)?;
            for layout in layouts.iter().take(LAYOUTS) {
                let request = pipelines(&self.api, layout);
                all.extend(read_pipelines(&wire.call(request, Pace::Call).await?)?);
                // A new one stands in the first layout's; of one that is there, the pipeline is known.
                if own.is_none_or(|own| all.iter().any(|one| one.value == *own || one.label == *own)) {
                    break;
                }
            }
        }
        Ok(Some(place(meta, &all, own.map(String::as_str), status)?))
    }

    async fn put_matter(&self, wire: &dyn Wire, writing: &Writing) -> Answer<RemoteMatter> {
        let object = writing.object;
        if let Some(known) = writing.known.as_ref().filter(|_| writing.fields.is_empty()) {
            return Ok(known.clone());
        }
        let meta = self.meta(wire, object).await?;
        let record = record(writing, &meta, self.place(wire, writing, &meta).await?);
        let request = match &writing.known {
            // But for its id, there is nothing that it has a place for.
            Some(known) if record.len() == 1 => return Ok(known.clone()),
            Some(_) => update(&self.api, object, &record),
            None => upsert(&self.api, object, &record),
        };
        let id = read_written(&wire.call(request, Pace::Call).await?).map_err(|error| kind(object).said(error))?;
        let found = self.some(wire, object, &meta, &[id]).await?.into_iter().next();
        Ok(found.ok_or_else(|| CrmError::new(404, ErrorClass::NotFound, "the record was deleted"))?)
    }

    async fn own_fields(&self, wire: &dyn Wire, object: Object, create: bool) -> Answer<KeyState> {
        let kind = kind(object);
        for may_make in [create, false] {
            let meta = self.meta(wire, object).await?;
            let (state, lacks_products) = (fields::state_of(&meta.fields, kind.key.0), !meta.has(PRODUCTS.0));
            if state == KeyState::NotUnique || (state == KeyState::Ready && !lacks_products) {
                return Ok(state);
            }
            if !may_make {
                return Ok(KeyState::Missing);
            }
            if state == KeyState::Missing {
                self.make_unique(wire, kind.module, kind.key.1).await?;
            }
            if lacks_products {
                let request = fields::create_text(&self.api, kind.module, PRODUCTS.1);
                match fields::read_created(&wire.call(request, Pace::Call).await?) {
                    // Made by somebody else in this moment.
                    Err(error) if error.class != ErrorClass::Conflict => return Err(error.into()),
                    _ => {}
                }
            }
        }
        Ok(KeyState::Missing)
    }
}

impl Matters for Zoho {
    fn key<'a>(&'a self, wire: &'a dyn Wire, object: Object, create: bool) -> Ask<'a, KeyState> {
        Box::pin(self.own_fields(wire, object, create))
    }

    fn read<'a>(&'a self, wire: &'a dyn Wire, object: Object, ids: &'a [String]) -> Ask<'a, Vec<RemoteMatter>> {
        Box::pin(async move {
            let meta = self.meta(wire, object).await?;
            self.some(wire, object, &meta, ids).await
        })
    }

    fn find<'a>(&'a self, wire: &'a dyn Wire, object: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>> {
        Box::pin(async move {
            match self.keyed(wire, object, key).await {
                // The field is gone: nothing carries our key, and the next write makes it again.
                Err(Trouble::Refused(error)) if error.names(kind(object).key.0) => Ok(None),
                other => other,
            }
        })
    }

    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter> {
        Box::pin(self.put_matter(wire, writing))
    }

    fn rights(&self, object: Object) -> &'static str {
        kind(object).rights
    }

    fn priority_back<'a>(&self, ours: &'a str) -> &'a str {
        matter::priority_back(ours, &matter::THREE_DEGREES)
    }

    fn page(&self, object: Object, contact_page: &str) -> Option<String> {
        let (account, _) = contact_page.rsplit_once("/tab/")?;
        Some(format!("{account}/tab/{}/", kind(object).tab))
    }
}
