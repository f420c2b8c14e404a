//! Vendors whose records must have a name: what stands in for one that nobody knows, and how it is known again.

/// The name of somebody of whom not even a number is known.
pub const UNNAMED: &str = "WhatsApp customer";

/// What stands in for a name: the number, where there is one.
#[must_use]
pub fn stand_in(number: Option<&str>) -> &str {
    number.map(str::trim).filter(|number| !number.is_empty()).unwrap_or(UNNAMED)
}

/// Whether this name only stands in for one: ours, or one of the record's own numbers.
#[must_use]
pub fn is_stand_in(name: &str, numbers: &[&str]) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let own = digits(name);
    let is_number = name.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c)) && own.len() >= 6;
    name == UNNAMED || (is_number && numbers.iter().any(|number| digits(number) == own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_for_a_name_is_known_again() {
        assert_eq!((stand_in(Some(" +49151 ")), stand_in(Some(" ")), stand_in(None)), ("+49151", UNNAMED, UNNAMED));
        for (name, numbers, stands_in) in [
            (UNNAMED, &[][..], true),
            ("+49 151 1234567", &["+491511234567"], true),
            ("4915112345", &["+498001", "+49 151 12345"], true),
            ("+491511234567", &["+491517654321"], false),
            ("12345", &["12345"], false),
            ("Ana 491511234567", &["+491511234567"], false),
            ("", &[""], false),
        ] {
            assert_eq!(is_stand_in(name, numbers), stands_in, "{name}");
        }
    }
}
