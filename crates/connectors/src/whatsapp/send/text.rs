//! Lengths, counted the strictest way.

use crate::whatsapp::api::Invalid;

/// Length in UTF-16 units. The provider does not say how it counts; of the plausible ways this one gives the largest
/// number, so nothing that passes here is refused there.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// At most `max` characters.
pub(super) fn at_most(field: &str, text: &str, max: usize) -> Result<(), Invalid> {
    let actual = units(text);
    if actual <= max {
        return Ok(());
    }
    Err(Invalid::new(field, format!("at most {max} characters"), format!("{actual} characters")))
}

/// From `min` to `max` characters, and not only blanks.
pub(super) fn between(field: &str, text: &str, min: usize, max: usize) -> Result<(), Invalid> {
    let actual = units(text);
    if text.trim().is_empty() || actual < min {
        let found = if actual > 0 && text.trim().is_empty() {
            "only blanks".to_owned()
        } else {
            format!("{actual} characters")
        };
        return Err(Invalid::new(field, format!("{min} to {max} characters"), found));
    }
    if actual > max {
        return Err(Invalid::new(field, format!("{min} to {max} characters"), format!("{actual} characters")));
    }
    Ok(())
}

/// From `min` to `max` elements.
pub(super) fn count(field: &str, actual: usize, min: usize, max: usize) -> Result<(), Invalid> {
    if (min..=max).contains(&actual) {
        return Ok(());
    }
    Err(Invalid::new(field, format!("{min} to {max} entries"), format!("{actual} entries")))
}

/// Any other rule: `limit` says it, `actual` what was found.
pub(super) fn one_of(field: &str, limit: &str, holds: bool, actual: &str) -> Result<(), Invalid> {
    if holds { Ok(()) } else { Err(Invalid::new(field, limit, actual.chars().take(60).collect::<String>())) }
}
