//! Where HubSpot's API is and how a call to it looks.

use super::error::read_error;
use crate::crm::CrmError;
use crate::crm::answer::{self, odd, text};
use crate::http::{Method, Request, Response, percent};
use crate::secret::Secret;
use serde_json::Value;

/// HubSpot's own address.
pub const DEFAULT_BASE: &str = "https://api.hubapi.com";

/// The version part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// Numbered: `/crm/v3/objects/contacts`.
    Numbered(String),
    /// Dated: `/crm/objects/2026-03/contacts`.
    Dated(String),
}

impl Version {
    /// Reads `v3` or `2026-03`; anything beginning with `v` is numbered.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.starts_with('v') { Self::Numbered(text.to_owned()) } else { Self::Dated(text.to_owned()) }
    }

    /// `/{product}/v3/{area}` or `/{product}/{area}/2026-03`.
    fn path(&self, product: &str, area: &str) -> String {
        match self {
            Self::Numbered(version) => format!("/{product}/{version}/{area}"),
            Self::Dated(version) => format!("/{product}/{area}/{version}"),
        }
    }
}

/// Versions per area; bodies are the same for the calls we make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// CRM objects and their search.
    pub objects: Version,
    /// Property definitions.
    pub properties: Version,
    /// Account details. A dated version stands before the page: `/account-info/2026-03/details`.
    pub account: String,
}

impl Default for Versions {
    fn default() -> Self {
        let v3 = || Version::Numbered("v3".to_owned());
        Self { objects: v3(), properties: v3(), account: "v3".to_owned() }
    }
}

/// Access to one HubSpot account.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
    token: Secret,
    versions: Versions,
}

impl Api {
    /// An access; `base_url` is [`DEFAULT_BASE`] but for stand-ins.
    #[must_use]
    pub fn new(base_url: &str, token: Secret, versions: Versions) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), token, versions }
    }

    /// A call to the objects area: `rest` follows `contacts` and begins with `/` or `?` or is empty.
    pub(super) fn objects(&self, operation: &'static str, method: Method, kind: &str, rest: &str) -> Request {
        let area = self.versions.objects.path("crm", "objects");
        self.call(operation, method, &format!("{area}/{}{rest}", percent(kind)))
    }

    /// A call to the property definitions of an object kind.
    pub(super) fn properties(&self, operation: &'static str, method: Method, kind: &str, rest: &str) -> Request {
        let area = self.versions.properties.path("crm", "properties");
        self.call(operation, method, &format!("{area}/{}{rest}", percent(kind)))
    }

    /// A call to the pipelines of an object kind.
    pub(super) fn pipelines(&self, kind: &str) -> Request {
        let area = self.versions.properties.path("crm", "pipelines");
        self.call("pipelines", Method::Get, &format!("{area}/{}", percent(kind)))
    }

    /// Associates a record with a contact, in the way that needs no type. Harmless to repeat.
    pub(super) fn associate(&self, kind: &str, id: &str, person: &str) -> Request {
        let (kind, id, person) = (percent(kind), percent(id), percent(person));
        let path = format!("/crm/v4/objects/{kind}/{id}/associations/default/contacts/{person}");
        self.call("associate", Method::Put, &path)
    }

    /// Asks for the account's details: the cheapest way to check a token.
    #[must_use]
    pub fn account(&self) -> Request {
        self.call("account", Method::Get, &format!("/account-info/{}/details", self.versions.account))
    }

    fn call(&self, operation: &'static str, method: Method, path: &str) -> Request {
        Request::new("hubspot", operation, method, format!("{}{path}", self.base_url)).with_bearer(&self.token)
    }
}

/// The account a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Tenant key.
    pub portal_id: String,
    /// STANDARD, SANDBOX, DEVELOPER_TEST, ...
    pub kind: Option<String>,
    /// For links to records, for example `app.hubspot.com`.
    pub ui_domain: Option<String>,
    /// Time zone name.
    pub time_zone: Option<String>,
    /// Currency of amounts.
    pub currency: Option<String>,
}

impl Account {
    /// The page of a contact.
    #[must_use]
    pub fn contact_url(&self, id: &str) -> String {
        let domain = self.ui_domain.as_deref().unwrap_or("app.hubspot.com");
        format!("https://{domain}/contacts/{}/record/0-1/{}", percent(&self.portal_id), percent(id))
    }
}

/// Reads the answer to [`Api::account`].
///
/// # Errors
/// [`CrmError`]; `AuthExpired` when the token is not accepted.
pub fn read_account(response: &Response) -> Result<Account, CrmError> {
    let body = read(response)?;
    Ok(Account {
        portal_id: text(&body["portalId"]).ok_or_else(|| odd(response, "no portalId"))?,
        kind: text(&body["accountType"]),
        ui_domain: text(&body["uiDomain"]),
        time_zone: text(&body["timeZone"]),
        currency: text(&body["companyCurrency"]),
    })
}

/// Reads a 2xx answer as JSON.
pub(super) fn read(response: &Response) -> Result<Value, CrmError> {
    answer::read(response, read_error)
}

/// The `after` cursor of the next page.
pub(super) fn next_after(body: &Value) -> Option<String> {
    text(&body["paging"]["next"]["after"])
}
