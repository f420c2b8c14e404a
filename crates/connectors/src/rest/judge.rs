//! Whether a description makes sense: everything that is wrong with it, each with its place.

use super::description::{AuthBy, Description, Pages, Proof, Writing};
use super::path;
use super::template::{has, holes};
use serde::Serialize;
use std::collections::HashSet;

/// Something that is wrong with a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, as `list.url`.
    pub place: String,
    /// What, as a word that does not change.
    pub code: &'static str,
    /// The same in a sentence.
    pub text: String,
}

/// Longest address and longest other text.
const LONGEST: (usize, usize) = (1_000, 200);
/// Most fields that can be made known, and most values of one.
const MOST: (usize, usize) = (200, 100);
/// Headers that are not a company's to choose: they belong to the call itself.
const OWN_HEADERS: [&str; 8] = [
    "host",
    "content-length",
    "content-type",
    "connection",
    "transfer-encoding",
    "upgrade",
    "authorization",
    "if-match",
];

struct Judge(Vec<Problem>);

impl Judge {
    fn wrong(&mut self, place: impl Into<String>, code: &'static str, text: impl Into<String>) {
        self.0.push(Problem { place: place.into(), code, text: text.into() });
    }

    fn path(&mut self, place: &str, text: &str) {
        if let Err(error) = path::check(text) {
            self.wrong(place, "path", format!("{text:?} {error}"));
        }
    }

    fn wanted(&mut self, place: &str, text: &str) -> bool {
        if text.trim().is_empty() {
            self.wrong(place, "missing", "is missing");
        }
        !text.trim().is_empty()
    }

    /// An address below the connection's own. `needed` holes must be in it, `known` ones may.
    fn address(&mut self, place: &str, text: &str, needed: &[&str], known: &[&str]) {
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '#' | '\\');
        if !text.starts_with('/') || text.starts_with("//") || text.chars().any(is_odd) || text.len() > LONGEST.0 {
            let words = "must begin with one slash and stand below the connection's address, without blanks or #";
            return self.wrong(place, "address", words);
        }
        let Some(found) = holes(text) else {
            return self.wrong(place, "braces", "has braces that are not a pair around one small word");
        };
        if let Some(strange) = found.iter().find(|hole| !needed.contains(hole) && !known.contains(hole)) {
            let all: Vec<String> = needed.iter().chain(known).map(|hole| format!("{{{hole}}}")).collect();
            self.wrong(place, "hole", format!("{{{strange}}} means nothing here; known are {}", all.join(", ")));
        }
        if let Some(missing) = needed.iter().find(|hole| !found.contains(hole)) {
            self.wrong(place, "no_hole", format!("{{{missing}}} must be in it"));
        }
    }

    fn header(&mut self, place: &str, name: &str) {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_own = OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own));
        if name.is_empty() || name.len() > 100 || is_own || !name.bytes().all(is_token) {
            self.wrong(place, "header", "must be the name of a header that is not used otherwise");
        }
    }

    fn range(&mut self, place: &str, is_in: bool, text: &str) {
        if !is_in {
            self.wrong(place, "range", format!("must be {text}"));
        }
    }
}

