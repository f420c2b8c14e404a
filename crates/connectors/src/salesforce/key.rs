//! The field of our key: looked at, and made where the user may.
//!
//! A new field is shown to nobody until a profile or permission set says so; that is why a permission set of our own
//! comes with it, given to the user that calls.

use super::api::{Api, OBJECT, read};
use super::contacts::KEY;
use super::soql::quote;
use crate::crm::answer::{list, text};
use crate::crm::{CrmError, ErrorClass, KeyState, Property};
use crate::http::{Method, Request, Response, percent};
use serde_json::{Value, json};

/// The category of a refusal to make the field.
pub const CATEGORY: &str = "key_field";
/// The permission set's name.
const SET: &str = "Rapport";

/// How the field stands, by the contact's fields.
#[must_use]
pub fn state(fields: &[Property]) -> KeyState {
    match fields.iter().find(|field| field.name == KEY) {
        None => KeyState::Missing,
        Some(field) if field.unique => KeyState::Ready,
        Some(_) => KeyState::NotUnique,
    }
}

/// Makes the field.
#[must_use]
pub fn create_field(api: &Api) -> Request {
    create_key(api, OBJECT, "By this, Rapport knows the contact. It is written by Rapport alone.")
}

/// Makes the field of our key on an object.
#[must_use]
pub fn create_key(api: &Api, object: &str, description: &str) -> Request {
    create_own(
        api,
        &format!("{object}.{KEY}"),
        &json!({
            "label": "Rapport ID",
            "type": "Text",
            "length": 64,
            "externalId": true,
            "unique": true,
            "caseSensitive": false,
            "description": description,
        }),
    )
}

/// Makes a field of ours; `full` is `object.field`.
#[must_use]
pub fn create_own(api: &Api, full: &str, metadata: &Value) -> Request {
    let field = json!({ "FullName": full, "Metadata": metadata });
    api.call("create_field", Method::Post, "/tooling/sobjects/CustomField").with_json(&field)
}

/// Asks for our permission set.
#[must_use]
pub fn find_set(api: &Api) -> Request {
    let text = format!("SELECT Id FROM PermissionSet WHERE Name = {}", quote(SET));
    api.call("find_set", Method::Get, &format!("/query?q={}", percent(&text)))
}

/// Makes our permission set.
#[must_use]
pub fn create_set(api: &Api) -> Request {
    let set = json!({ "Name": SET, "Label": "Rapport", "Description": "Shows the fields of Rapport." });
    create(api, "create_set", "PermissionSet", &set)
}

/// Lets the set's users read and write a field of an object.
#[must_use]
pub fn permit(api: &Api, set: &str, object: &str, field: &str) -> Request {
    let permission = json!({
        "ParentId": set,
        "SobjectType": object,
        "Field": format!("{object}.{field}"),
        "PermissionsRead": true,
        "PermissionsEdit": true,
    });
    create(api, "permit", "FieldPermissions", &permission)
}

/// Gives the set to a user.
#[must_use]
pub fn assign(api: &Api, set: &str, user: &str) -> Request {
    let assignment = json!({ "PermissionSetId": set, "AssigneeId": user });
    create(api, "assign", "PermissionSetAssignment", &assignment)
}

fn create(api: &Api, operation: &'static str, object: &str, record: &Value) -> Request {
    api.call(operation, Method::Post, &format!("/sobjects/{object}")).with_json(record)
}

/// Reads the answer to [`find_set`]: the set's id.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_set(response: &Response) -> Result<Option<String>, CrmError> {
    let body = read(response).map_err(refused)?;
    Ok(list(&body["records"]).first().and_then(|set| text(&set["Id"])))
}

/// Reads the answer to one of the others: the new record's id; `None` when it was there already.
///
/// # Errors
/// [`CrmError`] of the category [`CATEGORY`] when the user may not, so that a person is told what to do.
pub fn read_made(response: &Response) -> Result<Option<String>, CrmError> {
    match read(response) {
        Ok(body) => Ok(text(&body["id"])),
        Err(error) if error.category.starts_with("DUPLICATE") => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

/// Whatever Salesforce calls it (no such resource, no such field, no right): this user cannot make the field.
fn refused(error: CrmError) -> CrmError {
    match error.class {
        ErrorClass::ForbiddenScope | ErrorClass::NotFound | ErrorClass::Invalid => {
            CrmError { class: ErrorClass::ForbiddenScope, category: CATEGORY.into(), ..error }
        }
        _ => error,
    }
}
