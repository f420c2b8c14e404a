//! Channels: connected numbers.

mod add_qr_code;
mod calls;
mod check;
mod create;
mod delete;
mod deregister;
mod drop_qr_code;
mod list;
mod profile;
mod qr_codes;
mod read;
mod register;
mod request_code;
mod route;
mod set_profile;
mod set_qr_code;
mod set_route;
mod subscribe;
mod subscription;
mod switch_route;
mod tier;
mod timeline;
mod update;
mod verify_code;

use rapport_app::App;
use rapport_app::doctor::Finding;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Findings {
    /// Worst first.
    pub findings: Vec<Finding>,
}

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read, update::update, delete::delete))
        .routes(routes!(check::check))
        .routes(routes!(timeline::timeline))
        .routes(routes!(tier::tier))
        .routes(routes!(calls::calls))
        .routes(routes!(profile::profile, set_profile::set_profile))
        .routes(routes!(route::route, set_route::set_route))
        .routes(routes!(switch_route::switch_route))
        .routes(routes!(register::register))
        .routes(routes!(deregister::deregister))
        .routes(routes!(request_code::request_code))
        .routes(routes!(verify_code::verify_code))
        .routes(routes!(qr_codes::qr_codes, add_qr_code::add_qr_code))
        .routes(routes!(set_qr_code::set_qr_code, drop_qr_code::drop_qr_code))
        .routes(routes!(subscription::subscription))
        .routes(routes!(subscribe::subscribe))
}
