//! Object types and their properties.

use crate::clock::iso;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An object type.
pub struct Kind {
    /// `contacts`.
    pub plural: &'static str,
    /// `contact`, as in webhook topics.
    pub singular: &'static str,
    /// `0-1`.
    pub number: &'static str,
    /// Shown when no properties are asked for.
    pub default: &'static [&'static str],
    /// Own properties: (name, type).
    pub own: &'static [(&'static str, &'static str)],
    /// Properties `query` looks into.
    pub searched: &'static [&'static str],
    /// Needed for creation.
    pub needed: &'static [&'static str],
}

/// All object types.
pub const KINDS: &[Kind] = &[
    Kind {
        plural: "contacts",
        singular: "contact",
        number: "0-1",
        default: &["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
        own: &[
            ("email", "string"),
            ("firstname", "string"),
            ("lastname", "string"),
            ("phone", "string"),
            ("mobilephone", "string"),
            ("hs_whatsapp_phone_number", "string"),
            ("company", "string"),
            ("jobtitle", "string"),
            ("website", "string"),
            ("address", "string"),
            ("city", "string"),
            ("state", "string"),
            ("zip", "string"),
            ("country", "string"),
            ("hs_language", "enumeration"),
            ("lifecyclestage", "enumeration"),
            ("hs_lead_status", "enumeration"),
            ("date_of_birth", "string"),
            ("message", "string"),
            ("hs_timezone", "string"),
            ("num_orders", "number"),
            ("salutation", "string"),
        ],
        searched: &["firstname", "lastname", "email", "phone", "mobilephone", "hs_whatsapp_phone_number", "company"],
        needed: &[],
    },
    Kind {
        plural: "companies",
        singular: "company",
        number: "0-2",
        default: &["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
        own: &[
            ("name", "string"),
            ("domain", "string"),
            ("phone", "string"),
            ("city", "string"),
            ("country", "string"),
            ("industry", "string"),
            ("website", "string"),
            ("description", "string"),
            ("annualrevenue", "number"),
            ("numberofemployees", "number"),
        ],
        searched: &["name", "domain", "phone", "website"],
        needed: &[],
    },
    Kind {
        plural: "deals",
        singular: "deal",
        number: "0-3",
        default: &[
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline",
        ],
        own: &[
            ("dealname", "string"),
            ("amount", "number"),
            ("closedate", "datetime"),
            ("dealstage", "enumeration"),
            ("pipeline", "enumeration"),
            ("deal_currency_code", "string"),
            ("description", "string"),
            ("dealtype", "string"),
        ],
        searched: &["dealname", "pipeline", "dealstage", "description"],
        needed: &[],
    },
    Kind {
        plural: "tickets",
        singular: "ticket",
        number: "0-5",
        default: &[
            "content",
            "createdate",
            "hs_lastmodifieddate",
            "hs_object_id",
            "hs_pipeline",
            "hs_pipeline_stage",
            "hs_ticket_category",
            "hs_ticket_priority",
            "subject",
        ],
        own: &[
            ("subject", "string"),
            ("content", "string"),
            ("hs_pipeline", "enumeration"),
            ("hs_pipeline_stage", "enumeration"),
            ("hs_ticket_priority", "enumeration"),
            ("hs_ticket_category", "string"),
            ("source_type", "string"),
        ],
        searched: &["subject", "content", "hs_ticket_category"],
        needed: &["hs_pipeline_stage"],
    },
    Kind {
        plural: "communications",
        singular: "object",
        number: "0-18",
        default: &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
        own: &[
            ("hs_communication_channel_type", "enumeration"),
            ("hs_communication_logged_from", "enumeration"),
            ("hs_communication_body", "string"),
            ("hs_timestamp", "datetime"),
            ("hs_unique_id", "string"),
        ],
        searched: &["hs_communication_body"],
        needed: &["hs_timestamp", "hs_communication_channel_type"],
    },
    Kind {
        plural: "notes",
        singular: "object",
        number: "0-46",
        default: &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
        own: &[("hs_note_body", "string"), ("hs_timestamp", "datetime")],
        searched: &["hs_note_body"],
        needed: &["hs_timestamp"],
    },
    Kind {
        plural: "tasks",
        singular: "object",
        number: "0-27",
        default: &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
        own: &[
            ("hs_task_subject", "string"),
            ("hs_task_body", "string"),
            ("hs_task_status", "string"),
            ("hs_task_priority", "string"),
            ("hs_timestamp", "datetime"),
        ],
        searched: &["hs_task_subject", "hs_task_body"],
        needed: &["hs_timestamp"],
    },
    Kind {
        plural: "products",
        singular: "product",
        number: "0-7",
        default: &["createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"],
        own: &[("name", "string"), ("description", "string"), ("price", "number"), ("hs_sku", "string")],
        searched: &["name", "description", "hs_sku"],
        needed: &[],
    },
    Kind {
        plural: "orders",
        singular: "object",
        number: "0-123",
        default: &["hs_createdate", "hs_lastmodifieddate", "hs_object_id", "hs_order_name"],
        own: &[
            ("hs_order_name", "string"),
            ("hs_external_order_id", "string"),
            ("hs_total_price", "number"),
            ("hs_currency_code", "string"),
            ("hs_pipeline_stage", "string"),
            ("hs_fulfillment_status", "string"),
        ],
        searched: &["hs_order_name", "hs_external_order_id"],
        needed: &[],
    },
];

/// The type of that name or number (`contacts`, `contact`, `0-1`).
pub fn kind(name: &str) -> Option<&'static Kind> {
    let lower = name.to_lowercase();
    KINDS.iter().find(|kind| {
        kind.plural == lower
            || kind.number == lower
            || (kind.singular == lower && lower != "object")
            || kind.plural.strip_suffix('s') == Some(lower.as_str())
    })
}

/// A property definition.
#[derive(Clone, Debug)]
pub struct Property {
    /// As the API shows it.
    pub view: Value,
    /// string, number, date, datetime, enumeration, bool, phone_number.
    pub form: String,
    /// Internal values of an enumeration; empty = not checked.
    pub options: Vec<String>,
    /// No two records may share a value.
    pub unique: bool,
    /// May not be written.
    pub read_only: bool,
}

impl Property {
    /// Reads a definition from its JSON form.
    pub fn new(definition: Value, read_only: bool, built_in: bool, now: i64) -> Self {
        let text = |key: &str| definition.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let options: Vec<String> = definition
            .get("options")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|option| Some(option.get("value")?.as_str()?.to_owned()))
            .collect();
        let unique = definition.get("hasUniqueValue").and_then(Value::as_bool) == Some(true);
        let view = json!({
            "name": text("name"),
            "label": text("label"),
            "type": text("type"),
            "fieldType": text("fieldType"),
            "groupName": text("groupName"),
            "description": text("description"),
            "options": definition.get("options").cloned().unwrap_or_else(|| json!([])),
            "displayOrder": definition.get("displayOrder").cloned().unwrap_or_else(|| (-1).into()),
            "hasUniqueValue": unique,
            "hidden": false,
            "formField": definition.get("formField").cloned().unwrap_or_else(|| true.into()),
            "calculated": false,
            "externalOptions": false,
            "archived": false,
            "hubspotDefined": built_in,
            "dataSensitivity": "non_sensitive",
            "modificationMetadata": {"archivable": !built_in, "readOnlyDefinition": built_in, "readOnlyValue": read_only},
            "createdAt": iso(now),
            "updatedAt": iso(now),
        });
        Self { form: text("type"), view, options, unique, read_only }
    }
}

