//! E-mail addresses in one stored spelling.

/// Why a text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EmailError {
    /// Nothing in it.
    #[error("the address is empty")]
    Empty,
    /// Not of the form name@domain.
    #[error("this is not an e-mail address")]
    Invalid,
    /// Longer than mail systems accept (64 before the @, 254 in all).
    #[error("the address is too long")]
    TooLong,
}

/// Trims, takes the address out of `mailto:` and `Name <address>`, drops invisible characters and puts it in
/// lower case. The part before the @ is lowered too: no provider in use tells `Ana@` from `ana@`, people do not.
///
/// # Errors
/// When it has not the form of an address that mail can be sent to.
pub fn normalise(raw: &str) -> Result<String, EmailError> {
    let text: String =
        raw.chars().filter(|c| !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')).collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(EmailError::Empty);
    }
    let text = match (text.rfind('<'), text.ends_with('>')) {
        (Some(start), true) => &text[start + 1..text.len() - 1],
        _ => text,
    };
    let text = match text.get(..7) {
        Some(head) if head.eq_ignore_ascii_case("mailto:") => text[7..].split('?').next().unwrap_or_default(),
        _ => text,
    };
    let address = text.trim().trim_end_matches('.').to_lowercase();
    let (local, domain) = address.rsplit_once('@').ok_or(EmailError::Invalid)?;
    if local.chars().count() > 64 || address.len() > 254 {
        return Err(EmailError::TooLong);
    }
    if is_local(local) && is_domain(domain) { Ok(address) } else { Err(EmailError::Invalid) }
}

fn is_local(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    !local.is_empty()
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(label) && !last.chars().all(|c| c.is_ascii_digit())
}
