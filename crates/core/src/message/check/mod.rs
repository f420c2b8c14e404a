//! Is a message one that WhatsApp takes? Every limit of `whatsapp-cloud-api.md` §6 and §7, in one place: composer, API
//! and sender ask here, so that what one of them lets through no other refuses.
//!
//! Lengths are counted in UTF-16 units. The provider does not say how it counts; of the plausible ways (bytes aside,
//! which its own Arabic examples exceed) this one gives the largest number, so nothing that passes here is refused
//! there. It is also what a browser counts, so the composer shows the same figure.

pub mod file;
mod interactive;
mod sheet;
mod template;
#[cfg(test)]
mod tests;

use super::{ContactCard, Content, Media, MediaKind};
use serde::Serialize;
use sheet::Sheet;

/// Longest text message.
pub const TEXT: usize = 4096;
/// Longest caption of a file.
pub const CAPTION: usize = 1024;
/// Longest file name.
pub const FILENAME: usize = 240;
/// Most contact cards in a message.
pub const CARDS: usize = 257;
/// Longest name or address of a place.
const PLACE: usize = 1000;

/// What is wrong with a value. The words are stable: programs decide by them, catalogues translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// It must be there. `limit` and `actual` are empty, or say what is expected.
    Missing,
    /// There are only blanks.
    Blank,
    /// More characters than `limit`.
    TooLong,
    /// Fewer entries than `limit`.
    TooFew,
    /// More entries than `limit`.
    TooMany,
    /// It stands there twice; `actual` is the repeated value.
    NotUnique,
    /// A number outside `limit`.
    OutOfRange,
    /// Not one of the words in `limit`.
    NotAllowed,
    /// Something that this kind of message cannot carry.
    NotHere,
    /// Exactly one of the fields in `limit` must be given.
    NotOne,
    /// Not a web address.
    NotALink,
    /// Characters that may not stand there; `limit` says which.
    Characters,
    /// Entries that should be of one kind are of several.
    Mixed,
    /// A file of a type that is not in `limit`.
    FileType,
    /// A file of more than `limit` bytes.
    FileTooLarge,
    /// A file without content.
    FileEmpty,
    /// A file whose content is not of the type that was said; `limit` is that type, `actual` what it is.
    FileDiffers,
}

impl Code {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Blank => "blank",
            Self::TooLong => "too_long",
            Self::TooFew => "too_few",
            Self::TooMany => "too_many",
            Self::NotUnique => "not_unique",
            Self::OutOfRange => "out_of_range",
            Self::NotAllowed => "not_allowed",
            Self::NotHere => "not_here",
            Self::NotOne => "not_one",
            Self::NotALink => "not_a_link",
            Self::Characters => "characters",
            Self::Mixed => "mixed",
            Self::FileType => "file_type",
            Self::FileTooLarge => "file_too_large",
            Self::FileEmpty => "file_empty",
            Self::FileDiffers => "file_differs",
        }
    }
}

/// A value that the provider would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// Path of the value within the content: `body`, `action.buttons[1].reply.title`.
    pub field: String,
    /// What is allowed: a number of characters, entries or bytes, a range, or words, as `code` says.
    pub limit: String,
    /// What was found, in the same terms.
    pub actual: String,
}

impl Problem {
    /// What is allowed, for a person: `at most 20 characters`.
    #[must_use]
    pub fn allowed(&self) -> String {
        let limit = &self.limit;
        match self.code {
            Code::Missing if limit.is_empty() => "a value".to_owned(),
            Code::Blank => "more than blanks".to_owned(),
            Code::TooLong => format!("at most {limit} characters"),
            Code::TooFew => format!("at least {limit} entries"),
            Code::TooMany => format!("at most {limit} entries"),
            Code::NotUnique => "unique within the message".to_owned(),
            Code::NotHere => format!("absent on {limit}"),
            Code::NotOne => format!("exactly one of {limit}"),
            Code::NotALink => "a web address with https://".to_owned(),
            Code::FileType => format!("one of {limit}"),
            Code::FileTooLarge => format!("at most {limit} bytes"),
            Code::FileEmpty => "a file with content".to_owned(),
            Code::FileDiffers => format!("what it says it is, {limit}"),
            Code::Missing | Code::OutOfRange | Code::NotAllowed | Code::Characters | Code::Mixed => limit.clone(),
        }
    }

