//! Post codes: by the form of the shop's country, by a form that nothing else has, or behind a word for them.

use std::sync::LazyLock;

use super::scan::{Scan, folded};
use super::{Found, Value};

/// By country the forms of its codes: `9` a digit, `A` a letter, other signs themselves.
const FORMS: &[(&str, &str)] = &[
    ("GB", "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA|A99AA|A999AA|AA99AA|AA999AA|A9A9AA|AA9A9AA"),
    ("CA", "A9A 9A9|A9A9A9"),
    ("NL", "9999 AA|9999AA"),
    ("BR", "99999-999|99999999"),
    ("PT", "9999-999"),
    ("US", "99999-9999|99999"),
    ("JP", "999-9999"),
    ("PL", "99-999"),
    ("CN RU IN KZ SG BY VN", "999999"),
    ("TW", "999|99999|999999"),
    ("SA EG FR ES DE IT MX MY ID TR UA TH MA DZ KW PK KR", "99999"),
    ("TN BE CH AU AT NO DK HU BD", "9999"),
];

/// Forms that are no other number or code, whatever the country.
const PLAIN: &str = "A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA|A9A 9A9|99999-999";

/// Words that announce a code.
const WORDS: &str = "postcode|post code|postal code|zip|zip code|zipcode|pincode|pin code|code postal|cp|codigo postal|c.p.|\
    cep|kode pos|kodepos|индекс|почтовый индекс|الرمز البريدي|رمز بريدي|邮编|郵編|邮政编码|郵遞區號|邮递区号|पिन कोड|पिनकोड|〒";
/// What may stand between the word and the code.
const LINKS: &str = "is |es |est |é |это |هو |code ";
/// Any country's forms, longest first, for behind a word.
const ANY: &str = "AA99 9AA|AA9A 9AA|99999-9999|A99 9AA|AA9 9AA|A9A 9AA|A9A 9A9|99999-999|9999-999|999-9999|99999999|999999|99999|9999|999";

static ANNOUNCING: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| WORDS.split('|').map(folded).collect());

/// Codes behind a word and codes of unmistakable form: nothing else reads them better.
pub(super) fn plain(scan: &Scan, found: &mut Found) {
    for at in 0..scan.len() {
        for word in ANNOUNCING.iter().filter(|word| scan.is(at, word)) {
            let mut place = at + word.len();
            let glued =
                scan.at(place).is_some_and(char::is_alphabetic) || scan.before(at).is_some_and(char::is_alphabetic);
            let han = word.iter().any(|c| matches!(c, '\u{3000}'..='\u{9FFF}'));
            if glued && !han {
                continue;
            }
            let signs = |c: char| matches!(c, ' ' | ':' | '-' | '.' | '#' | '是' | '—');
            place = scan.run(place, signs);
            if let Some(link) = LINKS.split('|').map(folded).find(|link| scan.is(place, link)) {
                place = scan.run(place + link.len(), signs);
            }
            take(scan, place, ANY, found);
        }
    }
    for at in (0..scan.len()).filter(|at| may_begin(scan, *at)) {
        take(scan, at, PLAIN, found);
    }
}

/// Codes of the shop's country, where nothing else was read.
pub(super) fn own(scan: &Scan, country: &str, found: &mut Found) {
    let own = FORMS.iter().find(|(codes, _)| codes.split(' ').any(|code| code.eq_ignore_ascii_case(country)));
    let Some((_, forms)) = own else { return };
    for at in (0..scan.len()).filter(|at| may_begin(scan, *at)) {
        // Three and four digits alone are sizes and prices everywhere.
        forms.split('|').filter(|form| form.len() > 4).for_each(|form| take(scan, at, form, found));
    }
}

fn may_begin(scan: &Scan, at: usize) -> bool {
    scan.begins(at) && scan.at(at).is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Takes the first of the forms that stands at a place.
fn take(scan: &Scan, at: usize, forms: &str, found: &mut Found) {
    let end = forms.split('|').find_map(|form| matches(scan, at, form));
    if let Some(end) = end.filter(|_| scan.begins(at)) {
        let code = scan.shown(at..end).to_uppercase();
        found.add(scan.span(at..end), Value::Postcode { code });
    }
}

fn matches(scan: &Scan, at: usize, form: &str) -> Option<usize> {
    let fits = form.chars().zip(at..).all(|(sign, place)| {
        scan.at(place).is_some_and(|c| match sign {
            '9' => c.is_ascii_digit(),
            'A' => c.is_ascii_alphabetic(),
            sign => c == sign,
        })
    });
    let end = at + form.len();
    let decimal = matches!(scan.at(end), Some('.' | ',' | '-' | ':' | '/')) && scan.is_digit(end + 1);
    (fits && scan.ends(end) && !decimal).then_some(end)
}
