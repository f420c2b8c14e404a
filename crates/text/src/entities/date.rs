//! Days: in figures, by the name of the month or the day, and as seen from today.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{Span as Length, ToSpan};

use super::date_words as words;
use super::{Found, Value};
use crate::phrases::{PhraseHit, Phrases, Prepared};
use crate::unit::{Gap, Kind};

/// Longer ways ahead or back are not meant ("in 100000 days").
const MAX_DAYS: i64 = 3_660;

/// What a word says about days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Nothing, but it keeps a shorter word from being read.
    None,
    Relative(i32),
    Weekday(i8),
    Last,
    Week(i64),
    ChineseDay,
    ChineseNumber(i8),
    Month(i8),
    Of,
    Length(i64),
    Single(i64),
    Count(i64),
    Ahead(Side),
    Back(Side),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    Behind,
}

struct Lexicon {
    phrases: Phrases,
    words: Vec<Word>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { phrases: Phrases::default(), words: Vec::new() };
    let mut add = |list: &str, word: Word| {
        let owner = u32::try_from(lexicon.words.len()).unwrap_or(u32::MAX);
        lexicon.words.push(word);
        for spelling in list.split('|') {
            lexicon.phrases.add(spelling, None, owner);
        }
    };
    words::RELATIVE.iter().for_each(|(days, list)| add(list, Word::Relative(*days)));
    add(words::NO_DAYS, Word::None);
    words::WEEKDAYS.iter().for_each(|(day, list)| add(list, Word::Weekday(*day)));
    add(words::LAST, Word::Last);
    words::CHINESE_WEEKS.iter().for_each(|(week, list)| add(list, Word::Week(*week)));
    add(words::CHINESE_DAYS, Word::ChineseDay);
    words::CHINESE_NUMBERS.iter().for_each(|(day, list)| add(list, Word::ChineseNumber(*day)));
    words::MONTHS.iter().for_each(|(month, list)| add(list, Word::Month(*month)));
    add(words::OF, Word::Of);
    words::LENGTHS.iter().for_each(|(days, list)| add(list, Word::Length(*days)));
    words::SINGLE_LENGTHS.iter().for_each(|(days, list)| add(list, Word::Single(*days)));
    words::COUNTS.iter().for_each(|(count, list)| add(list, Word::Count(*count)));
    add(words::AHEAD_BEFORE, Word::Ahead(Side::Before));
    add(words::AHEAD_BEHIND, Word::Ahead(Side::Behind));
    add(words::BACK_BEFORE, Word::Back(Side::Before));
    add(words::BACK_BEHIND, Word::Back(Side::Behind));
    lexicon
});

/// A text with what its words say.
struct Reader<'a> {
    prepared: &'a Prepared,
    /// By the unit they begin at, the longest first.
    hits: Vec<Vec<PhraseHit>>,
    today: Date,
    month_first: bool,
}

