//! Telephone numbers: one international spelling (E.164) for whatever people, cards, CRMs and WhatsApp write.
//!
//! The numbering plans come from `rlibphonenumber` (Google's metadata). What it does not know is how WhatsApp
//! spells some countries' ids: Brazil without the ninth digit, Mexico with a 1, Argentina with a 9, Benin
//! without the 01 of 2024. [`normalise`] and [`from_wa_id`] give today's spelling where the old one is no longer
//! valid; [`variants`] gives all spellings, to find a person by, never to store.

use rlibphonenumber::{
    ExtractNumberError, NotANumberError, NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, Region,
};
use serde::{Deserialize, Serialize};

/// A number in its one stored spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phone {
    /// `+` and digits (E.164), for example `+886912345678`.
    pub e164: String,
    /// ISO 3166 code of the country it belongs to; `None` for numbers of no single country (satellite, freephone).
    pub country: Option<String>,
}

impl Phone {
    /// The digits without plus: how WhatsApp writes an id.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.e164.trim_start_matches('+')
    }
}

/// Why a text is not a number we can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneError {
    /// Nothing in it.
    #[error("the number is empty")]
    Empty,
    /// It is not a telephone number at all.
    #[error("this is not a telephone number")]
    NotANumber,
    /// It begins with a country code that does not exist, or is a local form and no default country is set.
    #[error("the country code is missing or unknown")]
    UnknownCountry,
    /// Fewer digits than any number of that country has.
    #[error("the number is too short")]
    TooShort,
    /// More digits than any number of that country has.
    #[error("the number is too long")]
    TooLong,
    /// The right form, but no number of that country begins like this.
    #[error("no number of that country looks like this")]
    Invalid,
}

impl PhoneError {
    /// The stable code for APIs and translations.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "phone_empty",
            Self::NotANumber => "phone_not_a_number",
            Self::UnknownCountry => "phone_unknown_country",
            Self::TooShort => "phone_too_short",
            Self::TooLong => "phone_too_long",
            Self::Invalid => "phone_invalid",
        }
    }
}

/// More than this is not a number with extension and decoration, but something else.
const LONGEST_INPUT: usize = 100;
/// E.164 allows 15 digits.
const LONGEST_NUMBER: usize = 15;
/// The shortest international numbers in use (Niue, Saint Helena).
const SHORTEST_NUMBER: usize = 6;

/// Reads a number as people write it: with `+`, `00` or the local exit code, `tel:`, brackets, hyphens, no-break
/// and zero-width spaces, digits of any script, an extension (dropped). Local forms are read in `default_country`
/// (ISO code, empty for none); what is not valid there is tried as an international number without its plus.
///
/// # Errors
/// Says why the text cannot be a number. International forms need a possible length only, because countries open
/// new ranges before metadata knows them; local forms must be valid, because a guess would write to a stranger.
pub fn normalise(raw: &str, default_country: &str) -> Result<Phone, PhoneError> {
    let text = clean(raw)?;
    let region = Region::from_code(default_country.trim()).ok();
    if text.starts_with('+') {
        return international(&text);
    }
    let digits = digits_of(&text);
    // 00 is the exit code in most of the world; a doubled trunk zero does not exist.
    if let Some(rest) = text.strip_prefix("00")
        && let Ok(phone) = international(&format!("+{rest}"))
    {
        return Ok(phone);
    }
    let local = match region {
        Some(region) => PhoneNumber::parse(&text, Some(region)).map_err(reason),
        None => Err(PhoneError::UnknownCountry),
    };
    let local = local.map(modernise);
    if let Ok(number) = &local
        && number.is_valid()
    {
        return finish(number);
    }
    let spelled_out = text.chars().any(char::is_alphabetic);
    if !spelled_out
        && digits.len() > 8
        && let Ok(foreign) = PhoneNumber::parse(format!("+{digits}"), None).map(modernise)
        && foreign.is_valid()
    {
        return finish(&foreign);
    }
    match local {
        Ok(number) => Err(length_error(&number).unwrap_or(PhoneError::Invalid)),
        Err(error) => Err(error),
    }
}

