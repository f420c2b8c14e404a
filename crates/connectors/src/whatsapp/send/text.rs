//! Lengths of what is ours in a message: recipient, answered message, callback.

use crate::whatsapp::api::Invalid;

/// From `min` to `max` characters, counted in UTF-16 units as `core::message::check` counts them.
pub(super) fn between(field: &str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    let actual = text.encode_utf16().count();
    if (min..=max).contains(&actual) {
        return Ok(());
    }
    Err(Invalid::new(field, format!("{min} to {max} characters"), format!("{actual} characters")))
}
