//! Which replies come first: the one whose short code was begun, then what is used most.

use crate::Ms;
use crate::fold::letters;
use crate::time::DAY;
use std::cmp::Reverse;

/// A reply as the order sees it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its short code.
    pub shortcut: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it would say here.
    pub body: &'a str,
    /// How often whoever asks has used it.
    pub own_uses: i64,
    /// How often the whole team has.
    pub uses: i64,
    /// When it was last used by whoever asks.
    pub last_used: Option<Ms>,
}

/// How well a reply answers what was typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    ShortcutWhole,
    ShortcutBegins,
    TitleBegins,
    TitleHas,
    BodyHas,
}

/// A use of one's own counts as this many of the team's.
const OWN: i64 = 5;
/// Use within this time counts twice: what was frequent last year need not be now.
const LATELY: i64 = 14 * DAY;

/// The replies that hold what was typed (all of them for nothing), best first, as places in `candidates`. Case, accents,
/// vowel signs and letter forms of Arabic make no difference.
#[must_use]
pub fn rank(candidates: &[Candidate<'_>], typed: &str, now: Ms) -> Vec<usize> {
    let wanted = letters(typed);
    let mut found: Vec<(Match, i64, &str, usize)> = candidates
        .iter()
        .enumerate()
        .filter_map(|(at, one)| Some((fit(one, &wanted)?, -weight(one, now), one.shortcut, at)))
        .collect();
    found.sort_by_key(|(fit, weight, shortcut, at)| (*fit, *weight, *shortcut, Reverse(*at)));
    found.into_iter().map(|(.., at)| at).collect()
}

fn fit(one: &Candidate<'_>, wanted: &str) -> Option<Match> {
    let (shortcut, title) = (letters(one.shortcut), letters(one.title));
    match wanted {
        "" => Some(Match::ShortcutBegins),
        _ if shortcut == wanted => Some(Match::ShortcutWhole),
        _ if shortcut.starts_with(wanted) => Some(Match::ShortcutBegins),
        _ if title.starts_with(wanted) => Some(Match::TitleBegins),
        _ if title.contains(wanted) || shortcut.contains(wanted) => Some(Match::TitleHas),
        _ if letters(one.body).contains(wanted) => Some(Match::BodyHas),
        _ => None,
    }
}

fn weight(one: &Candidate<'_>, now: Ms) -> i64 {
    let lately = one.last_used.is_some_and(|at| now.since(at) <= LATELY);
    let own = one.own_uses.saturating_mul(if lately { 2 * OWN } else { OWN });
    own.saturating_add(one.uses)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ms = Ms(1_790_000_000_000);

    fn one<'a>(shortcut: &'a str, title: &'a str, body: &'a str, own: i64, all: i64) -> Candidate<'a> {
        Candidate { shortcut, title, body, own_uses: own, uses: all, last_used: None }
    }

    fn order(typed: &str, all: &[Candidate<'_>]) -> Vec<String> {
        rank(all, typed, NOW).into_iter().map(|at| all[at].shortcut.to_owned()).collect()
    }

    #[test]
    fn what_was_typed_comes_before_what_is_used() {
        let all = [
            one("hours", "Opening hours", "We open at nine.", 0, 3),
            one("ship", "Shipping", "Two days, after opening hours too.", 9, 40),
            one("h", "Hold on", "One moment", 0, 0),
            one("منزل", "العنوان", "نحن في شارع الإمام", 0, 0),
        ];
        assert_eq!(order("h", &all), ["h", "hours", "ship"], "the whole code, its beginning, then titles");
        assert_eq!(order("hours", &all), ["hours", "ship"]);
        assert_eq!(order("OPÉN", &all), ["hours", "ship"], "a title that begins so, before words inside a body");
        assert_eq!(order("الامام", &all), ["منزل"]);
        assert!(order("zebra", &all).is_empty());
        assert_eq!(order("", &all)[0], "ship", "nothing typed: what is used most");
    }

    #[test]
    fn own_and_recent_use_weigh_more() {
        let rare = one("a", "A", "", 0, 4);
        let own = one("b", "B", "", 1, 1);
        let lately = Candidate { last_used: Some(NOW.plus(-DAY)), ..one("c", "C", "", 1, 1) };
        assert_eq!(order("", &[rare, own, lately]), ["c", "b", "a"]);
        let unused = [one("z", "Z", "", 0, 0), one("y", "Y", "", 0, 0)];
        assert_eq!(order("", &unused), ["y", "z"], "else by their codes");
    }
}
