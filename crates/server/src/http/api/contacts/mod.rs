//! Contacts: people, what they agreed to, and their conversations.

mod block;
mod consent;
mod consents;
mod conversations;
mod create;
mod duplicates;
mod guard;
mod history;
mod list;
mod merge;
mod merges;
mod open;
mod read;
mod unblock;
mod understanding;
mod update;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read, update::update))
        .routes(routes!(block::block, unblock::unblock))
        .routes(routes!(conversations::conversations, open::open))
        .routes(routes!(consents::consents, consent::consent))
        .routes(routes!(guard::guard))
        .routes(routes!(understanding::understanding))
        .routes(routes!(history::history))
        .routes(routes!(duplicates::duplicates))
        .routes(routes!(merge::merge))
        .routes(routes!(merges::merges))
}
