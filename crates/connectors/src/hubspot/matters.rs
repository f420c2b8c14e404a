//! Deals and tickets: records beside contacts, in pipelines of stages that each account names as it likes.

use super::api::{Api, read};
use super::crm::HubSpot;
use super::properties::{self, Own};
use super::records;
use crate::crm::answer::{list, odd, text};
use crate::crm::matter::{named, no_stage, priority_here, priority_there};
use crate::crm::{
    Answer, Ask, CrmError, ErrorClass, KeyState, Matters, Pace, Properties, RemoteMatter, RemoteRecord, UpsertRow,
    Wire, Writing,
};
use crate::http::{Request, Response};
use rapport_core::matter::{Category, Object, field};

/// What a kind of thing is over there.
struct Kind {
    name: &'static str,
    /// In addresses of pages.
    number: &'static str,
    pipeline: &'static str,
    stage: &'static str,
    /// Properties of ours; the first keeps the key.
    own: &'static [Own],
    /// Our fields and their properties, beside the status.
    fields: &'static [(&'static str, &'static str)],
    rights: &'static str,
}

const SKUS: &str = "rapport_skus";

const fn skus(group: &'static str) -> Own {
    let description = "Codes of the products, between semicolons. Written by Rapport.";
    Own { name: SKUS, label: "Products (Rapport)", description, group, unique: false }
}

const fn key(name: &'static str, label: &'static str, group: &'static str) -> Own {
    let description = "Written by Rapport to find its record again. Do not edit.";
    Own { name, label, description, group, unique: true }
}

static DEALS: Kind = Kind {
    name: "deals",
    number: "0-3",
    pipeline: "pipeline",
    stage: "dealstage",
    own: &[key("rapport_deal_id", "Rapport deal id", "dealinformation"), skus("dealinformation")],
    fields: &[
        (field::TITLE, "dealname"),
        (field::DETAILS, "description"),
        (field::AMOUNT, "amount"),
        (field::CURRENCY, "deal_currency_code"),
        (field::SKUS, SKUS),
    ],
    rights: "the scopes crm.objects.deals.read, crm.objects.deals.write, crm.schemas.deals.read and crm.schemas.deals.write",
};

static TICKETS: Kind = Kind {
    name: "tickets",
    number: "0-5",
    pipeline: "hs_pipeline",
    stage: "hs_pipeline_stage",
    own: &[
        key("rapport_case_id", "Rapport case id", "ticketinformation"),
        skus("ticketinformation"),
        Own {
            name: "rapport_category",
            label: "Type (Rapport)",
            description: "quote, complaint, question or other. Written by Rapport.",
            group: "ticketinformation",
            unique: false,
        },
    ],
    fields: &[
        (field::TITLE, "subject"),
        (field::DETAILS, "content"),
        (field::CATEGORY, "rapport_category"),
        (field::PRIORITY, "hs_ticket_priority"),
        (field::SKUS, SKUS),
    ],
    rights: "the scope tickets",
};

const PRIORITIES: [(&str, &str); 4] = [("low", "LOW"), ("normal", "MEDIUM"), ("high", "HIGH"), ("urgent", "URGENT")];

fn kind(object: Object) -> &'static Kind {
    match object {
        Object::Deal => &DEALS,
        Object::Case => &TICKETS,
    }
}

impl Kind {
    fn key(&self) -> &'static str {
        self.own.first().map_or("", |own| own.name)
    }

    fn wanted(&self) -> Vec<&'static str> {
        let own = [self.pipeline, self.stage, "hs_lastmodifieddate"];
        self.fields.iter().map(|(_, theirs)| *theirs).chain(own).collect()
    }

    /// A refusal in our words.
    fn said(&self, mut error: CrmError) -> CrmError {
        for told in error.fields.iter_mut().filter(|told| told.field == self.stage || told.field == self.pipeline) {
            told.field = field::STATUS.to_owned();
        }
        named(error, self.fields)
    }
}

/// A stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its pipeline.
    pub pipeline: String,
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What it means: a status of ours.
    pub status: &'static str,
}

/// Asks for the pipelines of deals or tickets.
#[must_use]
pub fn pipelines(api: &Api, object: Object) -> Request {
    api.pipelines(kind(object).name)
}

/// Asks that a deal or ticket and a contact belong together.
#[must_use]
pub fn associate(api: &Api, object: Object, id: &str, person: &str) -> Request {
    api.associate(kind(object).name, id, person)
}

