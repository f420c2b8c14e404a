//! What the simulation must know of a kind of CRM: how its stand-in's control shows contacts and takes what a person
//! does there. One row a kind; everything else is the same for all.

use super::person::{Field, Person};
use serde_json::{Value, json};

/// A kind of CRM.
pub struct Stand {
    /// As the product's list of connectors calls it; also the first part of its paths.
    pub kind: &'static str,
    /// Names and values.
    pub credentials: &'static [(&'static str, &'static str)],
    /// Where the control shows its contacts and takes new ones; an id follows for one of them.
    pub contacts: &'static str,
    /// Where the values stand in a contact as the control shows it; empty = in the contact itself.
    inside: &'static str,
    /// One field for the whole name, or first and last.
    names: &'static [&'static str],
    phone: &'static str,
    email: &'static str,
    /// Its field for [`Person::city`]; what stands before a dot holds it.
    pub city: &'static str,
    key: &'static str,
    /// Whether a contact as shown is neither deleted nor merged away.
    alive: fn(&Value) -> bool,
    /// What joins the second contact into the first.
    pub merge: fn(&str, &str) -> Call,
    /// Fields that a person there edits one by one.
    pub edits: &'static [Field],
    /// Fields that a person there may empty.
    pub empties: &'static [Field],
    /// Where webhooks are switched on at the control, and with which secret beside the address.
    pub hooks: Option<(&'static str, &'static str, &'static str)>,
    /// Limits of the stand-in that say how long changes stay unseen.
    pub lags: &'static [&'static str],
}

/// A contact over there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// Its id.
    pub id: String,
    /// Neither deleted nor merged away.
    pub alive: bool,
    /// The key that leads to ours.
    pub key: String,
    /// What it says.
    pub person: Person,
}

/// A call to the stand-in.
pub struct Call {
    /// Method.
    pub method: &'static str,
    /// Path.
    pub path: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Value,
}

/// Calls that write no record although their method is not GET: part of the path.
pub const READS: [&str; 5] = ["/search", "/batch/read", "/coql", "oauth", "/actions/watch"];
/// What some kinds call who has no name, beside the number.
const UNNAMED: [&str; 2] = ["WhatsApp customer", "-"];

/// Those that can be simulated.
pub const STANDS: &[Stand] = &[
    Stand {
        kind: "hubspot",
        credentials: &[("access_token", "pat-one"), ("client_secret", "hook-secret")],
        contacts: "/_sandbox/hubspot/contacts",
        inside: "properties",
        names: &["firstname", "lastname"],
        phone: "phone",
        email: "email",
        city: "city",
        key: "rapport_contact_id",
        alive: not_archived,
        merge: |winner, loser| Call {
            headers: vec![("authorization".to_owned(), "Bearer pat-person".to_owned())],
            body: json!({ "primaryObjectId": winner, "objectIdToMerge": loser }),
            ..control("/hubspot/crm/v3/objects/contacts/merge".to_owned())
        },
        edits: &Field::ALL,
        empties: &[Field::Name, Field::Email, Field::City],
        hooks: Some(("/_sandbox/hubspot/webhooks", "client_secret", "hook-secret")),
        lags: &["index_lag_ms"],
    },
    Stand {
        kind: "zendesk",
        credentials: &[("email", "agent@shop.example"), ("api_token", "zd-one"), ("signing_secret", "hook-secret")],
        contacts: "/_sandbox/zendesk/users",
        inside: "",
        names: &["name"],
        phone: "phone",
        email: "email",
        city: "user_fields.city",
        key: "external_id",
        alive: |user| user["active"] == true && user["role"] == "end-user",
        merge: |winner, loser| control(format!("/_sandbox/zendesk/users/{loser}/merge_into/{winner}")),
        // An address is added there, never changed.
        edits: &[Field::Name, Field::Phone, Field::City],
        empties: &[Field::City],
        hooks: Some(("/_sandbox/zendesk/webhooks", "signing_secret", "hook-secret")),
        lags: &["index_lag_ms", "export_lag_ms"],
    },
    Stand {
        kind: "salesforce",
        credentials: &[("client_id", "sf-client"), ("client_secret", "sf-secret"), ("refresh_token", "sf-refresh-one")],
        contacts: "/_sandbox/salesforce/contacts",
        inside: "",
        names: &["FirstName", "LastName"],
        phone: "MobilePhone",
        email: "Email",
        city: "MailingCity",
        key: "Rapport_Id__c",
        alive: not_archived,
        merge: |winner, loser| control(format!("/_sandbox/salesforce/contacts/{loser}/merge_into/{winner}")),
        edits: &Field::ALL,
        empties: &[Field::Email, Field::City],
        // Its changes come over a stream that is no web call.
        hooks: None,
        lags: &["index_lag_ms"],
    },
    Stand {
        kind: "zoho",
        credentials: &[
            ("client_id", "1000.sandbox"),
            ("client_secret", "zoho-secret"),
            ("refresh_token", "1000.refresh-one"),
            ("hook_token", "hook-secret"),
        ],
        contacts: "/_sandbox/zoho/contacts",
        inside: "",
        names: &["First_Name", "Last_Name"],
        phone: "Mobile",
        email: "Email",
        city: "Mailing_City",
        key: "Rapport_Contact_ID",
        // Who is gone is not shown.
        alive: |_| true,
        merge: |winner, loser| control(format!("/_sandbox/zoho/contacts/{loser}/merge_into/{winner}")),
        edits: &Field::ALL,
        empties: &[Field::Email, Field::City],
        // The product asks for them itself.
        hooks: None,
        lags: &["index_lag_ms"],
    },
    Stand {
        kind: "freshdesk",
        credentials: &[("api_key", "fd-one")],
        contacts: "/_sandbox/freshdesk/contacts",
        inside: "",
        names: &["name"],
        phone: "mobile",
        email: "email",
        city: "custom_fields.city",
        key: "unique_external_id",
        alive: not_archived,
        merge: |winner, loser| control(format!("/_sandbox/freshdesk/contacts/{loser}/merge_into/{winner}")),
        edits: &[Field::Name, Field::Phone, Field::City],
        empties: &[Field::City],
        // It tells of tickets only.
        hooks: None,
        lags: &["index_lag_ms"],
    },
    Stand {
        kind: "intercom",
        credentials: &[("access_token", "ic-one"), ("client_secret", "hook-secret")],
        contacts: "/_sandbox/intercom/contacts",
        inside: "",
        names: &["name"],
        phone: "phone",
        email: "email",
        city: "custom_attributes.city",
        key: "external_id",
        alive: not_archived,
        merge: |winner, loser| control(format!("/_sandbox/intercom/contacts/{loser}/merge_into/{winner}")),
        edits: &[Field::Name, Field::Phone, Field::City],
        empties: &[Field::City],
        hooks: Some(("/_sandbox/intercom/webhooks", "client_secret", "hook-secret")),
        lags: &["index_lag_ms"],
    },
    Stand {
        kind: "rest",
        credentials: &[("token", "own-key"), ("hook_secret", "hook-secret")],
        contacts: "/_sandbox/rest/flat/contacts",
        inside: "",
        names: &["name"],
        phone: "phone",
        email: "email",
        city: "city",
        key: "key",
        alive: not_archived,
        merge: |winner, loser| control(format!("/_sandbox/rest/flat/contacts/{loser}/merge_into/{winner}")),
        edits: &Field::ALL,
        empties: &[Field::Name, Field::Email, Field::City],
        hooks: Some(("/_sandbox/rest/webhooks", "hook_secret", "hook-secret")),
        lags: &[],
    },
    Stand {
        kind: "rest",
        credentials: &[("client_id", "own-client"), ("client_secret", "own-secret"), ("hook_secret", "hook-secret")],
        contacts: "/_sandbox/rest/nested/contacts",
        inside: "",
        names: &["name"],
        phone: "phone",
        email: "email",
        city: "profile.city",
        key: "key",
        alive: not_archived,
        merge: |winner, loser| control(format!("/_sandbox/rest/nested/contacts/{loser}/merge_into/{winner}")),
        edits: &Field::ALL,
        empties: &[Field::Name, Field::Email, Field::City],
        hooks: Some(("/_sandbox/rest/webhooks", "hook_secret", "hook-secret")),
        lags: &[],
    },
];

