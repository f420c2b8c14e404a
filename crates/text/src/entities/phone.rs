//! What looks like a telephone number.

use super::scan::Scan;
use super::{Found, Value};

/// Digits of a number with its country.
const INTERNATIONAL: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits of a local number: fewer are prices, sizes and codes.
const LOCAL: std::ops::RangeInclusive<usize> = 8..=13;

pub(super) fn find(scan: &Scan, found: &mut Found) {
    let mut at = 0;
    while at < scan.len() {
        let begins = (scan.is_digit(at) || matches!(scan.at(at), Some('+' | '('))) && scan.begins(at);
        if !begins {
            at += 1;
            continue;
        }
        let (end, number) = read(scan, at);
        let digits = number.trim_start_matches('+').len();
        let plausible = match number.strip_prefix('+') {
            Some(_) => INTERNATIONAL.contains(&digits),
            None if number.starts_with("00") => INTERNATIONAL.contains(&(digits - 2)),
            None => LOCAL.contains(&digits),
        };
        // 192.168.0.1
        let machine = scan.shown(at..end).parse::<std::net::Ipv4Addr>().is_ok();
        if plausible && !machine && scan.ends(end) {
            found.add(scan.span(at..end), Value::Phone { number });
        }
        at = end.max(at + 1);
    }
}

/// Digits with at most two separating signs between them, and an opening plus.
fn read(scan: &Scan, start: usize) -> (usize, String) {
    let mut number = String::new();
    let (mut at, mut end) = (start, start);
    let mut signs = 0;
    while let Some(c) = scan.at(at) {
        match c {
            '0'..='9' => {
                number.push(c);
                signs = 0;
                end = at + 1;
            }
            '+' if number.is_empty() => number.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' if signs < 2 => signs += 1,
            _ => break,
        }
        if number.len() > 20 {
            break;
        }
        at += 1;
    }
    (end, number)
}