/// Reads the answer to [`pipelines`]: every stage, in the order of pipelines and stages.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_stages(response: &Response, object: Object) -> Result<Vec<Stage>, CrmError> {
    let body = read(response)?;
    if !body["results"].is_array() {
        return Err(odd(response, "no results"));
    }
    let order = |of: &&serde_json::Value| of["displayOrder"].as_i64().unwrap_or(i64::MAX);
    let mut pipelines: Vec<_> = list(&body["results"]).iter().filter(|one| one["archived"] != true).collect();
    pipelines.sort_by_key(order);
    let mut stages = Vec::new();
    for pipeline in pipelines {
        let mut of: Vec<_> = list(&pipeline["stages"]).iter().filter(|one| one["archived"] != true).collect();
        of.sort_by_key(order);
        for stage in of {
            let Some((id, pipeline)) = text(&stage["id"]).zip(text(&pipeline["id"])) else { continue };
            let label = text(&stage["label"]).unwrap_or_else(|| id.clone());
            stages.push(Stage { pipeline, id, label, status: meaning(&stage["metadata"], object) });
        }
    }
    Ok(stages)
}

fn meaning(metadata: &serde_json::Value, object: Object) -> &'static str {
    let word = |name: &str| text(&metadata[name]).unwrap_or_default();
    let chance = word("probability").parse::<f64>().ok();
    let is_closed = word("isClosed") == "true" || word("ticketState") == "CLOSED";
    match (object, is_closed, chance) {
        (Object::Case, true, _) => "closed",
        (Object::Deal, true, Some(chance)) if chance >= 1.0 => "won",
        (Object::Deal, true, _) => "lost",
        _ => "open",
    }
}

/// The stage that a record is to have for a status; `None` when it may stay where it is.
fn stage_for<'a>(
    stages: &'a [Stage],
    wanted: &str,
    known: Option<&RemoteMatter>,
) -> std::result::Result<Option<&'a Stage>, ()> {
    let present = known.and_then(|known| known.fields.get(field::STATUS));
    if present.is_some_and(|present| present == wanted) {
        return Ok(None);
    }
    let pipeline = known.and_then(|known| known.beside.first()).filter(|id| !id.is_empty());
    let pipeline = pipeline.or(stages.first().map(|stage| &stage.pipeline)).ok_or(())?;
    stages.iter().find(|stage| stage.pipeline == *pipeline && stage.status == wanted).map(Some).ok_or(())
}

/// The properties to write.
fn words(kind: &Kind, writing: &Writing, stages: &[Stage]) -> Result<Properties, CrmError> {
    let mut properties = Properties::new();
    for (ours, theirs) in kind.fields {
        let Some(value) = writing.get(ours) else { continue };
        let value =
            if *ours == field::PRIORITY { priority_there(value, &PRIORITIES).unwrap_or_default() } else { value };
        if !(value.is_empty() && writing.known.is_none()) {
            properties.insert((*theirs).to_owned(), value.to_owned());
        }
    }
    let Some(status) = writing.get(field::STATUS) else { return Ok(properties) };
    match stage_for(stages, status, writing.known.as_ref()) {
        Ok(None) => {}
        Ok(Some(stage)) => {
            properties.insert(kind.pipeline.to_owned(), stage.pipeline.clone());
            properties.insert(kind.stage.to_owned(), stage.id.clone());
        }
        Err(()) => {
            return Err(no_stage(format!("no stage of the pipeline means \"{status}\"")));
        }
    }
    Ok(properties)
}

fn matter(record: RemoteRecord, kind: &Kind, stages: &[Stage]) -> RemoteMatter {
    let given = |name: &str| record.properties.get(name).map_or("", |text| text.trim());
    let mut fields = Properties::new();
    for (ours, theirs) in kind.fields.iter().filter(|(_, theirs)| record.properties.contains_key(*theirs)) {
        match *ours {
            field::PRIORITY => priority_here(&mut fields, given(theirs), &PRIORITIES),
            // A word that somebody else wrote there is none of ours.
            field::CATEGORY if !given(theirs).is_empty() && Category::parse(given(theirs)).is_none() => {}
            // Where an account has one currency, none is told.
            field::CURRENCY if given(theirs).is_empty() => {}
            _ => {
                fields.insert((*ours).to_owned(), given(theirs).to_owned());
            }
        }
    }
    let pipeline = given(kind.pipeline).to_owned();
    let stage = stages.iter().find(|stage| stage.id == given(kind.stage) && stage.pipeline == pipeline);
    if let Some(stage) = stage {
        fields.insert(field::STATUS.to_owned(), stage.status.to_owned());
    }
    RemoteMatter {
        stage: stage.map(|stage| stage.label.clone()),
        updated_at: record.updated_at,
        id: record.id,
        beside: vec![pipeline],
        fields,
    }
}

