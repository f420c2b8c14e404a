//! Where an org's API is, whose it is, and which fields a contact has.

use super::error::read_error;
use crate::crm::answer::{self, list, odd, text};
use crate::crm::{CrmError, Property};
use crate::http::{Method, Request, Response};
use serde_json::Value;

/// The version of the API, in the paths of all calls.
pub const DATA: &str = "/services/data/v59.0";
/// The object kind.
pub const OBJECT: &str = "Contact";

/// Access to one org; whoever makes the calls authorises them.
#[derive(Debug, Clone)]
pub struct Api {
    base_url: String,
}

impl Api {
    /// An access; `base_url` is the org's own address, or that of the sign-in where the token tells the org's.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned() }
    }

    /// A call; `path` follows the API's version.
    pub(super) fn call(&self, operation: &'static str, method: Method, path: &str) -> Request {
        Request::new("salesforce", operation, method, format!("{}{DATA}{path}", self.base_url))
    }

    /// The next batch of a query's answer, by the path that the one before told.
    pub(super) fn more(&self, path: &str) -> Request {
        Request::new("salesforce", "query_more", Method::Get, format!("{}{path}", self.base_url))
    }

    /// Asks what this API offers, and to whom.
    #[must_use]
    pub fn resources(&self) -> Request {
        self.call("resources", Method::Get, "")
    }

    /// Asks which fields a contact has, as the user sees them.
    #[must_use]
    pub fn describe(&self) -> Request {
        self.describe_object(OBJECT)
    }

    /// Asks which fields an object has, as the user sees them.
    #[must_use]
    pub fn describe_object(&self, object: &str) -> Request {
        self.call("describe", Method::Get, &format!("/sobjects/{object}/describe"))
    }

    /// Begins the address of a record's page; the id follows.
    #[must_use]
    pub fn record_page(&self) -> String {
        format!("{}/", self.base_url)
    }
}

/// Who calls, and whose data it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The org's id.
    pub org: String,
    /// The user's id.
    pub user: String,
}

/// Reads the answer to [`Api::resources`]: the address of the caller's identity ends with both ids.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_identity(response: &Response) -> Result<Identity, CrmError> {
    let body = read(response)?;
    let mut parts = body["identity"].as_str().unwrap_or_default().rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(user), Some(org)) if is_id(user) && is_id(org) => {
            Ok(Identity { org: org.to_owned(), user: user.to_owned() })
        }
        _ => Err(odd(response, "no identity")),
    }
}

/// Reads the answer to [`Api::describe`]. Fields made of others (a whole address, a place) are left out: their parts
/// are there too.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_fields(response: &Response) -> Result<Vec<Property>, CrmError> {
    let body = read(response)?;
    if !body["fields"].is_array() {
        return Err(odd(response, "no fields"));
    }
    Ok(list(&body["fields"]).iter().filter_map(property).collect())
}

fn property(field: &Value) -> Option<Property> {
    let name = text(&field["name"])?;
    let kind = text(&field["type"]).unwrap_or_default();
    let told = match kind.as_str() {
        "address" | "location" | "base64" | "anyType" | "complexvalue" => return None,
        "int" | "double" | "currency" | "percent" | "long" => "number",
        "boolean" => "bool",
        "phone" => "phone_number",
        "picklist" | "multipicklist" => "enumeration",
        "date" => "date",
        "datetime" => "datetime",
        _ => "string",
    };
    let options = list(&field["picklistValues"]).iter().filter(|value| value["active"] != false);
    Some(Property {
        label: text(&field["label"]).unwrap_or_else(|| name.clone()),
        // Another record's id cannot be told from text.
        read_only: field["updateable"] != true || field["createable"] != true || kind == "reference",
        // What finds a record must be both: unique, and known as a key from outside.
        unique: field["unique"] == true && field["externalId"] == true,
        options: options.filter_map(|value| text(&value["value"])).collect(),
        kind: told.to_owned(),
        name,
    })
}

/// Reads a 2xx answer as JSON.
pub(super) fn read(response: &Response) -> Result<Value, CrmError> {
    answer::read(response, read_error)
}

/// Whether this can be a record's id: 15 or 18 letters and digits.
#[must_use]
pub fn is_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