    /// What was found, for a person: `23 characters`.
    #[must_use]
    pub fn found(&self) -> String {
        let actual = &self.actual;
        match self.code {
            Code::Missing => "missing".to_owned(),
            Code::Blank => "only blanks".to_owned(),
            Code::TooLong => format!("{actual} characters"),
            Code::TooFew | Code::TooMany => format!("{actual} entries"),
            Code::FileTooLarge | Code::FileEmpty => format!("{actual} bytes"),
            _ => actual.clone(),
        }
    }
}

/// Everything that is wrong with a content as an outgoing message, in reading order; empty when it can be sent.
///
/// Whether a file was uploaded, a template exists and a reaction's target is known is not looked at here.
#[must_use]
pub fn content(content: &Content) -> Vec<Problem> {
    let mut sheet = Sheet::default();
    match content {
        Content::Text { body, .. } => sheet.text("body", body, TEXT),
        Content::Media(media) => file_of(&mut sheet, media),
        Content::Location { latitude, longitude, name, address, .. } => {
            sheet.within("latitude", *latitude, 90.0);
            sheet.within("longitude", *longitude, 180.0);
            for (field, value) in [("name", name), ("address", address)] {
                sheet.at_most(field, value.as_deref().unwrap_or_default(), PLACE);
            }
        }
        Content::Contacts { cards } => contacts(&mut sheet, cards),
        Content::Template { name, language, components, .. } => {
            template::template(&mut sheet, name, language, components);
        }
        Content::Interactive { kind, header, body, footer, action } => interactive::interactive(
            &mut sheet,
            &interactive::Parts {
                kind,
                header: header.as_ref().filter(|header| !header.is_null()),
                body: body.as_deref(),
                footer: footer.as_deref().filter(|footer| !footer.is_empty()),
                action,
            },
        ),
        Content::Reaction { target, emoji } => reaction(&mut sheet, target, emoji.as_deref()),
        Content::Reply { .. }
        | Content::Order { .. }
        | Content::System { .. }
        | Content::Note { .. }
        | Content::Event { .. }
        | Content::Unsupported { .. } => sheet.add(
            Code::NotAllowed,
            "type",
            "text, media, location, contacts, template, interactive or reaction",
            content.kind(),
        ),
    }
    sheet.problems
}

fn file_of(sheet: &mut Sheet, media: &Media) {
    if let (Some(mime), Some(size)) = (&media.mime, media.size) {
        let size = u64::try_from(size).unwrap_or(0);
        sheet.problems.extend(file::check(media.kind, mime, size, media.animated));
    }
    if let Some(caption) = media.caption.as_deref().filter(|caption| !caption.is_empty()) {
        if matches!(media.kind, MediaKind::Audio | MediaKind::Voice | MediaKind::Sticker) {
            sheet.add(Code::NotHere, "caption", "sounds and stickers", "present");
        } else {
            sheet.at_most("caption", caption, CAPTION);
        }
    }
    if media.kind == MediaKind::Document {
        sheet.at_most("filename", media.filename.as_deref().unwrap_or_default(), FILENAME);
    }
}

fn contacts(sheet: &mut Sheet, cards: &[ContactCard]) {
    sheet.count("cards", cards.len(), 1, CARDS);
    for (at, card) in cards.iter().enumerate() {
        sheet.text(&format!("cards[{at}].name"), &card.name, 1024);
        for (key, values) in [("phones", &card.phones), ("emails", &card.emails)] {
            for (nth, value) in values.iter().enumerate() {
                sheet.text(&format!("cards[{at}].{key}[{nth}]"), value, 256);
            }
        }
        sheet.at_most(&format!("cards[{at}].org"), card.org.as_deref().unwrap_or_default(), 1024);
    }
}

fn reaction(sheet: &mut Sheet, target: &str, emoji: Option<&str>) {
    sheet.text("target", target, 128);
    let emoji = emoji.unwrap_or_default();
    // A family emoji is 11 units; a word is no emoji.
    sheet.at_most("emoji", emoji, 32);
    if emoji.chars().any(char::is_alphabetic) {
        sheet.add(Code::Characters, "emoji", "one emoji, not text", emoji);
    }
}