pub(super) fn find(prepared: &Prepared, today: Date, month_first: bool, found: &mut Found) {
    let mut hits: Vec<Vec<PhraseHit>> = vec![Vec::new(); prepared.units.len()];
    for hit in LEXICON.phrases.find(prepared) {
        hits[hit.units.start].push(hit);
    }
    for here in &mut hits {
        here.sort_by_key(|hit| std::cmp::Reverse(hit.units.end));
    }
    let reader = Reader { prepared, hits, today, month_first };
    let mut at = 0;
    while at < prepared.units.len() {
        let read = reader.figures(at).or_else(|| reader.chinese(at)).or_else(|| reader.month(at));
        let read = read.or_else(|| reader.length(at)).or_else(|| reader.weekday(at)).or_else(|| reader.relative(at));
        match read {
            Some((end, day)) => {
                if let Some((date, ambiguous)) = day {
                    found.add(prepared.span(at..end), Value::Date { date, ambiguous });
                }
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
}

/// Where a reading ends, and the day; none for phrases that only look like a day.
type Read = Option<(usize, Option<(Date, bool)>)>;

impl Reader<'_> {
    /// What stands at a unit, if it is of that sort: the end and what it says.
    fn word<T>(&self, at: usize, wanted: impl Fn(Word) -> Option<T>) -> Option<(usize, T)> {
        let here = self.hits.get(at)?;
        here.iter().find_map(|hit| Some((hit.units.end, wanted(LEXICON.words[hit.owner as usize])?)))
    }

    /// A number at a unit, with how many digits it has.
    fn number(&self, at: usize) -> Option<(i64, usize)> {
        let unit = self.prepared.units.get(at).filter(|unit| unit.kind == Kind::Number && unit.text.len() <= 4)?;
        Some((unit.text.parse().ok()?, unit.text.len()))
    }

    /// The signs between a unit and the one before.
    fn between(&self, at: usize) -> &str {
        let row = &self.prepared.units;
        match (at.checked_sub(1).and_then(|before| row.get(before)), row.get(at)) {
            (Some(before), Some(unit)) => &self.prepared.text()[before.range.end..unit.range.start],
            _ => "",
        }
    }

    fn joined(&self, at: usize) -> bool {
        self.prepared.units.get(at).is_some_and(|unit| unit.gap != Gap::Clause)
    }

    /// 2026-11-22, 22/11/2026, 22.11.26, 22/11.
    fn figures(&self, at: usize) -> Read {
        let (first, first_digits) = self.number(at)?;
        let (second, second_digits) = self.number(at + 1)?;
        let sign = self.between(at + 1);
        if !matches!(sign, "/" | "-" | ".") || second_digits > 2 || matches!(self.between(at), "/" | "-" | ".") {
            return None;
        }
        let third = self.number(at + 2).filter(|_| self.between(at + 2) == sign);
        let end = at + 2 + usize::from(third.is_some());
        // A fourth number: a telephone number or an address of a machine.
        if self.number(end).is_some() && matches!(self.between(end), "/" | "-" | ".") {
            return None;
        }
        let day = match third {
            Some((day, digits)) if first_digits == 4 && digits <= 2 => (date(first, second, day)?, false),
            Some((year, digits)) if first_digits <= 2 && (digits == 2 || digits == 4) => {
                let year = if digits == 2 { 2000 + year } else { year };
                self.day_and_month(first, second, sign, |day, month| date(year, month, day))?
            }
            // Without a year only the slash says that it is a date and no number; "1/2" is a half, "24/7" always.
            None if sign == "/" && (first_digits + second_digits == 3 || second_digits == 2) && first_digits <= 2 => {
                if (first, second) == (24, 7) || self.between(at).is_empty() && at > 0 {
                    return None;
                }
                self.day_and_month(first, second, sign, |day, month| self.nearest(day, month))?
            }
            _ => return None,
        };
        Some((end, Some(day)))
    }

    /// Tells the day from the month; with slashes and hyphens both may be possible, with dots the day comes first.
    fn day_and_month(
        &self,
        first: i64,
        second: i64,
        sign: &str,
        make: impl Fn(i64, i64) -> Option<Date>,
    ) -> Option<(Date, bool)> {
        let (day_first, month_first) = (make(first, second), make(second, first));
        let dots = sign == ".";
        let ambiguous = !dots && day_first.is_some() && month_first.is_some() && first != second;
        let chosen = if self.month_first && !dots { month_first.or(day_first) } else { day_first.or(month_first) };
        chosen.map(|date| (date, ambiguous))
    }

    /// 11月22日, 2026年11月22號, 下周五, 星期三.
    fn chinese(&self, at: usize) -> Read {
        let sign = |at: usize, signs: &[&str]| {
            let unit = self.prepared.units.get(at)?;
            (unit.gap != Gap::Clause && signs.contains(&unit.text.as_str())).then_some(())
        };
        if let Some((first, _)) = self.number(at) {
            let (year, month_at) = match sign(at + 1, &["年"]) {
                Some(()) => (Some(first), at + 2),
                None => (None, at),
            };
            let (month, _) = self.number(month_at)?;
            sign(month_at + 1, &["月"])?;
            let (day, _) = self.number(month_at + 2)?;
            let end = month_at + 3 + usize::from(sign(month_at + 3, &["日", "号"]).is_some());
            let day = year.map_or_else(|| self.nearest(day, month), |year| date(year, month, day))?;
            return Some((end, Some((day, false))));
        }
        let week = self.word(at, |word| if let Word::Week(week) = word { Some(week) } else { None });
        let place = week.map_or(at, |(end, _)| end);
        let (place, ()) = self.word(place, |word| (word == Word::ChineseDay).then_some(()))?;
        let (end, day) = self.word(place, |word| if let Word::ChineseNumber(day) = word { Some(day) } else { None })?;
        let date = match week {
            Some((_, week)) => {
                let monday = self.moved(-i64::from(self.today.weekday().to_monday_zero_offset()))?;
                monday.checked_add(Length::new().days(week * 7 + i64::from(day) - 1)).ok()?
            }
            None => self.coming(day)?,
        };
        Some((end, Some((date, false))))
    }

    /// 22 November 2026, Nov 22nd, 22 de noviembre.
    fn month(&self, at: usize) -> Read {
        let month = |at: usize| self.word(at, |word| if let Word::Month(month) = word { Some(month) } else { None });
        let (mut end, day, month) = if let Some((day, digits)) = self.number(at).filter(|(_, digits)| *digits <= 2) {
            debug_assert!(digits <= 2);
            let place = self.past_of(at + 1);
            let (end, month) = month(place).filter(|_| self.row_joined(at + 1..place + 1))?;
            (end, day, month)
        } else {
            let (place, month) = month(at)?;
            let place = self.past_of(place);
            let (day, _) = self.number(place).filter(|(_, digits)| *digits <= 2)?;
            let row = self.row_joined(at + 1..place + 1) || self.between(place) == ". ";
            row.then_some(())?;
            // "may 5 people": a number before a plain word is a count, unless the word belongs to a date.
            (self.past_of(place + 1), day, month)
        };
        let year_at = self.past_of(end);
        let year = self.number(year_at).filter(|(year, digits)| *digits == 4 && (1900..2200).contains(year));
        let year = year.filter(|_| self.joined(year_at) || matches!(self.between(year_at), ", " | ". "));
        let date = match year {
            Some((year, _)) => {
                end = year_at + 1;
                date(year, i64::from(month), day)?
            }
            None => self.nearest(day, i64::from(month))?,
        };
        Some((end, Some((date, false))))
    }

    /// Past words such as "of", "de", "th".
    fn past_of(&self, at: usize) -> usize {
        let mut at = at;
        while let Some((end, ())) = self.word(at, |word| (word == Word::Of).then_some(())).filter(|_| self.joined(at)) {
            at = end;
        }
        at
    }

    fn row_joined(&self, row: Range<usize>) -> bool {
        row.into_iter().all(|at| self.joined(at))
    }

    /// In 3 days, 3 days ago, hace una semana, 两周后.
    fn length(&self, at: usize) -> Read {
        let side = |at: usize, wanted: Side| {
            self.word(at, |word| match word {
                Word::Ahead(side) if side == wanted => Some(1),
                Word::Back(side) if side == wanted => Some(-1),
                _ => None,
            })
        };
        let before = side(at, Side::Before);
        let from = before.map_or(at, |(end, _)| end);
        let (end, days) = self.days(from)?;
        if before.is_some() && !self.joined(from) {
            return None;
        }
        let behind = side(end, Side::Behind).filter(|_| self.joined(end));
        // "hace 3 días": one of both must be there, and the one behind says more ("in 3 days ago" is nobody's).
        let (end, way) = behind.or(before.map(|(_, way)| (end, way)))?;
        Some((end, Some((self.moved(way * days)?, false))))
    }

    /// A length of time at a unit, in days.
    fn days(&self, at: usize) -> Option<(usize, i64)> {
        let single = self.word(at, |word| if let Word::Single(days) = word { Some(days) } else { None });
        let counted = match self.number(at) {
            Some((count, _)) => Some((at + 1, count)),
            None => self.word(at, |word| if let Word::Count(count) = word { Some(count) } else { None }),
        };
        let counted = counted.and_then(|(place, count)| {
            let (end, days) = self.word(place, |word| if let Word::Length(days) = word { Some(days) } else { None })?;
            self.joined(place).then_some((end, count.checked_mul(days)?))
        });
        counted.or(single).filter(|(_, days)| *days <= MAX_DAYS)
    }

    /// Friday, last Friday, viernes pasado.
    fn weekday(&self, at: usize) -> Read {
        let last = |at: usize| self.word(at, |word| (word == Word::Last).then_some(()));
        let front = last(at);
        let from = front.map_or(at, |(end, ())| end);
        let (end, day) = self.word(from, |word| if let Word::Weekday(day) = word { Some(day) } else { None })?;
        let back = last(end).filter(|_| self.joined(end));
        let end = back.map_or(end, |(end, ())| end);
        let coming = self.coming(day)?;
        let past = front.is_some() || back.is_some();
        let date = if past {
            coming.checked_sub((if coming == self.moved(7)? { 14 } else { 7 }).days()).ok()?
        } else {
            coming
        };
        Some((end, Some((date, false))))
    }

    fn relative(&self, at: usize) -> Read {
        let (end, days) = self.word(at, |word| match word {
            Word::Relative(days) => Some(Some(days)),
            Word::None => Some(None),
            _ => None,
        })?;
        match days {
            None => Some((end, None)),
            Some(days) => Some((end, Some((self.moved(i64::from(days))?, false)))),
        }
    }

    fn moved(&self, days: i64) -> Option<Date> {
        self.today.checked_add(Length::new().try_days(days).ok()?).ok()
    }

    /// The next such day after today.
    fn coming(&self, day: i8) -> Option<Date> {
        let weekday = Weekday::from_monday_one_offset(day).ok()?;
        self.today.nth_weekday(1, weekday).ok()
    }

    /// The day of that name which is nearest to today.
    fn nearest(&self, day: i64, month: i64) -> Option<Date> {
        let year = i64::from(self.today.year());
        let years = (year - 1..=year + 1).filter_map(|year| date(year, month, day));
        years.min_by_key(|date| (*date - self.today).get_days().unsigned_abs())
    }
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1900..2200).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
