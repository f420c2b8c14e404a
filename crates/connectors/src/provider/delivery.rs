//! A delivery as it came, and what readers of several providers share.

use crate::http::{Method, Request};
use rapport_core::time::Ms;
use std::time::Duration;

/// How long a file may take.
pub(super) const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(300);

/// A delivery as it came.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// Header by lower-case name; `None` when it is missing, there twice, or not readable as text.
    pub headers: &'a (dyn Fn(&str) -> Option<&'a str> + Send + Sync),
    /// The query of the address it came to, raw and without `?`; empty when there is none.
    pub query: &'a str,
    /// The body to the byte.
    pub raw: &'a [u8],
    /// When it came.
    pub at: Ms,
}

impl<'a> Delivery<'a> {
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        (self.headers)(name)
    }

    /// The address it came to, as the provider knows it.
    pub(super) fn url(&self, hook_url: &str) -> String {
        if self.query.is_empty() { hook_url.to_owned() } else { format!("{hook_url}?{}", self.query) }
    }
}

/// Shows sizes only.
impl std::fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("body", &self.raw.len()).finish_non_exhaustive()
    }
}

/// A file at a public address: without credentials.
pub(super) fn plain_download(vendor: &'static str, url: &str) -> Request {
    Request::new(vendor, "media_download", Method::Get, url).with_timeout(DOWNLOAD_TIMEOUT)
}

/// Scheme, host and port are the same.
pub(super) fn same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| reqwest::Url::parse(text).ok().map(|url| url.origin());
    origin(one).is_some_and(|origin_of| origin_of.is_tuple() && Some(origin_of) == origin(other))
}

/// An https address whose host is this domain or below it.
pub(super) fn below(url: &str, domain: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https" && (host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
    })
}

/// Signs the name of a file that is handed out to whoever has the link: lower-case hexadecimal.
#[must_use]
pub fn sign_link(secret: &str, name: &str) -> String {
    hex::encode(crate::sign::hmac_sha256(secret.as_bytes(), &[b"link\0", name.as_bytes()]))
}

/// Whether this signature is [`sign_link`]'s; compared in constant time.
#[must_use]
pub fn link_fits(secret: &str, name: &str, given: &str) -> bool {
    !secret.is_empty() && crate::sign::same(sign_link(secret, name).as_bytes(), given.as_bytes())
}
