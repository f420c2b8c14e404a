//! Orders of the shop, with their parcels.

mod delete;
mod delete_shipment;
mod list;
mod put;
mod put_shipment;
mod read;

use rapport_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The noun's endpoints.
#[must_use]
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(read::read, put::put, delete::delete))
        .routes(routes!(put_shipment::put_shipment, delete_shipment::delete_shipment))
}
