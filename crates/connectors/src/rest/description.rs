//! What a company says of its own CRM: one JSON value, kept with the connection. Paths are those of [`super::path`],
//! addresses stand below the connection's own and have holes ([`super::template`]). Whether it makes sense is said by
//! [`Description::problems`].

use super::template::TimeForm;
use crate::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Largest description as JSON, bytes.
pub const MOST_BYTES: usize = 32 * 1024;

/// A company's own CRM.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Description {
    /// How calls are authorised.
    pub auth: Auth,
    /// Where things stand in a contact's record.
    pub record: Shape,
    /// Which contacts changed.
    pub list: Listing,
    /// One contact; hole `id`.
    pub read: Reading,
    /// Which contact is it?
    pub find: Finding,
    /// Making a contact.
    pub create: Writing,
    /// Changing a contact; hole `id`.
    pub update: Writing,
    /// Fields that are known, beside those that a look at records finds.
    pub fields: Vec<Known>,
    /// How often it may be asked, and how exact its clock is.
    pub limits: Limits,
    /// Where refusals say what is wrong.
    pub errors: Errors,
    /// What it tells of itself.
    pub hook: Hook,
}

/// How a call says who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthBy {
    /// Not at all.
    None,
    /// `Authorization: Bearer` and the credential `token`.
    #[default]
    Bearer,
    /// The credential `token` in a header.
    Header,
    /// The credential `token` in the query.
    Query,
    /// User name and password.
    Basic,
    /// OAuth 2 client credentials.
    Oauth,
}

/// How calls are authorised.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Which way.
    pub by: AuthBy,
    /// Of the header, or of the value in the query.
    pub name: String,
    /// Where tokens are given out: below the connection's address, or an https address of its own.
    pub token_url: String,
    /// What a token is asked for; may be empty.
    pub scope: String,
}

/// What a field that is emptied is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emptied {
    /// `null`.
    #[default]
    Null,
    /// `""`.
    Text,
}

/// Where things stand in a contact's record. Paths.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shape {
    /// Its id.
    pub id: String,
    /// When it last changed: ISO 8601, or seconds or milliseconds since 1970.
    pub modified: String,
    /// Tells that it is deleted, by anything but null, false, 0 and nothing.
    pub deleted: String,
    /// A text field that is Rapport's alone and keeps its id of the contact.
    pub key: String,
    /// The name.
    pub name: String,
    /// The main e-mail address.
    pub email: String,
    /// Telephone numbers; the first one is the contact's own.
    pub phones: Vec<String>,
    /// Begins the address of a record's page for people; the id follows.
    pub page: String,
    /// A field that is not in a record is empty; otherwise nothing is known of it.
    pub absent_is_empty: bool,
    /// What a field that is emptied is written as.
    pub emptied: Emptied,
}

/// How a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pages {
    /// It does not.
    None,
    /// By the number of the page; hole `page`.
    #[default]
    Page,
    /// By how many records were read; hole `offset`.
    Offset,
    /// By what stands at `next`: hole `cursor`, or the next address.
    Cursor,
    /// By the `Link` header with `rel="next"`.
    Link,
}

/// Which contacts changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listing {
    /// Holes `since`, `limit`, and what [`Pages`] needs.
    pub url: String,
    /// How `since` is written.
    pub since_as: TimeForm,
    /// How it goes on.
    pub pages: Pages,
    /// The number of the first page.
    pub first: u32,
    /// Records a page.
    pub limit: u32,
    /// Path of the list in the answer.
    pub items: String,
    /// Path of the record in an item.
    pub record: String,
    /// Path of the cursor; with pages and offsets, of what tells that there is more.
    pub next: String,
    /// Those that changed first come first.
    pub ordered: bool,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            url: String::new(),
            since_as: TimeForm::default(),
            pages: Pages::default(),
            first: 1,
            limit: 100,
            items: String::new(),
            record: String::new(),
            next: String::new(),
            ordered: false,
        }
    }
}

/// One contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// Hole `id`.
    pub url: String,
    /// Path of the record in the answer.
    pub record: String,
}

/// Which contact is it? Hole `value`; for numbers also `digits`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Finding {
    /// By Rapport's id.
    pub key: String,
    /// By e-mail address.
    pub email: String,
    /// By telephone number.
    pub phone: String,
    /// Path of the list in the answer.
    pub items: String,
    /// Path of the record in an item.
    pub record: String,
}