/// The built-in properties of a type.
pub fn properties(kind: &Kind, now: i64) -> BTreeMap<String, Property> {
    let stamps: &[&str] = match kind.plural {
        "contacts" => &["createdate", "lastmodifieddate"],
        "companies" | "deals" | "tickets" | "products" => &["createdate", "hs_lastmodifieddate"],
        _ => &["hs_createdate", "hs_lastmodifieddate"],
    };
    let mut all = BTreeMap::new();
    let mut add = |name: &str, form: &str, read_only: bool| {
        let definition = json!({
            "name": name,
            "label": label(name),
            "type": form,
            "fieldType": match form {
                "enumeration" => "select",
                "number" => "number",
                "datetime" => "date",
                _ if name.contains("phone") => "phonenumber",
                _ => "text",
            },
            "groupName": format!("{}information", kind.singular),
            "options": options(kind.plural, name),
            "hasUniqueValue": (kind.plural, name) == ("contacts", "email"),
        });
        all.insert(name.to_owned(), Property::new(definition, read_only, true, now));
    };
    for name in stamps {
        add(name, "datetime", true);
    }
    for name in [
        "hs_object_id",
        "hs_merged_object_ids",
        "hs_searchable_calculated_phone_number",
        "hs_searchable_calculated_mobile_number",
        "hs_object_source",
    ] {
        add(name, "string", true);
    }
    add("hubspot_owner_id", "enumeration", false);
    for (name, form) in kind.own {
        add(name, form, false);
    }
    all
}

/// The property that tells the last change.
pub fn modified(kind: &str) -> &'static str {
    if kind == "contacts" { "lastmodifieddate" } else { "hs_lastmodifieddate" }
}

/// The property that tells the creation.
pub fn created(kind: &str) -> &'static str {
    match kind {
        "contacts" | "companies" | "deals" | "tickets" | "products" => "createdate",
        _ => "hs_createdate",
    }
}

fn label(name: &str) -> String {
    let words = name.trim_start_matches("hs_").replace('_', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

fn options(kind: &str, name: &str) -> Value {
    let values: &[&str] = match (kind, name) {
        (_, "lifecyclestage") => &[
            "subscriber",
            "lead",
            "marketingqualifiedlead",
            "salesqualifiedlead",
            "opportunity",
            "customer",
            "evangelist",
            "other",
        ],
        (_, "hs_lead_status") => &[
            "NEW",
            "OPEN",
            "IN_PROGRESS",
            "OPEN_DEAL",
            "UNQUALIFIED",
            "ATTEMPTED_TO_CONTACT",
            "CONNECTED",
            "BAD_TIMING",
        ],
        (_, "hs_ticket_priority") => &["LOW", "MEDIUM", "HIGH", "URGENT"],
        (_, "hs_communication_channel_type") => &["WHATS_APP", "SMS", "LINKEDIN_MESSAGE"],
        (_, "hs_communication_logged_from") => &["CRM"],
        (_, "hs_language") => &[
            "ar", "de", "en", "en-gb", "en-us", "es", "fr", "hi", "id", "it", "ja", "nl", "pt", "pt-br", "zh-cn",
            "zh-tw",
        ],
        _ => &[],
    };
    values
        .iter()
        .enumerate()
        .map(|(order, value)| json!({"label": label(&value.to_lowercase()), "value": value, "displayOrder": order, "hidden": false}))
        .collect()
}
