//! Where a value stands in JSON: `person.phones[0].number`, `["odd.name"]`, and nothing more, so that no path costs more
//! than its length. An empty path is the whole.

use serde_json::{Map, Value};

/// Longest path, in characters, and most steps of one.
const LONGEST: (usize, usize) = (200, 20);
/// Places of a list that can be named.
const PLACES: usize = 100;

/// Why a path cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// Too long.
    #[error("is longer than 200 characters or 20 steps")]
    TooLong,
    /// Nothing between two dots, or a dot at an end.
    #[error("has an empty name")]
    Empty,
    /// A bracket that is not closed, or that holds neither a number below 100 nor a name in double quotes.
    #[error("has a bracket that holds neither a number below 100 nor a name in double quotes")]
    Bracket,
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'p> {
    Name(&'p str),
    Place(usize),
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen<'v> {
    /// This.
    There(&'v Value),
    /// Nothing, and that is known: what would hold it is null, or a list that ends before it.
    Empty,
    /// Nothing, and nobody says so.
    Unknown,
}

fn steps(path: &str) -> Result<Vec<Step<'_>>, BadPath> {
    let path = path.trim();
    let mut rest = path.strip_prefix("$.").or_else(|| path.strip_prefix('$')).unwrap_or(path);
    let mut all = Vec::new();
    let mut is_first = true;
    while !rest.is_empty() {
        if all.len() == LONGEST.1 || path.chars().count() > LONGEST.0 {
            return Err(BadPath::TooLong);
        }
        let (step, after) = match rest.strip_prefix('[') {
            Some(inner) => bracket(inner)?,
            None => {
                let name = if is_first { rest } else { rest.strip_prefix('.').ok_or(BadPath::Bracket)? };
                let end = name.find(['.', '[']).unwrap_or(name.len());
                (Step::Name(&name[..end]), &name[end..])
            }
        };
        if step == Step::Name("") || after == "." {
            return Err(BadPath::Empty);
        }
        all.push(step);
        rest = after;
        is_first = false;
    }
    Ok(all)
}

fn bracket(inner: &str) -> Result<(Step<'_>, &str), BadPath> {
    if let Some(quoted) = inner.strip_prefix('"') {
        let (name, after) = quoted.split_once("\"]").ok_or(BadPath::Bracket)?;
        return Ok((Step::Name(name), after));
    }
    let (digits, after) = inner.split_once(']').ok_or(BadPath::Bracket)?;
    let place = digits.parse::<usize>().ok().filter(|place| *place < PLACES);
    Ok((Step::Place(place.ok_or(BadPath::Bracket)?), after))
}

/// Whether a path can be read.
///
/// # Errors
/// [`BadPath`]: why not.
pub fn check(path: &str) -> Result<(), BadPath> {
    steps(path).map(drop)
}

/// What stands at a path; a path that cannot be read leads nowhere.
pub(super) fn look<'v>(value: &'v Value, path: &str) -> Seen<'v> {
    let Ok(steps) = steps(path) else { return Seen::Unknown };
    let mut value = value;
    for step in steps {
        let next = match (step, value) {
            (_, Value::Null) => return Seen::Empty,
            (Step::Place(place), Value::Array(items)) => match items.get(place) {
                Some(item) => Some(item),
                None => return Seen::Empty,
            },
            (Step::Name(name), Value::Object(map)) => map.get(name),
            _ => None,
        };
        match next {
            Some(next) => value = next,
            None => return Seen::Unknown,
        }
    }
    Seen::There(value)
}

/// The value at a path.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    match look(value, path) {
        Seen::There(value) => Some(value),
        Seen::Empty | Seen::Unknown => None,
    }
}

/// Puts a value at a path; what is missing on the way is made.
pub(super) fn put(target: &mut Value, path: &str, new: Value) {
    let Ok(steps) = steps(path) else { return };
    let mut place = target;
    for step in steps {
        match step {
            Step::Name(name) => {
                if !place.is_object() {
                    *place = Value::Object(Map::new());
                }
                place = &mut place[name];
            }
            Step::Place(index) => {
                if !place.is_array() {
                    *place = Value::Array(Vec::new());
                }
                let Some(items) = place.as_array_mut() else { return };
                if items.len() <= index {
                    items.resize(index + 1, Value::Null);
                }
                place = &mut items[index];
            }
        }
    }
    *place = new;
}

/// The path of a member of what stands at `parent`; `None` for a name that no path can say.
pub(super) fn member(parent: &str, name: &str) -> Option<String> {
    if name.is_empty() || name.contains('"') {
        return None;
    }
    let is_plain = !name.contains(['.', '[', ']']) && name.trim() == name && !name.starts_with('$');
    let path = match (is_plain, parent.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{parent}.{name}"),
        (false, _) => format!("{parent}[\"{name}\"]"),
    };
    check(&path).is_ok().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_values_and_mistakes_are_said() {
        let value = json!({ "a": { "b": [{ "c": 1 }, null], "odd.name": true, "none": null }, "": 3 });
        for (path, found) in [
            ("", Some(&value)),
            ("$", Some(&value)),
            ("a.b[0].c", Some(&json!(1))),
            ("$.a.b[0].c", Some(&json!(1))),
            (" a[\"odd.name\"] ", Some(&json!(true))),
            ("[\"a\"].b[1]", Some(&Value::Null)),
            ("a.b.c", None),
            ("a.b[7]", None),
        ] {
            assert_eq!((check(path), at(&value, path)), (Ok(()), found), "{path}");
        }
        for (path, seen) in [("a.none.x", Seen::Empty), ("a.b[2].c", Seen::Empty), ("a.x", Seen::Unknown)] {
            assert_eq!(look(&value, path), seen, "{path}");
        }
        let long = "a.".repeat(20) + "a";
        for (path, error) in [
            ("a..b", BadPath::Empty),
            (".a", BadPath::Empty),
            ("a.", BadPath::Empty),
            ("a[]", BadPath::Bracket),
            ("a[-1]", BadPath::Bracket),
            ("a[100]", BadPath::Bracket),
            ("a[0", BadPath::Bracket),
            ("a[?(@.b)]", BadPath::Bracket),
            ("a[0]b", BadPath::Bracket),
            (long.as_str(), BadPath::TooLong),
        ] {
            assert_eq!(check(path), Err(error), "{path}");
            assert_eq!(at(&value, path), None);
        }
    }

    #[test]
    fn values_are_put_and_members_are_spelled() {
        let mut value = json!({ "id": 1, "tags": "none" });
        for (path, new) in [("who.name", json!("Ana")), ("tags[1]", json!("b")), ("[\"x.y\"]", json!(2))] {
            put(&mut value, path, new);
        }
        put(&mut value, "a..b", json!("nowhere"));
        assert_eq!(value, json!({ "id": 1, "tags": [null, "b"], "who": { "name": "Ana" }, "x.y": 2 }));
        assert_eq!(member("", "name").as_deref(), Some("name"));
        assert_eq!(member("a", "x.y").as_deref(), Some("a[\"x.y\"]"));
        assert_eq!((member("a", "say \"x\""), member("a", "")), (None, None));
    }
}
