//! The cookie of a browser whose person practises: which room they are in. It opens nothing by itself; who they are and
//! whether they were let in is asked with every request.

use crate::http::api::session::cookies::{SetCookie, set};

/// The cookie.
pub const PRACTICE_COOKIE: &str = "rapport_practice";
/// Whoever comes back after this is at home again, seconds.
const SECONDS: i64 = 86_400;

/// The person is in this room from now on.
#[must_use]
pub fn inside(room: uuid::Uuid, https: bool) -> SetCookie {
    set(PRACTICE_COOKIE, &room.to_string(), SECONDS, https)
}

/// The person is at home again.
#[must_use]
pub fn outside(https: bool) -> SetCookie {
    set(PRACTICE_COOKIE, "", 0, https)
}
