//! The fields of a contact.

use serde_json::{Value, json};

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// API name.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// string, email, phone, boolean, picklist, double, date, datetime, ...
    pub kind: String,
    /// Most characters.
    pub length: usize,
    /// Can be written.
    pub writable: bool,
    /// Holds each value once.
    pub unique: bool,
    /// Records can be upserted by it.
    pub external: bool,
    /// Values of a list.
    pub options: Vec<String>,
    /// The list takes no others.
    pub restricted: bool,
}

impl Field {
    /// A text field as somebody plans it over the Metadata or Tooling API: `label`, `length`, `unique`, `externalId`.
    pub fn made(name: &str, plan: &Value) -> Self {
        Self {
            name: name.to_owned(),
            label: plan["label"].as_str().unwrap_or_default().to_owned(),
            kind: "string".into(),
            length: plan["length"].as_u64().unwrap_or(255) as usize,
            writable: true,
            unique: plan["unique"] == true,
            external: plan["externalId"] == true,
            options: Vec::new(),
            restricted: false,
        }
    }
}

/// Those that exist at first: name, label, type, length, writable.
const OWN: [(&str, &str, &str, usize, bool); 26] = [
    ("Id", "Contact ID", "id", 18, false),
    ("IsDeleted", "Deleted", "boolean", 0, false),
    ("MasterRecordId", "Master Record ID", "reference", 18, false),
    ("AccountId", "Account ID", "reference", 18, true),
    ("LastName", "Last Name", "string", 80, true),
    ("FirstName", "First Name", "string", 40, true),
    ("Name", "Full Name", "string", 121, false),
    ("MailingCity", "Mailing City", "string", 40, true),
    ("MailingCountry", "Mailing Country", "string", 80, true),
    ("MailingAddress", "Mailing Address", "address", 0, false),
    ("Phone", "Business Phone", "phone", 40, true),
    ("MobilePhone", "Mobile Phone", "phone", 40, true),
    ("HomePhone", "Home Phone", "phone", 40, true),
    ("OtherPhone", "Other Phone", "phone", 40, true),
    ("Email", "Email", "email", 80, true),
    ("Title", "Title", "string", 128, true),
    ("Department", "Department", "string", 80, true),
    ("LeadSource", "Lead Source", "picklist", 255, true),
    ("Birthdate", "Birthdate", "date", 0, true),
    ("Description", "Contact Description", "textarea", 32_000, true),
    ("DoNotCall", "Do Not Call", "boolean", 0, true),
    ("OwnerId", "Owner ID", "reference", 18, true),
    ("CreatedDate", "Created Date", "datetime", 0, false),
    ("LastModifiedDate", "Last Modified Date", "datetime", 0, false),
    ("SystemModstamp", "System Modstamp", "datetime", 0, false),
    ("Orders__c", "Orders", "double", 0, true),
];

/// The fields at start.
pub fn start() -> Vec<Field> {
    let own = |(name, label, kind, length, writable): &(&str, &str, &str, usize, bool)| Field {
        name: (*name).into(),
        label: (*label).into(),
        kind: (*kind).into(),
        length: *length,
        writable: *writable,
        unique: false,
        external: false,
        options: if *name == "LeadSource" { vec!["Web".into(), "WhatsApp".into()] } else { Vec::new() },
        restricted: false,
    };
    let mut all: Vec<Field> = OWN.iter().map(own).collect();
    for (name, label, kind) in [("Level__c", "Level", "picklist"), ("Languages__c", "Languages", "multipicklist")] {
        let options = if kind == "picklist" { ["Bronze", "Gold"] } else { ["English", "German"] };
        all.push(Field {
            name: name.into(),
            label: label.into(),
            kind: kind.into(),
            length: 255,
            writable: true,
            unique: false,
            external: false,
            options: options.map(str::to_owned).to_vec(),
            restricted: true,
        });
    }
    all
}

impl Field {
    /// As `describe` shows it.
    pub fn view(&self) -> Value {
        let custom = self.name.ends_with("__c");
        json!({
            "name": self.name, "label": self.label, "type": self.kind, "length": self.length,
            "updateable": self.writable, "createable": self.writable, "nillable": self.name != "LastName",
            "unique": self.unique, "externalId": self.external, "idLookup": self.external || self.name == "Id",
            "custom": custom, "calculated": false, "caseSensitive": false, "filterable": true, "sortable": true,
            "restrictedPicklist": self.restricted, "nameField": self.name == "Name",
            "referenceTo": if self.kind == "reference" { json!(["Contact"]) } else { json!([]) },
            "soapType": "xsd:string", "defaultedOnCreate": false,
            "picklistValues": self.options.iter().map(|value| json!({
                "label": value, "value": value, "active": true, "defaultValue": false })).collect::<Vec<_>>(),
        })
    }
}
