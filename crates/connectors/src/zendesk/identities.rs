//! A user's addresses. An update of a user can only add one: which of them counts is said here.

use super::api::{Api, read};
use crate::crm::CrmError;
use crate::crm::answer::{list, odd, text};
use crate::http::{Method, Request, Response, percent};
use serde_json::{Value, json};

/// An address of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// Of the identity.
    pub id: String,
    /// The address.
    pub value: String,
    /// The one that counts.
    pub primary: bool,
}

/// Asks for a user's identities.
#[must_use]
pub fn list_all(api: &Api, user: &str) -> Request {
    api.call("identities", Method::Get, &format!("/users/{}/identities", percent(user)))
}

/// Gives a user an address. Nobody is written to for its sake.
#[must_use]
pub fn add_email(api: &Api, user: &str, email: &str) -> Request {
    let identity = json!({ "type": "email", "value": email, "verified": true, "skip_verify_email": true });
    api.call("identity_create", Method::Post, &format!("/users/{}/identities", percent(user)))
        .with_json(&json!({ "identity": identity }))
}

/// Makes an address the one that counts.
#[must_use]
pub fn make_primary(api: &Api, user: &str, identity: &str) -> Request {
    let path = format!("/users/{}/identities/{}/make_primary", percent(user), percent(identity));
    api.call("identity_primary", Method::Put, &path)
}

/// Reads the answer to [`list_all`]: the addresses.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_emails(response: &Response) -> Result<Vec<Email>, CrmError> {
    let body = read(response)?;
    if !body["identities"].is_array() {
        return Err(odd(response, "no identities"));
    }
    Ok(list(&body["identities"]).iter().filter_map(email).collect())
}

/// Reads the answer to [`add_email`].
///
/// # Errors
/// [`CrmError`] when refused; an address that is somebody else's is a `Conflict`.
pub fn read_email(response: &Response) -> Result<Email, CrmError> {
    match read(response) {
        Ok(body) => email(&body["identity"]).ok_or_else(|| odd(response, "no identity")),
        Err(mut error) => {
            // It is the identity's value that is refused; to everybody else that is the user's address.
            for field in &mut error.fields {
                field.field = "email".to_owned();
            }
            Err(error)
        }
    }
}

fn email(identity: &Value) -> Option<Email> {
    if identity["type"] != "email" {
        return None;
    }
    Some(Email { id: text(&identity["id"])?, value: text(&identity["value"])?, primary: identity["primary"] == true })
}
