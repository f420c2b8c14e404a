//! Links and e-mail addresses.

use super::scan::Scan;
use super::{Found, Value};
use crate::tokenise::{Script, script_of};

/// Endings of names that are links without `https://` in front.
const DOMAINS: &str = "com net org io co app shop store me info biz online site dev ai \
    ru cn tw hk sg my id in ae sa eg fr es pt br mx uk de eu kz ua by us ca au jp";
/// E-mail and link parts longer than this are something else.
const MAX_PART: usize = 2_048;

pub(super) fn find(scan: &Scan, found: &mut Found) {
    let mut at = 0;
    while at < scan.len() {
        let end = match scan.at(at) {
            Some('@') => {
                email(scan, at, found);
                at + 1
            }
            Some('h' | 'w') if scan.begins(at) => with_scheme(scan, at, found),
            _ => at + 1,
        };
        at = end.max(at + 1);
    }
    for at in 0..scan.len() {
        if scan.at(at) == Some('.') {
            bare(scan, at, found);
        }
    }
}

fn email(scan: &Scan, sign: usize, found: &mut Found) {
    let local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let mut start = sign;
    while start > 0 && sign - start < 64 && scan.before(start).is_some_and(local) {
        start -= 1;
    }
    while start < sign && matches!(scan.at(start), Some('.' | '-' | '+' | '%')) {
        start += 1;
    }
    let end = domain_end(scan, sign + 1);
    if start < sign && has_ending(scan, sign + 1, end, |ending| ending.len() >= 2) {
        let address = scan.shown(start..end).to_lowercase();
        found.add(scan.span(start..end), Value::Email { address });
    }
}

/// One past a domain name's letters, digits, hyphens and inner dots.
fn domain_end(scan: &Scan, at: usize) -> usize {
    let mut end = scan.run_within(at, 253, |c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    while end > at && matches!(scan.before(end), Some('.' | '-')) {
        end -= 1;
    }
    end
}

/// Whether a name has a dot inside and an ending of letters that will do.
fn has_ending(scan: &Scan, start: usize, end: usize, will_do: impl Fn(&str) -> bool) -> bool {
    let name = scan.shown(start..end).to_lowercase();
    let Some((rest, ending)) = name.rsplit_once('.') else { return false };
    !rest.is_empty() && !rest.starts_with('.') && ending.chars().all(|c| c.is_ascii_alphabetic()) && will_do(ending)
}

/// A link that begins with a scheme or `www.`; gives back where to go on.
fn with_scheme(scan: &Scan, at: usize, found: &mut Found) -> usize {
    let Some(head) = ["https://", "http://", "www."].iter().find(|head| scan.is(at, &head.chars().collect::<Vec<_>>()))
    else {
        return at + 1;
    };
    let end = link_end(scan, at);
    if end > at + head.len() {
        let url = scan.shown(at..end);
        found.add(scan.span(at..end), Value::Url { url });
    }
    end
}

/// A name with a well-known ending and perhaps a path: `shop.example.com/x`.
fn bare(scan: &Scan, dot: usize, found: &mut Found) {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let mut start = dot;
    while start > 0 && dot - start < 253 && scan.before(start).is_some_and(name) {
        start -= 1;
    }
    let end = domain_end(scan, start);
    let known = has_ending(scan, start, end, |ending| DOMAINS.split_whitespace().any(|known| known == ending));
    if !known || end <= dot || dot < start + 2 || !scan.begins(start) || scan.before(start) == Some('@') {
        return;
    }
    let path = scan.at(end) == Some('/');
    let short = end - scan.shown(start..end).rfind('.').map_or(end, |at| start + at) <= 3;
    // Two-letter endings are words of many languages ("me", "in", "id"): only with a path.
    if short && !path {
        return;
    }
    let end = if path { link_end(scan, end) } else { end };
    let url = scan.shown(start..end);
    found.add(scan.span(start..end), Value::Url { url });
}

/// One past a link: up to white space, quotes or a script without spaces, less closing punctuation.
fn link_end(scan: &Scan, at: usize) -> usize {
    let part = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^')
            || c.is_alphanumeric() && !matches!(script_of(c), Script::Unspaced | Script::Arabic)
    };
    let mut end = scan.run_within(at, MAX_PART, part);
    let opens = |end: usize| (at..end).any(|at| scan.at(at) == Some('('));
    while end > at {
        match scan.before(end) {
            Some('.' | ',' | ';' | ':' | '!' | '?' | '\'' | ']' | '*' | '_' | '~') => end -= 1,
            Some(')') if !opens(end) => end -= 1,
            _ => break,
        }
    }
    end
}
