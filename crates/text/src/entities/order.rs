//! Order numbers: by the workspace's own patterns, or behind a word that announces one.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::scan::{Scan, folded};
use super::{EntitySettings, Found, Value};

/// The most patterns that are tried; the rest is ignored.
pub const MAX_PATTERNS: usize = 20;
/// The most characters a pattern can match: they are bits of one word.
const MAX_STATES: usize = 63;
/// The fewest digits of a number that is known by the word before it only.
const MIN_DIGITS: usize = 3;
const MAX_CODE: usize = 32;

/// How a workspace's order numbers look.
///
/// `#` stands for a digit, `@` for a letter, `*` for either; `{4}` or `{4,8}` behind one of them or behind a
/// character repeats it, `?` makes it optional, `\` takes the next character as it stands. Everything else stands for
/// itself, in capitals or not: `ORD-#{5,8}`, `@@\#######`, `20##-?*{6}`. There is no backtracking: a pattern costs at
/// most its length per character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderPattern {
    written: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    one: One,
    optional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum One {
    Digit,
    Letter,
    Either,
    Exactly(char),
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderPatternError {
    /// It has no `#`, `@` or `*` that must be there, so it is no number.
    NoVariable,
    /// It can match more than 63 characters.
    TooLong,
    /// A `{`, `}`, `?` or `\` without what belongs to it, or `{8,4}`.
    Malformed,
}

impl fmt::Display for OrderPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoVariable => "the pattern needs at least one # (digit), @ (letter) or * (either)",
            Self::TooLong => "the pattern matches more than 63 characters",
            Self::Malformed => "a brace, question mark or backslash in the pattern has nothing to belong to",
        })
    }
}

impl std::error::Error for OrderPatternError {}

impl FromStr for OrderPattern {
    type Err = OrderPatternError;

    fn from_str(written: &str) -> Result<Self, OrderPatternError> {
        let mut steps: Vec<Step> = Vec::new();
        let mut chars = written.trim().chars().peekable();
        while let Some(c) = chars.next() {
            let one = match c {
                '#' => One::Digit,
                '@' => One::Letter,
                '*' => One::Either,
                '\\' => literal(chars.next().ok_or(OrderPatternError::Malformed)?),
                '{' | '}' | '?' => return Err(OrderPatternError::Malformed),
                c => literal(c),
            };
            let (least, most) = match chars.peek() {
                Some('?') => {
                    chars.next();
                    (0, 1)
                }
                Some('{') => {
                    chars.next();
                    let inside: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    repeat(&inside)?
                }
                _ => (1, 1),
            };
            if steps.len() + most > MAX_STATES {
                return Err(OrderPatternError::TooLong);
            }
            steps.extend((0..most).map(|index| Step { one, optional: index >= least }));
        }
        if !steps.iter().any(|step| !step.optional && !matches!(step.one, One::Exactly(_))) {
            return Err(OrderPatternError::NoVariable);
        }
        Ok(Self { written: written.trim().to_owned(), steps })
    }
}

impl TryFrom<String> for OrderPattern {
    type Error = OrderPatternError;

    fn try_from(written: String) -> Result<Self, OrderPatternError> {
        written.parse()
    }
}

impl From<OrderPattern> for String {
    fn from(pattern: OrderPattern) -> Self {
        pattern.written
    }
}

impl fmt::Display for OrderPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn literal(c: char) -> One {
    One::Exactly(folded(&c.to_string()).first().copied().unwrap_or(c))
}

fn repeat(inside: &str) -> Result<(usize, usize), OrderPatternError> {
    let number = |text: &str| text.trim().parse::<usize>().map_err(|_| OrderPatternError::Malformed);
    let (least, most) = match inside.split_once(',') {
        Some((least, most)) => (number(least)?, number(most)?),
        None => (number(inside)?, number(inside)?),
    };
    if most > MAX_STATES {
        return Err(OrderPatternError::TooLong);
    }
    if most == 0 || least > most { Err(OrderPatternError::Malformed) } else { Ok((least, most)) }
}

impl OrderPattern {
    /// One past the longest match that begins at `at`: all states at once, one bit each.
    fn longest(&self, scan: &Scan, at: usize) -> Option<usize> {
        let last = self.steps.len();
        let mut states = self.skip_optional(1);
        let mut end = None;
        for place in at.. {
            if states & (1 << last) != 0 && scan.ends(place) {
                end = Some(place);
            }
            let Some(c) = scan.at(place) else { break };
            let mut next = 0;
            for (index, step) in self.steps.iter().enumerate() {
                if states & (1 << index) != 0 && step.one.is(c) {
                    next |= 1 << (index + 1);
                }
            }
            states = self.skip_optional(next);
            if states == 0 {
                break;
            }
        }
        end.filter(|end| *end > at)
    }

