//! Filling a template's blanks: by hand, from the customer's data, by a fall-back.

use super::template_list::{TemplateView, one, views};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::shop::about::{Hint, of_template};
use crate::state::App;
use rapport_core::template::bind::{self, Bound, Filling, Fillings, Person};
use rapport_core::template::{self, Definition};
use rapport_core::{ContactId, ConversationId, Ms};
use rapport_store::Read;
use rapport_store::contact::ContactRow;
use rapport_store::query::contact_page;
use rapport_store::template::TemplateRow;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What fills a blank when nobody types it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillingPut {
    /// The customer's data: `first_name`, `name`, `phone`, `email`, `country`, `field:<own field>`, or what is known of their
    /// newest order: `order.number`, `shipment.tracking_url`, ... (`docs/shop.md`); null = none.
    pub source: Option<String>,
    /// What stands there when that is not known: 1 to 200 characters on one line; null = none.
    pub fallback: Option<String>,
}

/// What fills the blanks of a template. Blanks that are left out are filled as usual: those named after the customer's
/// name by the name.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillingsPut {
    /// By the key of the blank: `body.1`, `body.first_name`, `buttons.0`, `cards.1.body.1`.
    pub fillings: BTreeMap<String, FillingPut>,
}

/// Fills a template for a customer.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FillRequest {
    /// The conversation whose customer it is for; or `contact_id`.
    pub conversation_id: Option<Uuid>,
    /// The customer.
    pub contact_id: Option<Uuid>,
    /// What was typed, by the key of the blank; the rest is filled.
    pub values: Option<BTreeMap<String, String>>,
}

/// A blank with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FilledBlank {
    /// Its key.
    pub key: String,
    /// What is in it.
    pub value: String,
    /// `given`, `contact` or `fallback`.
    #[schema(value_type = String)]
    pub origin: bind::Origin,
}

/// A template filled for a customer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FilledTemplate {
    /// What is filled, and by what.
    pub blanks: Vec<FilledBlank>,
    /// Blanks that nothing fills: they must be given.
    pub missing: Vec<String>,
    /// The components of the message; null while something is missing.
    #[schema(value_type = Option<Vec<Object>>)]
    pub components: Option<Value>,
    /// What the customer will read; null while something is missing.
    pub preview: Option<String>,
}

/// The stored fillings of a template.
pub(crate) fn stored(row: &TemplateRow) -> Fillings {
    row.fillings.clone().and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

/// What a template is made of, when it can be sent at all.
pub(crate) fn definition(row: &TemplateRow) -> Result<Definition> {
    template::parse(&row.components, Some(&row.parameter_format), &row.category)
        .map_err(|error| Error::refused("template_unreadable", format!("This template cannot be sent: {error}.")))
}

/// Chooses what fills the blanks. WhatsApp is not asked: this is ours alone.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` naming the blank, `Refused`, `Store`.
pub async fn choose(app: &App, caller: &Caller, id: Uuid, put: FillingsPut) -> Result<TemplateView> {
    caller.require(Permission::ChannelManage)?;
    let row = one(app, caller, id).await?;
    let blanks = template::variables(&definition(&row)?);
    let filling = |given: FillingPut| Filling {
        source: given.source.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()),
        fallback: given.fallback,
    };
    let fillings: Fillings = put.fillings.into_iter().map(|(key, given)| (key, filling(given))).collect();
    bind::check_fillings(&blanks, &fillings)
        .map_err(|(key, why)| Error::invalid(format!("fillings.{key}"), why.to_string()))?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let before = json!(stored(&row));
    rapport_store::template::set_fillings(&tx, id, json!(fillings)).await?;
    let change = Change { before: Some(before), after: Some(json!(fillings)) };
    record(&tx, now, caller, "template.fillings", ("template", id), change).await?;
    tx.commit().await?;
    let read = app.store.workspace(caller.workspace).read();
    let row = TemplateRow { fillings: Some(json!(fillings)), ..row };
    views(&read, vec![row], Some(caller), now).await?.pop().ok_or(Error::NotFound("template"))
}

/// Fills a template for a customer, as a message would be filled now.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Refused`, `Store`.
pub async fn fill(app: &App, caller: &Caller, id: Uuid, request: FillRequest) -> Result<FilledTemplate> {
    caller.require(Permission::InboxWrite)?;
    let row = one(app, caller, id).await?;
    let read = app.store.workspace(caller.workspace).read();
    let contact = match (request.conversation_id, request.contact_id) {
        (Some(id), None) => {
            let found = rapport_store::conversation::get(&read, ConversationId(id)).await?;
            ContactId(found.ok_or(Error::NotFound("conversation"))?.contact_id)
        }
        (None, Some(id)) => ContactId(id),
        _ => return Err(Error::invalid("conversation_id", "or contact_id must be given, one of them")),
    };
    let definition = definition(&row)?;
    let given = request.values.unwrap_or_default();
    let bound = bound(&read, contact, &row, &definition, &given, (app.now(), Hint::default())).await?;
    let whole = |key: &String, value: &String| FilledBlank {
        key: key.clone(),
        value: value.clone(),
        origin: bound.origins.get(key).copied().unwrap_or(bind::Origin::Given),
    };
    let blanks = bound.values.iter().map(|(key, value)| whole(key, value)).collect();
    let components = template::fill(&definition, &bound.values).ok().filter(|_| bound.missing.is_empty());
    let preview = components.as_ref().map(|components| template::render(&definition, components));
    Ok(FilledTemplate { blanks, missing: bound.missing, components, preview })
}

/// The blanks of a template with what fills them for a customer.
async fn bound(
    read: &Read,
    contact: ContactId,
    row: &TemplateRow,
    definition: &Definition,
    given: &BTreeMap<String, String>,
    moment: (Ms, Hint<'_>),
) -> Result<Bound> {
    let known = contact_page::get(read, contact).await?.ok_or(Error::NotFound("contact"))?;
    let fillings = stored(row);
    let sources: Vec<&str> = fillings.values().filter_map(|filling| filling.source.as_deref()).collect();
    let shop = of_template(read, &known, &row.language, &sources, moment).await?;
    Ok(bind::bind(definition, &row.language, &fillings, &Person { shop: Some(&shop), ..person(&known) }, given))
}

/// What a template can take from a contact.
pub(crate) fn person(row: &ContactRow) -> Person<'_> {
    Person {
        name: &row.name,
        phone: row.phone.as_deref(),
        email: row.email.as_deref(),
        country: row.country.as_deref(),
        fields: Some(&row.fields),
        shop: None,
    }
}

/// The components of a message that left them out: every blank filled for the customer, as they are at this moment and of
/// the order that is meant.
///
/// # Errors
/// `Invalid` naming the blank that nothing fills, `NotFound`, `Store`.
pub(crate) async fn components(
    read: &Read,
    contact: ContactId,
    row: &TemplateRow,
    definition: &Definition,
    moment: (Ms, Hint<'_>),
) -> Result<Value> {
    let bound = bound(read, contact, row, definition, &BTreeMap::new(), moment).await?;
    if let Some(key) = bound.missing.first() {
        let detail = "must be given: neither the customer's data nor a fall-back fills it";
        return Err(Error::invalid(format!("content.components.{key}"), detail));
    }
    template::fill(definition, &bound.values)
        .map_err(|error| Error::invalid(format!("content.components.{}", error.key), "is missing or not usable"))
}