impl HubSpot {
    async fn stages(&self, wire: &dyn Wire, object: Object) -> Answer<Vec<Stage>> {
        Ok(read_stages(&wire.call(pipelines(&self.api, object), Pace::Call).await?, object)?)
    }

    async fn matters_by(
        &self,
        wire: &dyn Wire,
        object: Object,
        property: Option<&str>,
        values: &[String],
    ) -> Answer<Vec<RemoteMatter>> {
        let kind = kind(object);
        let found = self.rows(wire, kind.name, property, values, &kind.wanted()).await?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let stages = self.stages(wire, object).await?;
        Ok(found.into_iter().map(|record| matter(record, kind, &stages)).collect())
    }

    async fn put(&self, wire: &dyn Wire, writing: &Writing) -> Answer<RemoteMatter> {
        let kind = kind(writing.object);
        let stages = match writing.get(field::STATUS) {
            Some(_) => self.stages(wire, writing.object).await?,
            None => Vec::new(),
        };
        let properties = words(kind, writing, &stages)?;
        let id = match &writing.known {
            Some(known) if properties.is_empty() => known.id.clone(),
            Some(known) => {
                let request = records::update(&self.api, kind.name, &known.id, None, &properties);
                let response = wire.call(request, Pace::Call).await?;
                records::read_record(&response, None).map_err(|error| kind.said(error))?.id
            }
            None => {
                let row = UpsertRow { key: writing.key.clone(), id: None, properties };
                let request = records::batch_upsert(&self.api, kind.name, kind.key(), &[row]);
                let response = wire.call(request, Pace::Call).await?;
                let mut result = records::read_batch(&response).map_err(|error| kind.said(error))?;
                match (result.ok.pop(), result.failed.pop()) {
                    (Some(row), _) => row.record.id,
                    (None, Some(row)) => return Err(kind.said(row.error).into()),
                    (None, None) => return Err(odd(&response, "no row").into()),
                }
            }
        };
        if let Some(person) = &writing.person {
            read(&wire.call(self.api.associate(kind.name, &id, person), Pace::Call).await?)?;
        }
        let found = self.matters_by(wire, writing.object, None, &[id]).await?;
        let gone = || CrmError::new(404, ErrorClass::NotFound, "the record was deleted");
        Ok(found.into_iter().next().ok_or_else(gone)?)
    }

    async fn own_state(&self, wire: &dyn Wire, kind: &Kind, own: &Own) -> Answer<KeyState> {
        let request = properties::get_own(&self.api, kind.name, own.name);
        Ok(properties::read_key(&wire.call(request, Pace::Call).await?)?)
    }

    async fn own(&self, wire: &dyn Wire, object: Object, create: bool) -> Answer<KeyState> {
        let kind = kind(object);
        for own in kind.own {
            let mut state = self.own_state(wire, kind, own).await?;
            if state == KeyState::Missing && create {
                let request = properties::create_own(&self.api, kind.name, own);
                state = match properties::read_key(&wire.call(request, Pace::Call).await?) {
                    // Made by somebody else in this moment.
                    Err(error) if error.class == ErrorClass::Conflict => self.own_state(wire, kind, own).await?,
                    other => other?,
                };
            }
            if state == KeyState::Missing || (own.unique && state == KeyState::NotUnique) {
                return Ok(state);
            }
        }
        Ok(KeyState::Ready)
    }
}

impl Matters for HubSpot {
    fn key<'a>(&'a self, wire: &'a dyn Wire, object: Object, create: bool) -> Ask<'a, KeyState> {
        Box::pin(self.own(wire, object, create))
    }

    fn read<'a>(&'a self, wire: &'a dyn Wire, object: Object, ids: &'a [String]) -> Ask<'a, Vec<RemoteMatter>> {
        Box::pin(self.matters_by(wire, object, None, ids))
    }

    fn find<'a>(&'a self, wire: &'a dyn Wire, object: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>> {
        Box::pin(async move {
            let found = self.matters_by(wire, object, Some(kind(object).key()), &[key.to_owned()]).await?;
            Ok(found.into_iter().next())
        })
    }

    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter> {
        Box::pin(self.put(wire, writing))
    }

    fn rights(&self, object: Object) -> &'static str {
        kind(object).rights
    }

    fn page(&self, object: Object, contact_page: &str) -> Option<String> {
        let (account, _) = contact_page.rsplit_once("/record/")?;
        Some(format!("{account}/record/{}/", kind(object).number))
    }
}
