//! Template messages: name, language and the values for the placeholders. What they may say is `core::message::check`.

use serde_json::{Value, json};

/// The `template` object. `components` is Meta's list of send components, or null when there are no placeholders.
pub(super) fn template(name: &str, language: &str, components: &Value) -> Value {
    let mut object = json!({"name": name, "language": {"code": language, "policy": "deterministic"}});
    if components.as_array().is_some_and(|list| !list.is_empty()) {
        object["components"] = components.clone();
    }
    object
}
