//! Sums of money as shops write them.

/// Most digits before the decimal point.
const WHOLE: usize = 12;
/// Most digits behind it.
const PARTS: usize = 4;

/// A sum in one spelling: digits, and a point before the parts when there are any. `1234.50`, `1234,50`, `1,234.50`,
/// `1.234,50` and `1 234,50` are the same; a single separator with three digits behind it (`1,234`) parts thousands.
/// `None` when it is no such sum, or below nothing.
#[must_use]
pub fn amount(given: &str) -> Option<String> {
    let text: String = given.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
    let (commas, points) = (text.matches(',').count(), text.matches('.').count());
    let decimal = match (commas, points) {
        (0, 0) => None,
        (0, 1) => Some('.'),
        (1, 0) if text.rsplit(',').next().is_some_and(|rest| rest.len() == 3) => None,
        (1, 0) => Some(','),
        (_, 0) | (0, _) => None,
        _ if text.rfind(',') > text.rfind('.') => (commas == 1).then_some(',').or(Some('?')),
        _ => (points == 1).then_some('.').or(Some('?')),
    };
    let (whole, parts) = match decimal {
        Some(sign) => text.split_once(sign).map(|(whole, parts)| (whole.to_owned(), parts.to_owned()))?,
        None => (text, String::new()),
    };
    let whole = without_thousands(&whole)?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let sound = digits(&whole) && digits(&parts) && whole.len() <= WHOLE && parts.len() <= PARTS;
    if !sound || whole.is_empty() {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if parts.is_empty() { whole.to_owned() } else { format!("{whole}.{parts}") })
}

/// The digits without what parts thousands: groups of three behind the first.
fn without_thousands(text: &str) -> Option<String> {
    let mut groups = text.split([',', '.']);
    let first = groups.next()?;
    let mut whole = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.len() > 3 {
            return None;
        }
        whole.push_str(group);
    }
    Some(whole)
}
