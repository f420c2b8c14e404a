//! The cookies of a signed-in browser.

use crate::http::caller::{DEVICE_COOKIE, SESSION_COOKIE};
use axum::http::HeaderName;
use axum::http::header::SET_COOKIE;
use rapport_app::auth::session::SESSION_MS;

/// A `Set-Cookie` header, as part of an answer: `AppendHeaders([cookies::session(..)])`.
pub type SetCookie = (HeaderName, String);

/// The session cookie. The server decides when the session ends, so the browser keeps it for as long as it may last
/// at most: a year of sliding on.
#[must_use]
pub fn session(secret: &str, https: bool) -> SetCookie {
    set(SESSION_COOKIE, secret, 26 * SESSION_MS / 1_000, https)
}

/// The cookie of a browser the account has signed in from: a year.
#[must_use]
pub fn device(mark: &str, https: bool) -> SetCookie {
    set(DEVICE_COOKIE, mark, 365 * 86_400, https)
}

/// Makes the browser forget the session.
#[must_use]
pub fn ended(https: bool) -> SetCookie {
    set(SESSION_COOKIE, "", 0, https)
}

/// A cookie that scripts and other sites do not get. The values are base64url or ids, which need no quoting.
pub(crate) fn set(name: &str, value: &str, seconds: i64, https: bool) -> SetCookie {
    let secure = if https { "; Secure" } else { "" };
    (SET_COOKIE, format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
        let (_, plain) = session("abc", false);
        assert_eq!(plain, "rapport_session=abc; Path=/; Max-Age=31449600; HttpOnly; SameSite=Lax");
        assert!(session("abc", true).1.ends_with("; Secure"));
        assert!(ended(true).1.contains("rapport_session=; ") && ended(true).1.contains("Max-Age=0"));
    }
}
