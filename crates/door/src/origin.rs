//! Whether a page of another site sent a request: what the browser itself says about it, which no page can change.

use axum::http::{HeaderMap, Uri, header};

/// Whether a browser says that a page of another site made this request. Programs say nothing of the kind.
///
/// Newer browsers say it outright (`Sec-Fetch-Site`); older ones name the page's origin, which must be the address the
/// request was sent to, or the one people know this installation by.
#[must_use]
pub fn is_foreign(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return false,
        Some("cross-site" | "same-site") => return true,
        _ => {}
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    let own = [text(header::HOST.as_str()).map(str::to_owned), authority(public_url)];
    match authority(origin) {
        Some(theirs) => !own.iter().flatten().any(|ours| ours.eq_ignore_ascii_case(&theirs)),
        // `null`: a sandboxed frame, a file, a redirect between sites.
        None => true,
    }
}

/// Host and port of an address.
fn authority(url: &str) -> Option<String> {
    url.parse::<Uri>().ok()?.authority().map(|authority| authority.as_str().to_owned()).filter(|_| url.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_tell_where_a_request_comes_from() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            is_foreign(&headers, "https://desk.example/")
        };
        for (pairs, expected) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("origin", "https://desk.example"), ("host", "10.0.0.1:8080")], false),
            (&[("origin", "http://10.0.0.1:8080"), ("host", "10.0.0.1:8080")], false),
            (&[("origin", "https://desk.example.evil.example"), ("host", "desk.example")], true),
            (&[("origin", "https://desk.example:444"), ("host", "desk.example")], true),
            (&[("origin", "null"), ("host", "desk.example")], true),
            (&[("origin", ""), ("host", "desk.example")], true),
            // What the browser says outright counts more: a proxy may have changed the host.
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://other.example"), ("host", "a")], false),
        ] {
            assert_eq!(foreign(pairs), expected, "{pairs:?}");
        }
    }
}
