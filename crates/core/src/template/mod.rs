//! Templates: what Meta's definition asks for, whether a send fits it, and what the customer will read
//! (`whatsapp-cloud-api.md` §6, §8).

pub mod bind;
mod check;
mod definition;
pub mod draft;
mod fill;
mod render;
pub mod suggest;

#[cfg(test)]
mod tests;

pub use check::{MismatchKind, TemplateMismatch, check};
pub use definition::{
    Button, ButtonKind, Card, Category, Definition, Format, Header, MediaFormat, TemplateError, Text, Variable, parse,
    variables,
};
pub use fill::{FillError, fill};
pub use render::render;

use serde_json::Value;

/// What identifies the content of a template message for the guard's repetition count: name, language and the
/// parameters, with object keys in order. Two sends with other parameters (a parcel number) are two contents.
#[must_use]
pub fn hash_input(name: &str, language: &str, components: &Value) -> String {
    let mut out = format!("{name}\0{language}\0");
    canonical(components, &mut out);
    out
}

fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for key in keys {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                canonical(&map[key], out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        // No components and an empty list say the same.
        Value::Null => out.push_str("[]"),
        other => out.push_str(&other.to_string()),
    }
}