impl Description {
    /// Everything that is wrong with it; nothing when it can be used.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut judge = Judge(Vec::new());
        self.judge_auth(&mut judge);
        self.judge_record(&mut judge);
        self.judge_list(&mut judge);
        self.judge_calls(&mut judge);
        self.judge_rest(&mut judge);
        judge.0
    }

    fn judge_auth(&self, judge: &mut Judge) {
        let auth = &self.auth;
        match auth.by {
            AuthBy::Header => judge.header("auth.name", &auth.name),
            AuthBy::Query => {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                if auth.name.is_empty() || auth.name.len() > 100 || !auth.name.bytes().all(is_plain) {
                    judge.wrong("auth.name", "query_name", "must be letters, digits, dots, dashes and underscores");
                }
            }
            AuthBy::Oauth if auth.token_url.starts_with("http") => {
                let is_odd = |c: char| c.is_whitespace() || c.is_control() || "{}#\\@".contains(c);
                if auth.token_url.len() > LONGEST.0 || auth.token_url.chars().any(is_odd) {
                    judge.wrong("auth.token_url", "address", "must be an address without blanks, braces, @ or #");
                }
            }
            AuthBy::Oauth => judge.address("auth.token_url", &auth.token_url, &[], &[]),
            AuthBy::None | AuthBy::Bearer | AuthBy::Basic => {}
        }
        judge.range("auth.scope", auth.scope.len() <= LONGEST.1, "at most 200 characters");
    }

    fn judge_record(&self, judge: &mut Judge) {
        let record = &self.record;
        for (place, text) in [("record.id", &record.id), ("record.modified", &record.modified)] {
            judge.wanted(place, text);
        }
        let paths = [
            ("record.id", &record.id),
            ("record.modified", &record.modified),
            ("record.deleted", &record.deleted),
            ("record.key", &record.key),
            ("record.name", &record.name),
            ("record.email", &record.email),
        ];
        for (place, text) in paths {
            judge.path(place, text);
        }
        if !record.phones.iter().any(|path| !path.trim().is_empty()) {
            judge.wrong("record.phones", "missing", "is missing: customers are known by their numbers");
        }
        judge.range("record.phones", record.phones.len() <= 5, "at most five paths");
        for path in &record.phones {
            judge.path("record.phones", path);
        }
        let page = &record.page;
        let is_page = page.is_empty() || page.starts_with("https://") || page.starts_with("http://");
        if !is_page || page.len() > LONGEST.0 || page.contains(char::is_whitespace) {
            judge.wrong("record.page", "page", "must be the beginning of a web address");
        }
    }

    fn judge_list(&self, judge: &mut Judge) {
        let list = &self.list;
        let needed: &[&str] = match list.pages {
            Pages::Page => &["page"],
            Pages::Offset => &["offset"],
            Pages::None | Pages::Cursor | Pages::Link => &[],
        };
        if judge.wanted("list.url", &list.url) {
            let known: &[&str] =
                if list.pages == Pages::Cursor { &["since", "limit", "cursor"] } else { &["since", "limit"] };
            judge.address("list.url", &list.url, needed, known);
        }
        if list.pages == Pages::Cursor {
            judge.wanted("list.next", &list.next);
        }
        for (place, text) in [("list.items", &list.items), ("list.record", &list.record), ("list.next", &list.next)] {
            judge.path(place, text);
        }
        judge.range("list.limit", (1..=1_000).contains(&list.limit), "1 to 1000");
        judge.range("list.first", list.first <= 1, "0 or 1");
        if list.ordered && !has(&list.url, "since") {
            judge.wrong("list.ordered", "ordered", "helps only where {since} is in the address");
        }
    }

    fn judge_calls(&self, judge: &mut Judge) {
        if judge.wanted("read.url", &self.read.url) {
            judge.address("read.url", &self.read.url, &["id"], &[]);
        }
        judge.path("read.record", &self.read.record);
        for (place, url, more) in [
            ("find.key", &self.find.key, &[][..]),
            ("find.email", &self.find.email, &[][..]),
            ("find.phone", &self.find.phone, &["digits"][..]),
        ] {
            if url.is_empty() {
                continue;
            }
            let by_digits = !more.is_empty() && has(url, "digits");
            let (needed, known) = if by_digits { (&[][..], &["value", "digits"][..]) } else { (&["value"][..], more) };
            judge.address(place, url, needed, known);
        }
        for (place, text) in [("find.items", &self.find.items), ("find.record", &self.find.record)] {
            judge.path(place, text);
        }
        if !self.find.key.is_empty() && self.record.key.is_empty() {
            judge.wrong("record.key", "key", "is missing: a search by Rapport's id was given");
        }
        // However an answer is lost, the contact that was made must be found again.
        let by_key = !self.find.key.is_empty() && !self.record.key.is_empty();
        if !by_key && self.find.phone.is_empty() && self.create.idempotency_header.is_empty() {
            let words = "a way to find a contact again is missing: a search by Rapport's id or by number, or a header \
                         by which a repeated call is known";
            judge.wrong("find.key", "no_way_back", words);
        }
        for (place, way, needed) in [("create", &self.create, &[][..]), ("update", &self.update, &["id"][..])] {
            writing(judge, place, way, needed);
        }
    }

    fn judge_rest(&self, judge: &mut Judge) {
        let mut seen = HashSet::new();
        judge.range("fields", self.fields.len() <= MOST.0, "at most 200 fields");
        for field in self.fields.iter().take(MOST.0) {
            if judge.wanted("fields", &field.path) {
                judge.path("fields", &field.path);
            }
            if !seen.insert(field.path.as_str()) {
                judge.wrong("fields", "twice", format!("{} is there twice", field.path));
            }
            let is_small = field.label.len() <= LONGEST.1 && field.options.len() <= MOST.1;
            judge.range("fields", is_small, "labels of at most 200 characters and 100 values");
        }
        let limits = &self.limits;
        judge.range("limits.per_second", (0.1..=100.0).contains(&limits.per_second), "0.1 to 100");
        judge.range("limits.per_day", limits.per_day == 0 || limits.per_day >= 100, "0 or at least 100");
        let are_errors = limits.later.len() <= 20 && limits.later.iter().all(|status| (400..600).contains(status));
        judge.range("limits.later", are_errors, "at most 20 statuses from 400 to 599");
        if !limits.wait_header.is_empty() {
            judge.header("limits.wait_header", &limits.wait_header);
        }
        judge.path("limits.wait_path", &limits.wait_path);
        judge.range("limits.clock_ms", (1..=86_400_000).contains(&limits.clock_ms), "1 to 86400000");
        judge.range("limits.behind_s", limits.behind_s <= 86_400, "0 to 86400");
        judge.range("limits.look_s", (5..=3_600).contains(&limits.look_s), "5 to 3600");
        let errors = &self.errors;
        for (place, text) in [
            ("errors.message", &errors.message),
            ("errors.fields", &errors.fields),
            ("errors.field", &errors.field),
            ("errors.reason", &errors.reason),
            ("errors.failed", &errors.failed),
            ("errors.existing", &errors.existing),
            ("hook.ids", &self.hook.ids),
            ("hook.each", &self.hook.each),
        ] {
            judge.path(place, text);
        }
        if self.hook.proof != Proof::None {
            judge.header("hook.header", &self.hook.header);
            judge.wanted("hook.ids", &self.hook.ids);
            judge.range("hook.prefix", self.hook.prefix.len() <= 50, "at most 50 characters");
        }
    }
}

fn writing(judge: &mut Judge, place: &str, way: &Writing, needed: &[&str]) {
    if judge.wanted(&format!("{place}.url"), &way.url) {
        judge.address(&format!("{place}.url"), &way.url, needed, &[]);
    }
    judge.path(&format!("{place}.at"), &way.at);
    judge.path(&format!("{place}.record"), &way.record);
    if !way.idempotency_header.is_empty() && !needed.is_empty() {
        // The same change may rightly be made a second time, later.
        judge.wrong(format!("{place}.idempotency_header"), "unused", "is for making contacts only");
    } else if !way.idempotency_header.is_empty() {
        judge.header(&format!("{place}.idempotency_header"), &way.idempotency_header);
    }
}
