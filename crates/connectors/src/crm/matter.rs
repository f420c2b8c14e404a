//! Deals and cases behind the seam: the same fields by the same names for every vendor
//! (`rapport_core::matter::field`), so that whoever keeps them in step knows no vendor's words.

use super::seam::{Ask, Wire};
use super::value::{CrmError, KeyState, Properties};
use rapport_core::matter::{Object, field};
use rapport_core::time::Ms;

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

    /// The record that has our key. Never late: what was just created is found.
    fn find<'a>(&'a self, wire: &'a dyn Wire, object: Object, key: &'a str) -> Ask<'a, Option<RemoteMatter>>;

    /// Creates a record or changes the known one, and associates it with the contact's; answers with how it stands. Made
    /// twice, it makes no second record.
    fn write<'a>(&'a self, wire: &'a dyn Wire, writing: &'a Writing) -> Ask<'a, RemoteMatter>;

    /// What whoever calls must be allowed to, for a person who has to see to it.
    fn rights(&self, object: Object) -> &'static str;

    /// Whether a deal has a currency of its own; otherwise all are counted in the account's.
    fn keeps_currency(&self) -> bool {
        true
    }

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
