//! Deals and cases behind the seam: the same fields by the same names for every vendor
//! (`rapport_core::matter::field`), so that whoever keeps them in step knows no vendor's words.

use super::answer::joined;
use super::seam::{Ask, Wire};
use super::value::{CrmError, ErrorClass, FieldError, KeyState, Properties};
use rapport_core::matter::{Category, Object, field};
use rapport_core::time::{DAY, Ms};
use serde_json::{Map, Value};

/// How urgent a case is, where three degrees are known at first.
pub(crate) const THREE_DEGREES: [(&str, &str); 4] =
    [("low", "Low"), ("normal", "Medium"), ("high", "High"), ("urgent", "High")];
/// What a case is about, as people read it in a list of types.
pub(crate) const TYPES: [(&str, &str); 4] =
    [("quote", "Quote"), ("complaint", "Complaint"), ("question", "Question"), ("other", "Other")];
/// When a deal is expected to close, after it was made, where it must have such a day. Milliseconds.
const CLOSES: i64 = 30 * DAY;

/// A deal or case of a remote system, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteMatter {
    /// Remote id.
    pub id: String,
    /// Values by our names; a field that cannot be told is absent, an empty one is the empty text.
    pub fields: Properties,
    /// The stage's name for people.
    pub stage: Option<String>,
    /// The vendor's modified stamp.
    pub updated_at: Option<Ms>,
    /// What the connector needs of the record when it is written next.
    pub beside: Vec<String>,
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// What kind of thing.
    pub object: Object,
    /// Our key: given to a new record, which is found by it again.
    pub key: String,
    /// When it was made here, for dates that a vendor wants.
    pub made_at: Ms,
    /// The record, when it is there already.
    pub known: Option<RemoteMatter>,
    /// The contact's record, when the two are to be associated.
    pub person: Option<String>,
    /// Values by our names; an empty one clears.
    pub fields: Properties,
}

impl Writing {
    /// A value to write.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

/// What is asked of a CRM about deals and cases. Each question may be asked again.
pub trait Matters: Send + Sync {
    /// How the field that keeps our key stands, where the vendor has none; with `create`, it is made when missing,
    /// together with fields of ours that the vendor lacks.
    fn key<'a>(&'a self, wire: &'a dyn Wire, object: Object, create: bool) -> Ask<'a, KeyState>;

    /// Records that are there, by id: at most a hundred.
    fn read<'a>(&'a self, wire: &'a dyn Wire, object: Object, ids: &'a [String]) -> Ask<'a, Vec<RemoteMatter>>;

    /// The record that has our key. What was just created is found, or else [`Matters::write`] looks for it where nothing is
    /// late.
    fn find<'a>(&'a self, wire: &'a dyn Wire, object: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>>;

    /// Creates a record or changes the known one, and associates it with the contact's; answers with how it stands. Made
    /// twice, it makes no second record.
    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter>;

    /// What whoever calls must be allowed to, for a person who has to see to it.
    fn rights(&self, object: Object) -> &'static str;

    /// Our word that a priority of ours is read back as, where the vendor knows fewer degrees.
    fn priority_back<'a>(&self, ours: &'a str) -> &'a str {
        ours
    }

    /// Begins the address of a record's page, where that of a contact's page begins so.
    fn page(&self, object: Object, contact_page: &str) -> Option<String>;
}

/// Whether this is told as the status of something that is not under way any more.
pub(crate) fn is_over(status: Option<&str>) -> bool {
    status.is_some_and(|status| status != "open")
}

/// A refusal that names its fields as we do: `names` pairs ours with theirs.
pub(crate) fn named(mut error: CrmError, names: &[(&str, &str)]) -> CrmError {
    for told in &mut error.fields {
        if let Some((ours, _)) = names.iter().find(|(_, theirs)| *theirs == told.field) {
            told.field = (*ours).to_owned();
        }
    }
    error
}

/// The refusal of a status that none of the stages means.
pub(crate) fn no_stage(message: String) -> CrmError {
    let told = FieldError { field: field::STATUS.to_owned(), code: "NO_STAGE".to_owned(), message: message.clone() };
    CrmError { fields: vec![told], ..CrmError::new(200, ErrorClass::Invalid, message) }
}

/// The day on which a deal is expected to close that was made at this moment.
pub(crate) fn closes(made_at: Ms) -> String {
    let at = jiff::Timestamp::from_millisecond(made_at.plus(CLOSES).0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%d").to_string()
}

/// A record's values in our words: priorities of [`THREE_DEGREES`], categories of [`TYPES`]. `names` pairs our fields with
/// theirs; what the record does not have is not told.
pub(crate) fn fields_here(record: &Value, names: &[(&str, &str)]) -> Properties {
    let mut fields = Properties::new();
    for (ours, theirs) in names {
        let Some(value) = record.get(*theirs).map(joined) else { continue };
        match *ours {
            field::PRIORITY => priority_here(&mut fields, &value, &THREE_DEGREES),
            // A type of the account's own is none of ours.
            field::CATEGORY if !value.is_empty() && Category::parse(&value).is_none() => {}
            field::CATEGORY => drop(fields.insert((*ours).to_owned(), value.to_lowercase())),
            _ => drop(fields.insert((*ours).to_owned(), value)),
        }
    }
    fields
}

/// The values to write, in the words of [`fields_here`]; null clears one of a record that is there.
pub(crate) fn values_there(writing: &Writing, names: &[(&str, &str)]) -> Map<String, Value> {
    let mut values = Map::new();
    for (ours, theirs) in names {
        let Some(value) = writing.get(ours) else { continue };
        let value = match *ours {
            field::PRIORITY => priority_there(value, &THREE_DEGREES).map(Value::from),
            field::CATEGORY => priority_there(value, &TYPES).map(Value::from),
            field::AMOUNT => value.parse::<f64>().ok().map(Value::from),
            _ => Some(value).filter(|text| !text.trim().is_empty()).map(Value::from),
        };
        match (value, &writing.known) {
            (Some(value), _) => drop(values.insert((*theirs).to_owned(), value)),
            (None, Some(_)) => drop(values.insert((*theirs).to_owned(), Value::Null)),
            (None, None) => {}
        }
    }
    values
}

/// Our word that a priority of ours is read back as: the first of those with the same word over there.
pub(crate) fn priority_back<'a>(ours: &'a str, words: &[(&'static str, &'static str)]) -> &'a str {
    let there = priority_there(ours, words);
    words.iter().find(|(_, theirs)| Some(*theirs) == there).map_or(ours, |(first, _)| first)
}

/// How priorities are called over there: ours and theirs, the first of two equal ones counts.
pub(crate) fn priority_there(ours: &str, words: &[(&str, &'static str)]) -> Option<&'static str> {
    words.iter().find(|(our, _)| *our == ours).map(|(_, theirs)| *theirs)
}

/// A priority of theirs in our word; one that is not known is not told.
pub(crate) fn priority_here(fields: &mut Properties, theirs: &str, words: &[(&str, &str)]) {
    if theirs.is_empty() {
        fields.insert(field::PRIORITY.to_owned(), String::new());
    } else if let Some((ours, _)) = words.iter().find(|(_, word)| word.eq_ignore_ascii_case(theirs)) {
        fields.insert(field::PRIORITY.to_owned(), (*ours).to_owned());
    }
}
