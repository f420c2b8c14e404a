//! What can be wrong with a draft: a stable code, where it is, the limit and what was found.

/// One thing that Meta would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// Where, as the request names it: `name`, `components.1.buttons.0.url`. A variable's sample is
    /// `components.0.example.first_name`.
    pub path: String,
    /// The number that the rule allows or asks for.
    pub limit: Option<i64>,
    /// The number that was found.
    pub actual: Option<i64>,
    /// The word it is about: a character, a variable, a kind of button.
    pub value: Option<String>,
}

impl Problem {
    /// One English sentence with its values.
    #[must_use]
    pub fn text(&self) -> String {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let text = self.code.text().replace("{limit}", &number(self.limit)).replace("{actual}", &number(self.actual));
        text.replace("{value}", self.value.as_deref().unwrap_or_default())
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $text:literal),+ $(,)?) => {
        /// A rule of Meta's that a draft breaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $text] $name),+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word of the API; programs and catalogues go by it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// One English sentence; `{limit}`, `{actual}` and `{value}` stand for the values.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

// Each row: name, code, sentence. The catalogues of the web app have a sentence for every code.
codes! {
    Required "required" "This must be filled in.",
    NameCharacters "name_characters" "A name has only small Latin letters, digits and underscores, not \"{value}\".",
    TooLong "too_long" "At most {limit} characters; there are {actual}.",
    LineBreak "line_break" "This must be one line.",
    LanguageUnknown "language_unknown" "WhatsApp has no language \"{value}\".",
    CategoryUnknown "category_unknown" "The category is marketing, utility or authentication.",
    FormatUnknown "format_unknown" "Variables are numbered (POSITIONAL) or named (NAMED).",
    NotAList "not_a_list" "This must be a list.",
    BodyMissing "body_missing" "A template needs a body.",
    ComponentUnknown "component_unknown" "There is no component \"{value}\".",
    ComponentTwice "component_twice" "There can be only one {value}.",
    ComponentNotAllowed "component_not_allowed" "A template of this kind cannot have {value}.",
    HeaderUnknown "header_unknown" "There is no header format \"{value}\".",
    HeaderPlain "header_plain" "A header has neither emoji nor marks such as * and _ around words: take out \"{value}\".",
    SampleMissing "sample_missing" "Choose a sample file for the reviewers.",
    SampleLink "sample_link" "A link is not a sample: choose the file again.",
    VariableNotAllowed "variable_not_allowed" "There can be no variable here.",
    VariableMalformed "variable_malformed" "A variable is two braces, its number or name, and two braces.",
    VariableNumber "variable_number" "Variables here are numbered; \"{value}\" is a name.",
    VariableName "variable_name" "A variable's name has small Latin letters, digits and underscores and begins with a letter, unlike \"{value}\".",
    VariableGap "variable_gap" "Variables are numbered from 1 without gaps; {limit} is missing.",
    VariableAtStart "variable_at_start" "The text cannot begin with a variable.",
    VariableAtEnd "variable_at_end" "The text cannot end with a variable.",
    VariablesAdjacent "variables_adjacent" "Put words between the variables.",
    VariablesMany "variables_many" "At most {limit} variables; there are {actual}.",
    VariablesDense "variables_dense" "So many variables need a text of at least {limit} words; there are {actual}.",
    ExampleMissing "example_missing" "Give a sample for the variable {value}.",
    LinkShortened "link_shortened" "Shortened links such as {value} are refused: give the whole address.",
    LinkWhatsapp "link_whatsapp" "Links to WhatsApp itself ({value}) are refused.",
    LinkInvalid "link_invalid" "An address begins with https:// and has no spaces.",
    LinkVariable "link_variable" "A link's variable stands at its end, after the host.",
    ButtonsMissing "buttons_missing" "There must be at least one button.",
    ButtonsMany "buttons_many" "At most {limit} buttons; there are {actual}.",
    ButtonUnknown "button_unknown" "There is no button \"{value}\".",
    ButtonNotAllowed "button_not_allowed" "A template of this kind cannot have the button {value}.",
    ButtonKindMany "button_kind_many" "At most {limit} buttons of the kind {value}; there are {actual}.",
    QuickRepliesApart "quick_replies_apart" "Quick replies must stand together, before or after the other buttons.",
    PhoneInvalid "phone_invalid" "A number has a plus sign and digits, at most {limit} characters.",
    FlowMissing "flow_missing" "A flow button needs the flow's id or name.",
    CodeButtonMissing "code_button_missing" "An authentication template has exactly one code button.",
    CodeButtonKind "code_button_kind" "The code button copies, fills in with one tap or without a tap, not \"{value}\".",
    CodeApps "code_apps" "Name the Android app: its package and its signature hash of 11 characters.",
    CodeTerms "code_terms" "Filling in without a tap needs the terms to be accepted.",
    CodeExpiry "code_expiry" "The code expires after 1 to {limit} minutes, not {actual}.",
    CardsCount "cards_count" "A carousel has 2 to {limit} cards; there are {actual}.",
    CardHeader "card_header" "Every card needs a picture or a film.",
    CardDiffers "card_differs" "Every card must have the same parts and buttons as the first.",
    OfferCategory "offer_category" "Only marketing templates can have a limited-time offer.",
    OfferHeader "offer_header" "Beside an offer the header is a picture or a film.",
    OfferButtons "offer_buttons" "An offer needs a link button.",
    OfferCode "offer_code" "An offer that expires needs a button that copies its code, before the others.",
    TtlRange "ttl_range" "Messages of this category are tried for {value} seconds (or -1 for 30 days), not {actual}.",
    CategoryFixed "category_fixed" "The category of an approved template cannot be changed.",
    CarrierLacks "carrier_lacks" "The provider of this channel has no {value} in templates: leave it out.",
    CarrierNumbered "carrier_numbered" "The provider of this channel takes only numbered variables: number them.",
}

/// More than a person can read; nothing that is typed by hand has so many.
const PROBLEMS_MAX: usize = 200;

/// Collects problems.
#[derive(Default)]
pub(super) struct Report(Vec<Problem>);

impl Report {
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.0
    }

    pub(super) fn plain(&mut self, path: &str, code: Code) {
        self.push(path, code, None, None, None);
    }

    pub(super) fn word(&mut self, path: &str, code: Code, value: &str) {
        self.push(path, code, None, None, Some(value));
    }

    pub(super) fn count(&mut self, path: &str, code: Code, limit: usize, actual: usize, value: Option<&str>) {
        self.push(path, code, Some(limit), Some(actual), value);
    }

    /// At most `most` characters, counted as for messages: in UTF-16 units, like a browser.
    pub(super) fn length(&mut self, path: &str, text: &str, most: usize) {
        let size = text.encode_utf16().count();
        if size > most {
            self.count(path, Code::TooLong, most, size, None);
        }
    }

    /// The same; whether the text is so long that nothing else about it is worth a look.
    pub(super) fn absurd(&mut self, path: &str, text: &str, most: usize) -> bool {
        self.length(path, text, most);
        text.len() > 16 * most
    }

    /// A text that must be there, on one line, and no longer than `most`.
    pub(super) fn short(&mut self, path: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            return self.plain(path, Code::Required);
        }
        if text.contains(['\n', '\r']) {
            self.plain(path, Code::LineBreak);
        }
        self.length(path, text, most);
    }

    /// A time outside what its category allows.
    pub(super) fn seconds(&mut self, path: &str, most: i64, actual: i64, allowed: &str) {
        self.0.push(Problem {
            code: Code::TtlRange,
            path: path.to_owned(),
            limit: Some(most),
            actual: Some(actual),
            value: Some(allowed.to_owned()),
        });
    }

    fn push(&mut self, path: &str, code: Code, limit: Option<usize>, actual: Option<usize>, value: Option<&str>) {
        if self.0.len() >= PROBLEMS_MAX {
            return;
        }
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.0.push(Problem {
            code,
            path: path.to_owned(),
            limit: limit.map(number),
            actual: actual.map(number),
            // A text of any length may have been given.
            value: value.map(|value| value.chars().take(60).collect()),
        });
    }
}
