//! Sums of money: a number with a currency before or behind it.

use super::currency::{behind, chosen, has_thousandths, in_front, power};
use super::scan::Scan;
use super::{Found, Value};

/// The most digits of a sum.
const MAX_DIGITS: usize = 15;
/// The most digits behind the decimal point.
const MAX_SCALE: usize = 4;

/// A number as written: its groups of digits and the sign before each but the first.
struct Written {
    end: usize,
    groups: Vec<(char, String)>,
}

pub(super) fn find(scan: &Scan, own: &str, found: &mut Found) {
    let mut at = 0;
    while at < scan.len() {
        if !scan.is_digit(at) || scan.before(at).is_some_and(|c| c.is_ascii_digit()) {
            at += 1;
            continue;
        }
        let written = number(scan, at);
        sum(scan, at, &written, own, found);
        at = written.end;
    }
}

/// Reads digits with single separators between them.
fn number(scan: &Scan, at: usize) -> Written {
    let mut end = scan.digits(at);
    let mut groups = vec![(' ', scan.shown(at..end))];
    while let Some(sign) = scan.at(end).filter(|sign| matches!(sign, '.' | ',' | '\'' | ' ' | '٬' | '٫' | '،')) {
        let next = scan.digits(end + 1);
        let length = next - (end + 1);
        let spaced = sign == ' ';
        // A space groups thousands only: "2 500" but not "2 50" or "12 345 678 9".
        let first = groups[0].1.len();
        if length == 0 || (spaced && (length != 3 || first > 3 || groups.iter().skip(1).any(|(sign, _)| *sign != ' ')))
        {
            break;
        }
        groups.push((if sign == '،' { ',' } else { sign }, scan.shown(end + 1..next)));
        end = next;
    }
    Written { end, groups }
}

/// Looks for the currency around a number.
fn sum(scan: &Scan, at: usize, written: &Written, own: &str, found: &mut Found) {
    let before = if scan.before(at) == Some(' ') { at - 1 } else { at };
    let front = in_front(scan, before);
    if front.is_none() && !scan.begins(at) {
        return;
    }
    let mut end = written.end;
    let said = power(scan, scan.past_space(end));
    let mut shift = 0;
    if let Some((power, word_end)) = said {
        // "5 k" is a kilo of something unless a currency says otherwise.
        shift = power;
        end = word_end;
    }
    let back = behind(scan, scan.past_space(end));
    let (codes, start, end) = match (front, back) {
        // "$100 usd": both say the same, the one behind says it better if it is plain.
        (Some((front, start)), Some((back, end))) if overlap(front.codes, back.codes) => {
            (if back.codes.contains(' ') { front.codes } else { back.codes }, start, end)
        }
        (Some((front, start)), _) => (front.codes, start, end),
        (None, Some((back, end))) => (back.codes, at, end),
        (None, None) => return,
    };
    let currency = chosen(codes, own);
    let Some((mantissa, scale)) = value(&written.groups, has_thousandths(currency), shift) else { return };
    found.add(scan.span(start..end), Value::Amount { mantissa, scale, currency });
}

fn overlap(a: &str, b: &str) -> bool {
    a.split(' ').any(|code| b.split(' ').any(|other| other == code))
}

/// Decides which sign is the decimal point: of two kinds the last; of one kind that stands once the one without
/// exactly three digits behind it, for three are thousands (unless the currency has thousandths).
fn value(groups: &[(char, String)], thousandths: bool, shift: u32) -> Option<(i64, u8)> {
    let signs: Vec<char> = groups.iter().skip(1).map(|(sign, _)| *sign).collect();
    let last = groups.len() - 1;
    let decimal = match signs.as_slice() {
        [] => false,
        [.., '٫'] => true,
        [.., '٬' | '\'' | ' '] => false,
        [_] => groups[last].1.len() != 3 || thousandths || groups[0].1.starts_with('0') || groups[0].1.len() > 3,
        [others @ .., end] => others.iter().all(|sign| sign != end),
    };
    let whole = if decimal { &groups[..last] } else { groups };
    // Thousands have three digits; Indian lakhs two, but for the last three.
    let thousands = whole.iter().skip(1).all(|(_, digits)| digits.len() == 3);
    let lakhs = whole.len() > 2
        && whole[1..whole.len() - 1].iter().all(|(_, digits)| digits.len() == 2)
        && whole[whole.len() - 1].1.len() == 3;
    let alike = whole.iter().skip(2).all(|(sign, _)| *sign == whole[1].0);
    if !(thousands || lakhs) || !alike || (whole.len() > 1 && whole[0].1.len() > 3) {
        return None;
    }
    let mut digits: String = whole.iter().map(|(_, digits)| digits.as_str()).collect();
    let mut scale = 0;
    if decimal {
        digits.push_str(&groups[last].1);
        scale = groups[last].1.len();
    }
    if scale > MAX_SCALE || digits.len() > MAX_DIGITS {
        return None;
    }
    let mantissa: i64 = digits.parse().ok()?;
    let shift = shift as usize;
    let left = shift.saturating_sub(scale);
    let mantissa = mantissa.checked_mul(10_i64.checked_pow(u32::try_from(left).ok()?)?)?;
    Some((mantissa, u8::try_from(scale.saturating_sub(shift)).ok()?))
}