/// The method of a writing call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Verb {
    #[default]
    Post,
    Put,
    Patch,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Post => Self::Post,
            Verb::Put => Self::Put,
            Verb::Patch => Self::Patch,
        }
    }
}

/// Making or changing a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Writing {
    /// The method.
    pub method: Verb,
    /// The address; hole `id` where a contact is changed.
    pub url: String,
    /// What is always sent.
    pub body: Map<String, Value>,
    /// Where the record stands in what is sent.
    pub at: String,
    /// Path of the record in the answer.
    pub record: String,
    /// The whole record is sent, not only what changed: it is read first.
    pub whole: bool,
    /// The header by which a call that is made twice is known.
    pub idempotency_header: String,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum FieldKind {
    #[default]
    Text,
    Number,
    Bool,
    Date,
    Datetime,
    Phone,
    /// One of some values.
    Choice,
    /// A list of values.
    Choices,
}

/// A field that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Known {
    /// Where it stands in the record.
    pub path: String,
    /// Its name for people.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// It cannot be written.
    pub read_only: bool,
    /// The values it may hold; empty = any.
    pub options: Vec<String>,
}

/// How often it may be asked, and how exact its clock is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls a second.
    pub per_second: f64,
    /// Calls in any 24 hours; 0 = as many as `per_second` allows.
    pub per_day: u32,
    /// HTTP statuses that mean: try later.
    pub later: Vec<u16>,
    /// The header that says how long to wait: seconds, or the moment in seconds since 1970.
    pub wait_header: String,
    /// Path of the same in the answer.
    pub wait_path: String,
    /// The finest step of its clock, ms.
    pub clock_ms: u32,
    /// How far the list of changes may be behind, seconds.
    pub behind_s: u32,
    /// Time between two looks for changes, seconds.
    pub look_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: 5.0,
            per_day: 0,
            later: vec![429],
            wait_header: "Retry-After".to_owned(),
            wait_path: String::new(),
            clock_ms: 1_000,
            behind_s: 120,
            look_s: 30,
        }
    }
}

/// Where refusals say what is wrong. Paths.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Errors {
    /// The sentence for people.
    pub message: String,
    /// What is wrong with fields: an object by field, or a list.
    pub fields: String,
    /// The field's name in an element of that list.
    pub field: String,
    /// What is wrong with it, there.
    pub reason: String,
    /// Tells in an answer of status 200 that it is a refusal.
    pub failed: String,
    /// The id of the record that is there already.
    pub existing: String,
}

/// How a webhook proves where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// There is none: deliveries are refused.
    #[default]
    None,
    /// A header that holds the secret.
    Secret,
    /// A header that holds HMAC-SHA256 of the body.
    Hmac,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Encoding {
    #[default]
    Hex,
    Base64,
}

/// What it tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hook {
    /// How it proves where it comes from.
    pub proof: Proof,
    /// In which header.
    pub header: String,
    /// What stands before the signature, as `sha256=`.
    pub prefix: String,
    /// How the signature is written.
    pub encoding: Encoding,
    /// Path of the id, or of a list.
    pub ids: String,
    /// Path of the id in an element of that list.
    pub each: String,
}

impl Description {
    /// Reads a description.
    ///
    /// # Errors
    /// What is wrong, for people: too large, a name that is not known, a value of another kind.
    pub fn read(json: &Value) -> Result<Self, String> {
        let size = json.to_string().len();
        if size > MOST_BYTES {
            return Err(format!("has {size} bytes; at most {MOST_BYTES} are taken"));
        }
        serde_json::from_value(json.clone()).map_err(|error| error.to_string())
    }

    /// The credentials that its way of signing in needs.
    #[must_use]
    pub fn needs(&self) -> &'static [&'static str] {
        match self.auth.by {
            AuthBy::None => &[],
            AuthBy::Bearer | AuthBy::Header | AuthBy::Query => &["token"],
            AuthBy::Basic => &["username", "password"],
            AuthBy::Oauth => &["client_id", "client_secret"],
        }
    }

    /// What a path holds, where that was said.
    pub(super) fn kind(&self, path: &str) -> Option<FieldKind> {
        self.fields.iter().find(|field| field.path == path).map(|field| field.kind)
    }
}
