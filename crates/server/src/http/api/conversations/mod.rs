//! Conversations: the inbox and its threads.

mod add_collaborator;
mod collaborators;
mod counts;
mod list;
mod mark_read;
mod matches;
mod merge;
mod messages;
mod note;
mod read;
mod remove_collaborator;
mod send;
mod split;
mod suggestions;
mod typing;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(counts::counts))
        .routes(routes!(matches::matches))
        .routes(routes!(collaborators::collaborators, add_collaborator::add_collaborator))
        .routes(routes!(remove_collaborator::remove_collaborator))
        .routes(routes!(read::read, update::update))
        .routes(routes!(mark_read::mark_read))
        .routes(routes!(typing::typing))
        .routes(routes!(messages::messages, send::send))
        .routes(routes!(note::note))
        .routes(routes!(split::split))
        .routes(routes!(merge::merge))
        .routes(routes!(suggestions::suggestions))
}