    fn skip_optional(&self, mut states: u64) -> u64 {
        for (index, step) in self.steps.iter().enumerate() {
            if step.optional && states & (1 << index) != 0 {
                states |= 1 << (index + 1);
            }
        }
        states
    }
}

impl One {
    fn is(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Letter => c.is_alphabetic(),
            Self::Either => c.is_alphanumeric(),
            Self::Exactly(own) => own == c,
        }
    }
}

/// Words that announce an order number.
const WORDS: &str = "order|orders|ord|order no|order nr|order number|order id|po|invoice|ref|reference|\
    commande|numero de commande|facture|reference|\
    pedido|numero de pedido|orden|factura|encomenda|fatura|nota|\
    pesanan|no pesanan|nomor pesanan|order id|invoice|\
    заказ|заказа|заказу|заказом|номер заказа|заказ номер|счет|накладная|\
    طلب|طلبي|الطلب|رقم الطلب|طلبيه|طلبيتي|الطلبيه|رقم الطلبيه|اوردر|الاوردر|فاتوره|الفاتوره|\
    订单|订单号|订单编号|单号|訂單|訂單號|訂單編號|訂單號碼|單號|\
    ऑर्डर|ऑर्डर नंबर|आर्डर|order number";
/// What may stand between the word and the number.
const BETWEEN: &str =
    "no|nr|num|number|n|numero|nomor|id|is|номер|رقم|رقمه|رقمها|es|号|號|是|编号|編號|nº|№|#|:|.|-|°|नंबर";

static ANNOUNCING: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| longest_first(WORDS));
static LINKING: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| longest_first(BETWEEN));

fn longest_first(list: &str) -> Vec<Vec<char>> {
    let mut words: Vec<Vec<char>> = list.split('|').map(folded).filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

pub(super) fn find(scan: &Scan, settings: &EntitySettings, found: &mut Found) {
    if !settings.orders.is_empty() {
        let mut at = 0;
        while at < scan.len() {
            let patterns = settings.orders.iter().take(MAX_PATTERNS).filter(|_| scan.begins(at));
            let end = patterns.filter_map(|pattern| pattern.longest(scan, at)).max();
            if let Some(end) = end {
                take(scan, at, end, found);
            }
            at = end.unwrap_or(at + 1);
        }
        return;
    }
    for at in 0..scan.len() {
        if matches!(scan.at(at), Some('#' | '№')) && scan.begins(at) {
            code(scan, scan.past_space(at + 1), found);
        } else if at == 0 || !scan.before(at).is_some_and(|c| c.is_alphabetic()) || is_han(scan, at) {
            announced(scan, at, found);
        }
    }
}

fn is_han(scan: &Scan, at: usize) -> bool {
    scan.at(at).is_some_and(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'))
}

/// A number behind a word that announces one.
fn announced(scan: &Scan, at: usize, found: &mut Found) {
    let Some(word) = ANNOUNCING.iter().find(|word| scan.is(at, word)) else { return };
    let mut place = at + word.len();
    if scan.at(place).is_some_and(|c| c.is_alphabetic()) && !is_han(scan, at) {
        return;
    }
    // "order no. #: 123": at most four links.
    for _ in 0..4 {
        place = scan.past_space(place);
        let link = LINKING.iter().find(|link| {
            let letters = link.iter().all(|c| c.is_ascii_alphabetic());
            scan.is(place, link) && (!letters || scan.at(place + link.len()).is_none_or(|c| !c.is_ascii_alphanumeric()))
        });
        match link {
            Some(link) => place += link.len(),
            None => break,
        }
    }
    code(scan, scan.past_space(place), found);
}

/// A code of letters, digits and inner hyphens with digits enough.
fn code(scan: &Scan, at: usize, found: &mut Found) {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/');
    let mut end = scan.run_within(at, MAX_CODE, part);
    while end > at && matches!(scan.before(end), Some('-' | '/')) {
        end -= 1;
    }
    let digits = (at..end).filter(|place| scan.is_digit(*place)).count();
    // A date or a sum follows the word as well: "order 22/11/2026".
    let slashes = (at..end).filter(|place| scan.at(*place) == Some('/')).count();
    let fraction = matches!(scan.at(end), Some('.' | ',')) && scan.is_digit(end + 1);
    if digits >= MIN_DIGITS && slashes < 2 && !fraction && scan.ends(end) {
        take(scan, at, end, found);
    }
}

fn take(scan: &Scan, at: usize, end: usize, found: &mut Found) {
    let number = scan.shown(at..end).to_uppercase();
    found.add(scan.span(at..end), Value::Order { number });
}
