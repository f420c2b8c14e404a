//! WhatsApp's library of ready templates.

use super::template_draft::Tidy;
use super::template_list::TemplateView;
use super::template_write::{absent, ask, declined, made, settle, unreachable};
use super::view::row;
use super::{Channel, calls};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::provider::Feature;
use rapport_connectors::whatsapp::template_library::{self, Entry, FromLibrary, Wanted};
use rapport_connectors::whatsapp::templates;
use rapport_core::ChannelId;
use rapport_core::guard::Priority;
use rapport_core::template::draft::{Code, Draft, problems};
use rapport_store::template::TemplateRow;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Most buttons an entry has.
const BUTTONS_MAX: usize = 10;

/// What is looked for in the library.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LibraryQuery {
    /// The channel whose account asks; must be given.
    pub channel_id: Option<Uuid>,
    /// Words in name or text.
    pub search: Option<String>,
    /// Topic, in WhatsApp's word: `ORDER_MANAGEMENT`.
    pub topic: Option<String>,
    /// Use case, in WhatsApp's word: `DELIVERY_UPDATE`.
    pub use_case: Option<String>,
    /// Industry, in WhatsApp's word: `E_COMMERCE`.
    pub industry: Option<String>,
    /// Language code: `en_US`.
    pub language: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// An entry of the library.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LibraryTemplate {
    /// Its name in the library.
    pub name: String,
    /// Language code with underscore.
    pub language: String,
    /// UTILITY, AUTHENTICATION or MARKETING.
    pub category: String,
    /// Topic, in WhatsApp's word.
    #[schema(required)]
    pub topic: Option<String>,
    /// Use case, in WhatsApp's word.
    #[schema(required)]
    pub use_case: Option<String>,
    /// Industries, in WhatsApp's words.
    pub industries: Vec<String>,
    /// As components of a template, samples included: what the preview shows.
    #[schema(value_type = Vec<Object>)]
    pub components: Value,
}

impl From<Entry> for LibraryTemplate {
    fn from(entry: Entry) -> Self {
        let components = components(&entry);
        Self {
            name: entry.name,
            language: entry.language,
            category: entry.category,
            topic: entry.topic,
            use_case: entry.use_case,
            industries: entry.industries,
            components,
        }
    }
}

/// An entry as a template's components.
fn components(entry: &Entry) -> Value {
    let mut parts = Vec::new();
    if let Some(header) = &entry.header {
        parts.push(json!({ "type": "HEADER", "format": "TEXT", "text": header }));
    }
    let mut body = json!({ "type": "BODY", "text": entry.body });
    if !entry.body_params.is_empty() {
        body["example"] = json!({ "body_text": [entry.body_params] });
    }
    parts.push(body);
    if !entry.buttons.is_empty() {
        parts.push(json!({ "type": "BUTTONS", "buttons": entry.buttons }));
    }
    Value::Array(parts)
}

/// A page of the library.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LibraryPage {
    /// The entries.
    pub items: Vec<LibraryTemplate>,
    /// For the next page; null on the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// A template to be made of an entry.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFromLibrary {
    /// The channel whose account gets it.
    pub channel_id: Uuid,
    /// The entry's name in the library.
    pub library_name: String,
    /// The name it gets: small Latin letters, digits and underscores.
    pub name: String,
    /// Language code: `en_US`.
    pub language: String,
    /// The entry's category.
    pub category: String,
    /// What its buttons need, one for each, in order.
    pub buttons: Option<Vec<LibraryButton>>,
}

/// What a button of an entry needs.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LibraryButton {
    /// `URL` or `PHONE_NUMBER`.
    pub r#type: String,
    /// The address of a link, `{{1}}` at its end where each message has its own.
    pub url: Option<String>,
    /// A sample of the whole address, when it has a `{{1}}`.
    pub url_example: Option<String>,
    /// The number of a call button, with plus sign.
    pub phone_number: Option<String>,
}

async fn channel(app: &App, caller: &Caller, id: Uuid) -> Result<Arc<Channel>> {
    row(app, caller, ChannelId(id)).await?;
    app.channels.get(ChannelId(id)).await?.ok_or(Error::NotFound("channel"))
}

/// A page of the library, as WhatsApp has it now.
///
/// # Errors
/// `Forbidden`, `NotFound` when there is no such channel, `Declined` when WhatsApp refuses or is not there, `Store`.
pub async fn browse(app: &App, caller: &Caller, query: &LibraryQuery) -> Result<LibraryPage> {
    caller.require(Permission::ChannelManage)?;
    let id = query.channel_id.ok_or_else(|| Error::invalid("channel_id", "must be given"))?;
    let channel = channel(app, caller, id).await?;
    let text =
        |value: &Option<String>| value.as_deref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let capitals = |value: &Option<String>| text(value).map(|word| word.to_uppercase());
    let (search, topic, use_case) = (text(&query.search), capitals(&query.topic), capitals(&query.use_case));
    let (industry, language) = (capitals(&query.industry), text(&query.language).map(|code| code.replace('-', "_")));
    let wanted = Wanted {
        search: search.as_deref(),
        topic: topic.as_deref(),
        use_case: use_case.as_deref(),
        industry: industry.as_deref(),
        language: language.as_deref(),
        after: query.cursor.as_deref(),
    };
    let request = template_library::browse(&channel.graph(Feature::TemplateLibrary)?, &wanted);
    let answer = calls::run(app, &channel, Priority::Reply, request).await;
    let answer = answer.map_err(|failure| unreachable(&failure))?;
    let page = template_library::read_page(&answer).map_err(declined)?;
    Ok(LibraryPage { items: page.items.into_iter().map(LibraryTemplate::from).collect(), next_cursor: page.next })
}