/// The row of a kind, or of one make of it.
#[cfg(test)]
pub fn stand(name: &str) -> Option<&'static Stand> {
    STANDS.iter().find(|stand| stand.kind == name || stand.name() == name)
}

impl Stand {
    /// Which of the CRMs that their owners describe it is.
    fn make(&self) -> Option<&'static str> {
        self.contacts.strip_prefix("/_sandbox/rest/")?.split('/').next()
    }

    /// What it is called: its kind, and the make where there are several.
    pub fn name(&self) -> String {
        self.make().map_or_else(|| self.kind.to_owned(), |make| format!("{}-{make}", self.kind))
    }

    /// What its owner says of it, where that must be said.
    pub fn description(&self) -> Option<Value> {
        self.make().and_then(rapport_sandbox::Make::parse).map(rapport_sandbox::Make::description)
    }

    /// A contact as the control shows it.
    pub fn read(&self, record: &Value) -> There {
        let values = if self.inside.is_empty() { record } else { &record[self.inside] };
        let of = |path: &str| text(path.split('.').fold(values, |value, part| &value[part]));
        let phone = of(self.phone);
        let parts: Vec<String> = self.names.iter().map(|name| named(of(name), &phone)).collect();
        let person = Person { name: parts.join(" "), phone, email: of(self.email), city: of(self.city) };
        There { id: text(&record["id"]), alive: (self.alive)(record), key: of(self.key), person }
    }

    /// What the control is told to change.
    pub fn write(&self, fields: &[(Field, String)]) -> Value {
        let mut body = json!({});
        for (field, value) in fields {
            match field {
                Field::Name if self.names.len() == 2 => {
                    let (first, last) = value.trim().split_once(' ').unwrap_or(("", value.trim()));
                    put(&mut body, self.names[0], first);
                    put(&mut body, self.names[1], last);
                }
                Field::Name => put(&mut body, self.names[0], value),
                Field::Phone => put(&mut body, self.phone, value),
                Field::Email => put(&mut body, self.email, value),
                Field::City => put(&mut body, self.city, value),
            }
        }
        body
    }
}

fn put(body: &mut Value, path: &str, value: &str) {
    match path.split_once('.') {
        Some((outer, inner)) => body[outer] = json!({ inner: value.trim() }),
        None => body[path] = value.trim().into(),
    }
}

/// A name, unless something only stands in its place.
fn named(name: String, phone: &str) -> String {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_number = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit() || "+-() ./".contains(c));
    if UNNAMED.contains(&name.as_str()) || (is_number && digits(&name) == digits(phone)) { String::new() } else { name }
}

fn not_archived(record: &Value) -> bool {
    record["archived"] != true
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn control(path: String) -> Call {
    Call { method: "POST", path, headers: Vec::new(), body: json!({}) }
}
