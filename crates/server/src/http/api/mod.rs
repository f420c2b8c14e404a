//! The JSON API, one folder a noun, one file an endpoint.
//!
//! To add an endpoint: write `api/<noun>/<verb>.rs` with one handler under `#[utoipa::path]` (its `x-permission` says
//! who may call it), name it in the noun's `mod.rs`. A new noun is added to [`endpoints`], or to [`uploads`] when its
//! bodies are large.

pub mod audit;
pub mod bulk_actions;
pub mod campaigns;
pub mod cases;
pub mod channels;
pub mod closing;
pub mod conflicts;
pub mod connections;
pub mod contacts;
pub mod conversations;
pub mod costs;
pub mod coupons;
pub mod dead_letters;
pub mod deals;
pub mod doctor;
pub mod duplicates;
pub mod events;
pub mod guard;
pub mod guide;
pub mod hot_words;
pub mod intents;
pub mod macros;
pub mod media;
pub mod messages;
pub mod orders;
pub mod practice;
pub mod products;
pub mod push;
pub mod quick_replies;
pub mod routing;
pub mod rules;
pub mod runs;
pub mod search;
pub mod session;
pub mod sessions;
pub mod shop;
pub mod shop_sources;
pub mod stores;
pub mod surveys;
pub mod tags;
pub mod teams;
pub mod templates;
pub mod tokens;
pub mod users;
pub mod views;
pub mod webhooks;
pub mod whoami;
pub mod workspace;

use super::access::{MARK, operations};
use super::problem;
use rapport_app::App;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, InfoBuilder, OpenApi};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// Endpoints with small bodies: 1 MB, 30 seconds.
#[must_use]
pub fn endpoints() -> OpenApiRouter<App> {
    let nouns = OpenApiRouter::new()
        .merge(conversations::router())
        .merge(bulk_actions::router())
        .merge(views::router())
        .merge(messages::router())
        .merge(quick_replies::router())
        .merge(contacts::router())
        .merge(duplicates::router())
        .merge(tags::router())
        .merge(deals::router())
        .merge(cases::router())
        .merge(search::router())
        .merge(media::router())
        .merge(guard::router())
        .merge(guide::router())
        .merge(events::router())
        .merge(session::router())
        .merge(sessions::router())
        .merge(practice::router())
        .merge(push::router())
        .merge(users::router())
        .merge(teams::router())
        .merge(routing::router())
        .merge(closing::router())
        .merge(surveys::router())
        .merge(macros::router())
        .merge(rules::router())
        .merge(hot_words::router())
        .merge(intents::router())
        .merge(runs::router())
        .merge(products::router())
        .merge(stores::router())
        .merge(orders::router())
        .merge(shop::router())
        .merge(coupons::router())
        .merge(shop_sources::router())
        .merge(webhooks::router())
        .merge(whoami::router())
        .merge(tokens::router())
        .merge(workspace::router())
        .merge(audit::router())
        .merge(campaigns::router())
        .merge(channels::router())
        .merge(templates::router())
        .merge(connections::router())
        .merge(conflicts::router())
        .merge(costs::router())
        .merge(dead_letters::router())
        .merge(doctor::router());
    OpenApiRouter::new().nest("/api/v1", nouns)
}

/// Endpoints that take files: 100 MB, ten minutes.
#[must_use]
pub fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().nest("/api/v1", media::uploads())
}

/// The whole document, as `rapport openapi` prints it and `/api/openapi.json` serves it.
#[must_use]
pub fn openapi() -> OpenApi {
    let document = endpoints().into_openapi();
    self::document(document.merge_from(uploads().into_openapi()))
}

/// Completes a document: title, error schema, ways to authenticate.
#[must_use]
pub fn document(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Rapport")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("description.md")))
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(problem::Document::name().into_owned(), problem::Document::schema());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("rpt_...").build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(super::caller::SESSION_COOKIE));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let none: [&str; 0] = [];
    document.security = Some(vec![SecurityRequirement::new("token", none), SecurityRequirement::new("session", none)]);
    open_public(&mut document);
    document
}

/// What everybody may call asks for no security.
fn open_public(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let public: Vec<_> = operations(item)
            .into_iter()
            .filter(|(_, operation)| {
                let mark = operation.extensions.as_ref().and_then(|extensions| extensions.get(MARK));
                mark.and_then(|mark| mark.as_str()) == Some("public")
            })
            .map(|(method, _)| method)
            .collect();
        for method in public {
            let operation = match method.as_str() {
                "GET" => &mut item.get,
                "POST" => &mut item.post,
                "DELETE" => &mut item.delete,
                "PUT" => &mut item.put,
                _ => &mut item.patch,
            };
            if let Some(operation) = operation {
                operation.security = Some(vec![SecurityRequirement::default()]);
            }
        }
    }
}
