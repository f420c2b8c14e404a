//! The fields of a contact, as the account has them.

use super::error::{Result, ZohoError};
use serde_json::{Value, json};

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its word in the API.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// `text`, `email`, `phone`, `integer`, ...
    pub kind: String,
    /// Most characters.
    pub length: usize,
    /// Holds each value once.
    pub unique: bool,
    /// Made by the account.
    pub custom: bool,
    /// Values of a list.
    pub options: &'static [&'static str],
}

/// Most fields that the account may make.
const MOST: usize = 300;
/// Name, label, kind, length.
const START: [(&str, &str, &str, usize); 24] = [
    ("Owner", "Contact Owner", "ownerlookup", 120),
    ("First_Name", "First Name", "text", 40),
    ("Last_Name", "Last Name", "text", 80),
    ("Full_Name", "Full Name", "text", 80),
    ("Account_Name", "Account Name", "lookup", 120),
    ("Email", "Email", "email", 100),
    ("Secondary_Email", "Secondary Email", "email", 100),
    ("Mobile", "Mobile", "phone", 30),
    ("Phone", "Phone", "phone", 30),
    ("Home_Phone", "Home Phone", "phone", 30),
    ("Other_Phone", "Other Phone", "phone", 30),
    ("Title", "Title", "text", 100),
    ("Lead_Source", "Lead Source", "picklist", 120),
    ("Date_of_Birth", "Date of Birth", "date", 20),
    ("Email_Opt_Out", "Email Opt Out", "boolean", 5),
    ("Description", "Description", "textarea", 32_000),
    ("Mailing_City", "Mailing City", "text", 100),
    ("Mailing_Country", "Mailing Country", "text", 100),
    ("Orders", "Orders", "integer", 9),
    ("Interests", "Interests", "multiselectpicklist", 250),
    ("Created_Time", "Created Time", "datetime", 120),
    ("Modified_Time", "Modified Time", "datetime", 120),
    ("Created_By", "Created By", "ownerlookup", 120),
    ("Modified_By", "Modified By", "ownerlookup", 120),
];
/// Set by Zoho alone.
pub const FIXED: [&str; 5] = ["Full_Name", "Created_Time", "Modified_Time", "Created_By", "Modified_By"];

/// Those that exist at start.
pub fn start(unique_email: bool) -> Vec<Field> {
    let field = |(name, label, kind, length): (&str, &str, &str, usize)| Field {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        length,
        unique: name == "Email" && unique_email,
        custom: matches!(name, "Orders" | "Interests"),
        options: match name {
            "Lead_Source" => &["Advertisement", "Cold Call", "Web Download", "Chat"],
            "Interests" => &["Tea", "Coffee", "Cups"],
            _ => &[],
        },
    };
    START.into_iter().map(field).collect()
}

/// A field as its description shows it.
pub fn view(at: usize, field: &Field) -> Value {
    let fixed = FIXED.contains(&field.name.as_str());
    let option = |(n, value): (usize, &&str)| {
        json!({ "display_value": value, "actual_value": value, "reference_value": value, "sequence_number": n + 1,
                "id": (5_725_767_000_000_200_000_u64 + n as u64).to_string(), "type": "used" })
    };
    let json_type = match field.kind.as_str() {
        "ownerlookup" | "lookup" => "jsonobject",
        "multiselectpicklist" => "jsonarray",
        "integer" => "integer",
        "boolean" => "boolean",
        _ => "string",
    };
    json!({
        "id": (5_725_767_000_000_002_600_u64 + at as u64).to_string(),
        "api_name": field.name,
        "field_label": field.label,
        "display_label": field.label,
        "data_type": field.kind,
        "json_type": json_type,
        "length": field.length,
        "custom_field": field.custom,
        "system_mandatory": field.name == "Last_Name",
        "read_only": fixed,
        "field_read_only": fixed,
        "visible": true,
        "virtual_field": false,
        "webhook": true,
        "unique": if field.unique { json!({ "case_sensitive": false }) } else { json!({}) },
        "operation_type": { "web_update": !fixed, "api_create": !fixed, "web_create": !fixed, "api_update": !fixed },
        "pick_list_values": field.options.iter().enumerate().map(option).collect::<Vec<_>>(),
        "lookup": if field.kind == "lookup" { json!({ "module": { "api_name": "Accounts", "id": "5725767000000002177" },
            "id": "5725767000000002550", "display_label": "Contacts", "api_name": "Contacts" }) } else { json!({}) },
        "multiselectlookup": {}, "currency": {}, "formula": {}, "auto_number": {}, "view_type":
            { "view": true, "edit": !fixed, "quick_create": false, "create": !fixed },
        "created_source": if field.custom { "custom" } else { "default" },
        "decimal_place": null, "tooltip": null, "crypt": null, "external": null, "subform": null,
    })
}

/// Makes the fields that are asked for; answers a row for each.
pub fn create(fields: &mut Vec<Field>, body: &Value) -> Result<Vec<Value>> {
    let given = body["fields"].as_array().filter(|given| (1..=5).contains(&given.len()));
    let details = json!({ "api_name": "fields", "json_path": "$.fields" });
    let given = given.ok_or_else(|| ZohoError::new(400, "MANDATORY_NOT_FOUND", "required field not found", details))?;
    let mut rows = Vec::new();
    for row in given {
        let label = row["field_label"].as_str().unwrap_or_default().trim().to_owned();
        let kind = row["data_type"].as_str().unwrap_or_default().to_owned();
        let details = json!({ "api_name": "field_label", "json_path": "$.fields[0].field_label" });
        if label.is_empty() || label.chars().count() > 25 || kind.is_empty() {
            return Err(ZohoError::new(400, "INVALID_DATA", "invalid data", details));
        }
        // The name is made of the label.
        let name: String = label.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if fields.iter().any(|field| field.name == name) {
            return Err(ZohoError::new(400, "DUPLICATE_DATA", "duplicate data", details));
        }
        if fields.len() >= MOST {
            return Err(ZohoError::new(400, "LIMIT_EXCEEDED", "the limit of custom fields is reached", json!({})));
        }
        let unique = row["unique"] == true || row["unique"].as_object().is_some_and(|how| !how.is_empty());
        let length = row["length"].as_u64().unwrap_or(255) as usize;
        let at = fields.len();
        fields.push(Field { name, label, kind, length, unique, custom: true, options: &[] });
        let id = view(at, &fields[at])["id"].clone();
        rows.push(
            json!({ "code": "SUCCESS", "details": { "id": id }, "message": "field created", "status": "success" }),
        );
    }
    Ok(rows)
}
