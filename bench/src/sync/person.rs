//! A person as both sides know them, and how people write such things.

use rand::Rng;
use rand::rngs::StdRng;
use std::fmt;

/// What is kept in step of a person; empty = nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// First and last name.
    pub name: String,
    /// Number as written.
    pub phone: String,
    /// Address as written.
    pub email: String,
    /// A field of the business's own.
    pub city: String,
}

/// One of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// [`Person::name`].
    Name,
    /// [`Person::phone`].
    Phone,
    /// [`Person::email`].
    Email,
    /// [`Person::city`].
    City,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Phone, Self::Email, Self::City];

    /// Words one of which a sentence about a refusal of this field holds.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name"],
            Self::Phone => &["phone"],
            Self::Email => &["mail"],
            Self::City => &["city"],
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words()[0])
    }
}

impl Person {
    /// A field as it is compared: by plain arithmetic of our own, not the product's. Space at the ends, case of
    /// addresses and punctuation of numbers do not count.
    pub fn plain(&self, field: Field) -> String {
        match field {
            Field::Name => self.name.split_whitespace().collect::<Vec<_>>().join(" "),
            Field::Phone => digits(&self.phone),
            Field::Email => self.email.trim().to_lowercase(),
            Field::City => self.city.trim().to_owned(),
        }
    }

    /// A field's value.
    pub fn get(&self, field: Field) -> &str {
        match field {
            Field::Name => &self.name,
            Field::Phone => &self.phone,
            Field::Email => &self.email,
            Field::City => &self.city,
        }
    }
}

const FIRST: [&str; 12] =
    ["Ana", "Бо", "李", "محمد", "Zoë", "Đặng", "O'Neil", "Jean-Luc", "सीता", "🙂", "Łucja", "\u{202e}Rev"];
const LAST: [&str; 12] = [
    "López García",
    "Иванова",
    "小龙",
    "الأحمد",
    "van der Berg",
    "Thị Hà",
    "D’Arcy",
    "Ångström",
    "👩‍👩‍👧",
    "Ng",
    "Şahin",
    "e\u{301}",
];
const CITIES: [&str; 8] = ["Köln", "Москва", "臺北", "القاهرة", "São Paulo", "Reykjavík", "Ho Chi Minh", "Łódź"];

/// A name nobody had before: the number tells it from others.
pub fn name(rng: &mut StdRng, number: u32) -> String {
    let first = FIRST[rng.random_range(0..FIRST.len())];
    match rng.random_range(0..6) {
        0 => format!("{first}{number}"),
        _ => format!("{first}{number} {}", LAST[rng.random_range(0..LAST.len())]),
    }
}

/// A city.
pub fn city(rng: &mut StdRng, number: u32) -> String {
    format!("{} {number}", CITIES[rng.random_range(0..CITIES.len())])
}

/// The number of a person, as the product keeps it.
pub fn phone(number: u32) -> String {
    format!("+49151{:08}", 10_000_000 + number)
}

/// The digits of a number in international form.
fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches("00").to_owned()
}

/// The same number as people write it.
pub fn spelled(rng: &mut StdRng, phone: &str) -> String {
    let digits = digits(phone);
    let (land, rest) = digits.split_at(2.min(digits.len()));
    let (area, rest) = rest.split_at(3.min(rest.len()));
    match rng.random_range(0..5) {
        0 => format!("+{land} ({area}) {rest}"),
        1 => format!("00{land} {area} {rest}"),
        2 => format!("+{land}-{area}-{rest}"),
        3 => format!(" +{land} {area}/{rest} "),
        _ => format!("+{digits}"),
    }
}

/// An address nobody had before.
pub fn email(rng: &mut StdRng, number: u32) -> String {
    match rng.random_range(0..3) {
        0 => format!("P{number}@Shop.Example"),
        _ => format!("p{number}@shop.example"),
    }
}