/// Reads a WhatsApp id: full international digits. The account exists, so an id that no numbering plan knows is
/// still accepted as it stands.
///
/// # Errors
/// When it is not 6 to 15 digits (a group id, a business-scoped user id, an e-mail).
pub fn from_wa_id(digits: &str) -> Result<Phone, PhoneError> {
    let digits = digits.trim().trim_start_matches('+');
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PhoneError::NotANumber);
    }
    if digits.len() < SHORTEST_NUMBER {
        return Err(PhoneError::TooShort);
    }
    if digits.len() > LONGEST_NUMBER {
        return Err(PhoneError::TooLong);
    }
    let e164 = format!("+{digits}");
    Ok(international(&e164).unwrap_or(Phone { e164, country: None }))
}

/// Every spelling under which the same person may be stored, the given one first. For look-ups only.
#[must_use]
pub fn variants(e164: &str) -> Vec<String> {
    let digits = e164.trim_start_matches('+');
    let mut all = vec![digits.to_owned()];
    if !digits.is_ascii() {
        return vec![e164.to_owned()];
    }
    match (digits.get(..2), digits.get(..3)) {
        (Some("55"), _) => brazil(digits, &mut all),
        (Some("52"), _) => toggle(digits, 2, "1", 10, &mut all),
        (Some("54"), _) => toggle(digits, 2, "9", 10, &mut all),
        (_, Some("229")) => toggle(digits, 3, "01", 8, &mut all),
        _ => {}
    }
    all.iter().map(|digits| format!("+{digits}")).collect()
}

/// The digits to search stored numbers by when someone types part of one: any script, without leading zeros (exit
/// code, trunk), so that `0912 34` finds `+88691234...`. `None` when the text is not (part of) a number.
#[must_use]
pub fn search_digits(raw: &str) -> Option<String> {
    let text = to_ascii(strip_scheme(raw.trim()));
    if !text.chars().all(|c| c.is_ascii_digit() || is_decoration(c)) {
        return None;
    }
    let digits = digits_of(&text);
    let digits = digits.trim_start_matches('0');
    (digits.len() >= 3).then(|| digits.to_owned())
}

/// Brazil: mobile numbers got a ninth digit; WhatsApp ids of older accounts lack it.
fn brazil(digits: &str, all: &mut Vec<String>) {
    let (Some(area), Some(subscriber)) = (digits.get(2..4), digits.get(4..)) else { return };
    match (subscriber.len(), subscriber.as_bytes().first()) {
        (8, Some(b'6'..=b'9')) => all.push(format!("55{area}9{subscriber}")),
        // Ranges opened since then never had eight digits.
        (9, Some(b'9')) if matches!(subscriber.as_bytes()[1], b'6'..=b'9') => {
            all.push(format!("55{area}{}", &subscriber[1..]));
        }
        _ => {}
    }
}

/// The same number with or without `mark` after the `code_len` digits of the country code.
fn toggle(digits: &str, code_len: usize, mark: &str, national_len: usize, all: &mut Vec<String>) {
    let (code, national) = digits.split_at(code_len);
    if national.len() == national_len {
        all.push(format!("{code}{mark}{national}"));
    } else if national.len() == national_len + mark.len()
        && let Some(short) = national.strip_prefix(mark)
    {
        all.push(format!("{code}{short}"));
    }
}

/// Gives an outdated number today's spelling when only that one is valid.
fn modernise(number: PhoneNumber) -> PhoneNumber {
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    // Mexico dropped the 1 in 2019; metadata still lets it pass.
    let outdated = match number.country_code {
        55 | 229 => !number.is_valid(),
        52 => e164.len() == 14 && e164.starts_with("+521"),
        _ => false,
    };
    if !outdated {
        return number;
    }
    variants(&e164)
        .iter()
        .skip(1)
        .filter_map(|variant| PhoneNumber::parse(variant, None).ok())
        .find(PhoneNumber::is_valid)
        .unwrap_or(number)
}

fn international(text: &str) -> Result<Phone, PhoneError> {
    let number = modernise(PhoneNumber::parse(text, None).map_err(reason)?);
    match length_error(&number) {
        Some(error) => Err(error),
        None => finish(&number),
    }
}

