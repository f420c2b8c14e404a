//! Every documented error code with what is to be done about it: the table of `whatsapp-cloud-api.md` §11, code by code,
//! beside the table the product goes by. In part `send.rs` tests what the answers around them mean.

use rapport_connectors::whatsapp::error_table::TABLE;
use rapport_connectors::whatsapp::{RetryClass, meaning};
use std::collections::BTreeSet;

/// What the reference says of a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Retry {
    /// Nothing was sent: again, by itself.
    Yes,
    /// Again, but only this customer waits.
    ForThisUser,
    /// In hours.
    Later,
    /// Not within a day.
    NextDay,
    /// It may have been sent: statuses first.
    Maybe,
    /// Not this message.
    No,
    /// Not this message, and nothing else from this number until a person has repaired it.
    NoStop,
    /// Not this message; a template goes.
    NoTemplate,
    /// Not this message; the refusal of marketing is kept.
    NoOptOut,
    /// Not this message; the number is marked.
    NoMark,
}

impl Retry {
    fn class(self) -> RetryClass {
        match self {
            Self::Yes => RetryClass::SafeRetry,
            Self::ForThisUser => RetryClass::RetryCustomer,
            Self::Later => RetryClass::LaterHours,
            Self::NextDay => RetryClass::LaterDay,
            Self::Maybe => RetryClass::WaitStatus,
            Self::No => RetryClass::Never,
            Self::NoStop => RetryClass::PauseChannel,
            Self::NoTemplate => RetryClass::NeedsTemplate,
            Self::NoOptOut => RetryClass::OptOut,
            Self::NoMark => RetryClass::MarkNumber,
        }
    }
}

/// The reference, row by row.
#[rustfmt::skip]
fn reference() -> Vec<(Vec<i64>, Retry)> {
    use Retry::*;
    vec![
        (vec![0, 190], NoStop),
        (vec![3, 10, 131_005], NoStop), ((200..=299).collect(), NoStop),
        (vec![4, 80_007], Yes),
        (vec![130_429], Yes),
        (vec![131_056], ForThisUser),
        (vec![131_048], Later),
        (vec![131_049], NextDay),
        (vec![130_472], No),
        (vec![131_050], NoOptOut),
        (vec![1, 2, 131_000, 131_016, 133_004, 2_494_100], Maybe),
        (vec![131_057], Yes),
        (vec![33], NoStop),
        (vec![100], No),
        (vec![368, 131_031], NoStop),
        (vec![130_497], No),
        (vec![131_008, 131_009], No),
        (vec![131_021], No),
        (vec![131_026], NoMark),
        (vec![130_403], No),
        (vec![131_030], No),
        (vec![131_035], No),
        (vec![131_037], NoStop),
        (vec![131_042], NoStop),
        (vec![131_045], NoStop),
        (vec![131_047], NoTemplate),
        (vec![131_051], No),
        (vec![131_052], No),
        (vec![131_053], No),
        (vec![131_055, 134_100, 134_102], No),
        (vec![131_063], No),
        (vec![134_101], Later),
        (vec![131_059], Yes),
        (vec![131_060], No),
        (vec![131_062], No),
        (vec![131_064], Later),
        (vec![132_000, 132_001, 132_005, 132_007], No),
        (vec![132_008, 132_012, 132_018], No),
        (vec![132_015], Later),
        (vec![132_016], No),
        (vec![132_068], No), (vec![132_069], Later),
        (vec![133_000, 133_005, 133_006, 133_008, 133_009, 133_015, 133_016], No), (vec![133_010], NoStop),
        (vec![134_011], NoStop),
        (vec![135_000], No),
        (vec![137_000], No),
        ((139_000..=139_004).collect(), No),
        (vec![139_100, 139_101, 139_102], No),
        // Blocking the same customer twice does no harm, so what "may have been done" is simply done again.
        (vec![139_103], Yes),
        ((138_000..=138_011).chain(138_013..=138_025).collect(), No), (vec![138_012], NextDay),
        (vec![613], Yes), (vec![131_044], No),
        ((147_001..=147_005).collect(), No),
        (vec![2_388_019, 2_388_023, 2_388_024, 2_388_040, 2_388_047, 2_388_072, 2_388_073, 2_388_293, 2_388_299], No),
        ((2_593_107..=2_593_109).collect(), No),
        (vec![2_494_191], No),
    ]
}

#[test]
fn every_code_of_the_reference_is_treated_as_it_says() {
    let mut seen = BTreeSet::new();
    for (codes, retry) in reference() {
        for code in codes {
            assert!(seen.insert(code), "{code} is listed twice");
            let row = meaning(code);
            assert!(row.code >= 0, "{code} is not in the table");
            assert_eq!(row.class, retry.class(), "{code} {}", row.title_key);
            assert!(row.meaning.len() > 15 && row.advice.len() > 8, "{code}: {} {}", row.meaning, row.advice);
            assert!(row.meaning.ends_with('.') && row.advice.ends_with('.'), "{code}");
        }
    }
    assert!(seen.len() >= 225, "{} codes", seen.len());
}

#[test]
fn the_table_has_no_row_that_nobody_documented() {
    let known: BTreeSet<i64> = reference().into_iter().flat_map(|(codes, _)| codes).collect();
    // Told in the sections about numbers, webhooks, groups and health.
    let elsewhere = [2_200, 130_501, 136_025, 141_000];
    for row in TABLE {
        let documented = known.range(row.code..=row.last).next().is_some() || elsewhere.contains(&row.code);
        assert!(documented, "{} is in no reference", row.code);
    }
}

#[test]
fn only_what_was_surely_not_sent_is_sent_again_by_itself() {
    for (codes, retry) in reference() {
        let by_itself = matches!(retry, Retry::Yes | Retry::ForThisUser | Retry::Later);
        for code in codes {
            assert_eq!(meaning(code).class.automatic(), by_itself, "{code}");
        }
    }
    assert!(!meaning(999_999).class.automatic(), "what nobody knows is not repeated");
}