/// Makes a template of an entry.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Draft` when name or language is none, `Invalid` naming the button, `Exists`, `Declined`,
/// `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewFromLibrary) -> Result<TemplateView> {
    caller.require(Permission::ChannelManage)?;
    let channel = channel(app, caller, new.channel_id).await?;
    let tidy = Tidy::new(&new.name, &new.language, &new.category, None);
    named(&tidy)?;
    let library_name = new.library_name.trim();
    if library_name.is_empty() {
        return Err(Error::invalid("library_name", "must name an entry of the library"));
    }
    let buttons = buttons(new.buttons.unwrap_or_default())?;
    absent(app, &channel, &tidy.name, &tidy.language).await?;
    let request = template_library::create(
        &channel.graph(Feature::TemplateLibrary)?,
        &channel.waba_id,
        &FromLibrary {
            name: &tidy.name,
            language: &tidy.language,
            category: &tidy.category,
            library_name,
            buttons: &buttons,
        },
    );
    let answer = ask(app, &channel, request).await?;
    let created = settle(app, &channel, templates::read_create(&answer)).await?;
    let view = made(app, caller, &channel, created, &tidy, json!([])).await?;
    with_words(app, &channel, view).await
}

/// Its words are the library's: they are read back. What the provider does not tell yet, the reading of all templates
/// brings that follows each creation.
async fn with_words(app: &App, channel: &Channel, view: TemplateView) -> Result<TemplateView> {
    let request = templates::named(&channel.graph(Feature::TemplateLibrary)?, &channel.waba_id, &view.name);
    let Ok(answer) = calls::run(app, channel, Priority::Reply, request).await else { return Ok(view) };
    let Ok(page) = templates::read_list(&answer) else { return Ok(view) };
    let same = |one: &templates::Template| one.name == view.name && one.language == view.language;
    let Some(found) = page.items.into_iter().find(same) else { return Ok(view) };
    let scope = app.store.workspace(channel.workspace);
    let Some(known) = rapport_store::template::get(&scope.read(), view.id).await? else { return Ok(view) };
    let tx = scope.write().await?;
    let row = TemplateRow {
        category: found.category,
        status: found.status,
        parameter_format: found.parameter_format,
        components: found.components,
        updated_at: app.now().0,
        ..known
    };
    rapport_store::template::upsert(&tx, vec![row.clone()]).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(row.into())
}

/// Name, language and category by the rules of every template; the words are not ours.
fn named(tidy: &Tidy) -> Result<()> {
    let body = json!([{ "type": "BODY", "text": "x" }]);
    let draft = Draft {
        name: &tidy.name,
        language: &tidy.language,
        category: &tidy.category,
        parameter_format: &tidy.parameter_format,
        components: &body,
        ttl_seconds: None,
    };
    let own = |code: Code| {
        matches!(
            code,
            Code::Required | Code::NameCharacters | Code::TooLong | Code::LanguageUnknown | Code::CategoryUnknown
        )
    };
    let wrong =
        problems(&draft).into_iter().filter(|problem| !problem.path.starts_with("components") && own(problem.code));
    super::template_draft::sound(wrong.collect())
}

fn buttons(given: Vec<LibraryButton>) -> Result<Vec<Value>> {
    if given.len() > BUTTONS_MAX {
        return Err(Error::invalid("buttons", format!("must be at most {BUTTONS_MAX}")));
    }
    let one = |(at, button): (usize, LibraryButton)| {
        let field = |name: &str| format!("buttons.{at}.{name}");
        match button.r#type.to_ascii_uppercase().as_str() {
            "URL" => {
                let url = button.url.unwrap_or_default();
                if !url.starts_with("https://") || url.contains(char::is_whitespace) || url.len() > 2_000 {
                    return Err(Error::invalid(field("url"), "must be an address beginning with https://"));
                }
                let example = button.url_example.unwrap_or_default();
                if url.contains("{{") && !example.starts_with("https://") {
                    return Err(Error::invalid(field("url_example"), "must be a sample of the whole address"));
                }
                let mut link = json!({ "base_url": url });
                if url.contains("{{") {
                    link["url_suffix_example"] = example.into();
                }
                Ok(json!({ "type": "URL", "url": link }))
            }
            "PHONE_NUMBER" => {
                let number = button.phone_number.unwrap_or_default();
                let digits = number.strip_prefix('+').unwrap_or_default();
                if digits.is_empty() || number.len() > 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(Error::invalid(field("phone_number"), "must have a plus sign and digits, at most 20"));
                }
                Ok(json!({ "type": "PHONE_NUMBER", "phone_number": number }))
            }
            _ => Err(Error::invalid(field("type"), "must be URL or PHONE_NUMBER")),
        }
    };
    given.into_iter().enumerate().map(one).collect()
}