fn length_error(number: &PhoneNumber) -> Option<PhoneError> {
    use rlibphonenumber::ValidationError;
    match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => None,
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => Some(PhoneError::TooShort),
        Err(ValidationError::TooLong) => Some(PhoneError::TooLong),
        Err(ValidationError::InvalidCountryCode) => Some(PhoneError::UnknownCountry),
        Err(ValidationError::InvalidLength) => Some(PhoneError::Invalid),
    }
}

fn finish(number: &PhoneNumber) -> Result<Phone, PhoneError> {
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    if e164.len() > LONGEST_NUMBER + 1 {
        return Err(PhoneError::TooLong);
    }
    // Possible by length only: it must at least read back as itself (zeros that pass for a trunk prefix do not).
    let settled =
        || PhoneNumber::parse(&e164, None).is_ok_and(|again| again.format_as(PhoneNumberFormat::E164) == e164);
    if !number.is_valid() && !settled() {
        return Err(PhoneError::Invalid);
    }
    let region = number.get_region_code().filter(|region| *region != Region::World).or_else(|| sole_region(number));
    Ok(Phone { e164, country: region.map(|region| region.to_string()) })
}

/// A number that fits no range of its plan still belongs to the country when the code has only one.
fn sole_region(number: &PhoneNumber) -> Option<Region> {
    let region = rlibphonenumber::PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code)?;
    // Shared codes (+1, +7, +44, ...) do not say which of their countries it is.
    let shared = [1, 7, 39, 44, 47, 61, 212, 262, 290, 358, 500, 590, 599].contains(&number.country_code);
    (!shared && region != Region::World).then_some(region)
}

fn reason(error: ParseError) -> PhoneError {
    match error {
        ParseError::InvalidCountryCode => PhoneError::UnknownCountry,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
        ParseError::TooLongNsn => PhoneError::TooLong,
        ParseError::NotANumber(NotANumberError::FailedToExtractNumber(ExtractNumberError::NoValidStartCharacter))
        | ParseError::NotANumber(_) => PhoneError::NotANumber,
    }
}

fn clean(raw: &str) -> Result<String, PhoneError> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    if text.len() > LONGEST_INPUT || text.contains('@') {
        return Err(PhoneError::NotANumber);
    }
    let text = to_ascii(strip_scheme(text));
    // Bidi marks and other invisible characters come along when people copy from chats.
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let text = text.trim();
    if !text.chars().any(|c| c.is_ascii_digit()) {
        return Err(PhoneError::NotANumber);
    }
    let text =
        text.strip_prefix("(+").map_or_else(|| text.to_owned(), |rest| format!("+{}", rest.replacen(')', " ", 1)));
    Ok(text)
}

fn strip_scheme(text: &str) -> &str {
    const SCHEMES: [&str; 8] = [
        "tel:",
        "whatsapp:",
        "callto:",
        "sms:",
        "https://wa.me/",
        "http://wa.me/",
        "wa.me/",
        "https://api.whatsapp.com/send?phone=",
    ];
    for scheme in SCHEMES {
        if let Some(head) = text.get(..scheme.len())
            && head.eq_ignore_ascii_case(scheme)
        {
            let rest = &text[scheme.len()..];
            return rest.split(['?', '&', ';']).next().unwrap_or(rest);
        }
    }
    text
}

/// Digits of any script become ASCII, full-width and other plus signs become `+`, odd spaces become spaces.
fn to_ascii(text: &str) -> String {
    let mapped = text.chars().map(|c| match c {
        '\u{FF0B}' | '\u{FE62}' | '\u{2795}' => '+',
        '\u{00A0}' | '\u{2007}' | '\u{202F}' | '\u{3000}' | '\t' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' => '-',
        '\u{FF08}' => '(',
        '\u{FF09}' => ')',
        other => other,
    });
    mapped.map(|c| digit(c).map_or(c, |value| char::from(b'0' + value))).collect()
}

fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|value| value as u8);
    }
    if !c.is_numeric() {
        return None;
    }
    // The library knows the decimal digits of every script.
    let text = rlibphonenumber::PHONE_NUMBER_UTIL.normalize_digits_only(c.encode_utf8(&mut [0; 4]));
    text.bytes().next().map(|byte| byte - b'0')
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn is_decoration(c: char) -> bool {
    is_invisible(c) || c.is_whitespace() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/')
}
