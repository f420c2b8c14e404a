//! Samples of media headers: our own files are brought to the provider before the template is submitted, as uploads
//! or as links that it fetches from us.

use super::template_write::{declined, unreachable};
use super::{Channel, calls};
use crate::error::{Error, Result};
use crate::media::link;
use crate::state::App;
use rapport_connectors::http::{Request, Response};
use rapport_connectors::provider::{Api, Provider};
use rapport_connectors::whatsapp::{numbers, templates};
use rapport_core::MediaId;
use rapport_core::guard::Priority;
use rapport_core::message::MediaKind;
use rapport_core::message::check::file as limits;
use rapport_store::media::MediaRow;
use serde_json::{Value, json};
use uuid::Uuid;

/// Puts the provider's handle, or a link, in place of each `example.media_id`.
///
/// # Errors
/// `Invalid` naming the header whose file is missing or does not fit, `Declined` when the provider refuses, `Store`.
pub async fn bring(app: &App, channel: &Channel, components: &mut Value) -> Result<()> {
    let mut headers = Vec::new();
    collect("components", components, &mut headers);
    let provider = channel.access(&app.settings);
    let mut app_id: Option<String> = None;
    for (path, header) in headers {
        let Some(id) = header["example"]["media_id"].as_str().map(str::to_owned) else { continue };
        let field = format!("{path}.example");
        let file = file(app, channel, &field, &id, header["format"].as_str().unwrap_or_default()).await?;
        let handle = if provider.kind.takes_links() {
            let link = link::sample(&app.settings, channel, MediaId(file.id), &file.mime, app.now());
            link.ok_or_else(|| Error::invalid(field, "the channel has no secret to sign a link with"))?
        } else {
            // Only Meta asks for the app.
            let owner = match (&app_id, provider.graph()) {
                (Some(known), _) => known.clone(),
                (None, Some(api)) => app_id.insert(owner(app, channel, &api).await?).clone(),
                (None, None) => String::new(),
            };
            upload(app, (channel, &provider), &owner, &file).await?
        };
        header["example"] = json!({ "header_handle": [handle] });
    }
    Ok(())
}

/// Every header with its path, those of cards too.
fn collect<'a>(path: &str, components: &'a mut Value, found: &mut Vec<(String, &'a mut Value)>) {
    for (at, component) in components.as_array_mut().into_iter().flatten().enumerate() {
        let path = format!("{path}.{at}");
        match component["type"].as_str().unwrap_or_default().to_ascii_uppercase().as_str() {
            "HEADER" => found.push((path, component)),
            "CAROUSEL" => {
                let cards = component.get_mut("cards").and_then(Value::as_array_mut);
                for (at, card) in cards.into_iter().flatten().enumerate() {
                    if let Some(parts) = card.get_mut("components") {
                        collect(&format!("{path}.cards.{at}.components"), parts, found);
                    }
                }
            }
            _ => {}
        }
    }
}

async fn file(app: &App, channel: &Channel, field: &str, id: &str, format: &str) -> Result<MediaRow> {
    let id: Uuid = id.parse().map_err(|_| Error::invalid(field.to_owned(), "is no id of a file"))?;
    let row = rapport_store::media::get(&app.store.workspace(channel.workspace).read(), MediaId(id)).await?;
    let stored = row.filter(|row| row.sha256.is_some());
    let row = stored.ok_or_else(|| Error::invalid(field.to_owned(), "there is no such file"))?;
    let kind = match format.to_ascii_uppercase().as_str() {
        "IMAGE" => MediaKind::Image,
        "VIDEO" => MediaKind::Video,
        _ => MediaKind::Document,
    };
    let size = u64::try_from(row.size).unwrap_or(0);
    match limits::check(kind, &row.mime, size, false) {
        Some(wrong) => {
            Err(Error::invalid(field.to_owned(), format!("must be {}, not {}", wrong.allowed(), wrong.found())))
        }
        None => Ok(row),
    }
}

/// The app that uploads belong to: that of the token.
async fn owner(app: &App, channel: &Channel, api: &Api) -> Result<String> {
    let answer = run(app, channel, numbers::debug_token(api)).await?;
    let token = numbers::read_token(&answer).map_err(|error| Error::Declined {
        code: "template_access",
        reason: error.failure().detail,
        advice: error.info().advice,
    })?;
    token.app_id.ok_or(Error::Declined {
        code: "template_access",
        reason: "The access token belongs to no app.".to_owned(),
        advice: "Set an access token of your app on the channel's page.",
    })
}

async fn upload(app: &App, (channel, provider): (&Channel, &Provider), owner: &str, file: &MediaRow) -> Result<String> {
    let name = file.filename.as_deref().unwrap_or("sample");
    let size = u64::try_from(file.size).unwrap_or(0);
    let begin = provider.begin_sample(owner, name, &file.mime, size);
    let begin = begin.ok_or_else(|| Error::invalid("components", "the provider takes no sample files"))?;
    let answer = run(app, channel, begin).await?;
    let session = templates::read_session(&answer).map_err(declined)?;
    let path = crate::media::path(&app.settings.data_dir, file.sha256.as_deref().unwrap_or_default());
    let answer = run(app, channel, provider.upload_sample(&session, path)).await?;
    templates::read_handle(&answer).map_err(declined)
}

async fn run(app: &App, channel: &Channel, request: Request) -> Result<Response> {
    calls::run(app, channel, Priority::Reply, request).await.map_err(|failure| unreachable(&failure))
}
