//! How currencies are written, and the words that multiply a number.

use std::sync::LazyLock;

use super::scan::{Scan, folded};

/// A currency's spellings: ISO codes it may stand for (the shop's own wins, else the first), then the spellings.
/// Several codes make a sign such as `$` ambiguous. Codes and signs that are words of a supported language are left out:
/// French "le", English "try", "won", "pen" and "mad", Portuguese "da".
const SPELLINGS: &[(&str, &str)] = &[
    (
        "USD CAD AUD SGD HKD TWD NZD MXN CLP COP ARS",
        "$|dollar|dollars|dólar|dólares|dollaro|доллар|доллара|долларов|دولار|دولارات|美元|美金|dolar|डॉलर|usd|us$|бакс|баксов",
    ),
    ("USD", "us$|usd|u$s|u$d"),
    ("EUR", "€|eur|euro|euros|евро|يورو|欧元|歐元|यूरो"),
    ("GBP EGP", "£|pound|pounds|quid"),
    ("GBP", "gbp|英镑|英鎊|стерлингов|استرليني"),
    ("CNY JPY", "¥|￥"),
    ("CNY TWD HKD", "元|块|塊|蚊|圆|圓|块钱|塊錢"),
    ("CNY", "cny|rmb|人民币|人民幣|юань|юаней|юаня|يوان"),
    ("JPY", "jpy|yen|日元|日圆|日圓|円|иен"),
    ("TWD", "nt$|ntd|twd|台币|台幣|新台币|新台幣"),
    ("HKD", "hk$|hkd|港币|港幣|港元"),
    ("SGD", "s$|sgd|新币|新幣"),
    ("MYR", "rm|myr|ringgit|马币|馬幣|令吉"),
    ("IDR", "rp|rp.|idr|rupiah|印尼盾"),
    ("INR PKR LKR NPR", "rs|rs.|rupee|rupees|रुपये|रुपए|रुपया|रु|रु.|روپے"),
    ("INR", "₹|inr"),
    ("RUB BYN", "руб|руб.|рубль|рубля|рублей|рублях|р.|р|rub|₽|روبل|卢布"),
    ("UAH", "₴|uah|грн|гривен|гривны|гривна"),
    ("KZT", "₸|kzt|тенге|тг"),
    ("SAR QAR OMR YER", "ريال|ريالات|riyal|riyals|sr"),
    ("SAR", "ر.س|ر.س.|sar|ريال سعودي|﷼"),
    ("AED MAD", "درهم|دراهم|dirham|dirhams|dh|dhs"),
    // The Emirates' and Jordan's abbreviations differ in a hamza that many leave out.
    ("AED JOD", "د.إ|د.إ.|د.أ"),
    ("AED", "aed|درهم إماراتي"),
    ("MAD", "د.م|درهم مغربي"),
    ("KWD BHD JOD TND DZD IQD LYD", "دينار|دنانير|dinar|dinars"),
    ("KWD", "د.ك|د.ك.|kwd|kd|دينار كويتي"),
    ("BHD", "د.ب|bhd|دينار بحريني"),
    ("JOD", "jod|دينار أردني"),
    ("QAR", "ر.ق|qar|ريال قطري"),
    ("OMR", "ر.ع|omr|ريال عماني"),
    ("EGP SYP LBP SDG", "جنيه|جنيها|ليره"),
    ("EGP", "ج.م|ج.م.|egp|جنيه مصري"),
    ("DZD", "دج|د.ج|dzd"),
    ("TND", "د.ت|tnd"),
    ("BRL", "r$|brl|real|reais"),
    ("MXN COP CLP ARS PHP", "peso|pesos"),
    ("MXN", "mx$|mxn"),
    ("COP", "cop"),
    ("CLP", "clp"),
    ("ARS", "ars|ar$"),
    ("PEN", "s/|soles"),
    ("CAD", "ca$|c$|cad"),
    ("AUD", "a$|au$|aud"),
    ("CHF", "chf|fr."),
    ("TRY", "₺|tl|лир"),
    ("THB", "฿|thb|baht|บาท|泰铢|泰銖"),
    ("VND", "₫|vnd|đồng"),
    ("KRW", "₩|krw|원|韩元|韓元"),
    ("ILS", "₪|ils|shekel|شيكل"),
    ("NGN", "₦|ngn|naira"),
    ("XOF XAF", "fcfa|cfa|f cfa"),
];

/// Powers of ten people say behind a number.
const POWERS: &[(u32, &str)] = &[
    (3, "k|тыс|тыс.|тысяч|тысячи|тысяча|mil|mille|ribu|rb|thousand|الف|الاف|千|हजार|हज़ार|hazar"),
    (4, "万|萬|w"),
    (5, "lakh|lac|लाख"),
    (6, "million|millions|millones|milhoes|milhões|млн|миллион|миллионов|миллиона|juta|jt|مليون|百万|百萬"),
    (7, "crore|करोड़"),
    (8, "亿|億"),
];

pub(super) struct Spelled {
    pub(super) chars: Vec<char>,
    /// Made of letters, so a letter may not follow or go before.
    word: bool,
    pub(super) codes: &'static str,
}

/// Longest first.
static CURRENCIES: LazyLock<Vec<Spelled>> = LazyLock::new(|| {
    let mut all: Vec<Spelled> = Vec::new();
    for (codes, spellings) in SPELLINGS {
        for spelling in spellings.split('|') {
            let chars = folded(spelling);
            let word = chars.iter().any(|c| c.is_alphabetic()) && !chars.iter().any(|c| is_han(*c));
            // A later, plainer line ("usd" alone) wins over an earlier ambiguous one.
            all.retain(|known| known.chars != chars);
            all.push(Spelled { chars, word, codes });
        }
    }
    all.sort_by_key(|spelled| std::cmp::Reverse(spelled.chars.len()));
    all
});

static POWER_WORDS: LazyLock<Vec<(Vec<char>, u32)>> = LazyLock::new(|| {
    let spelled = POWERS.iter().flat_map(|(power, words)| words.split('|').map(|word| (folded(word), *power)));
    let mut all: Vec<(Vec<char>, u32)> = spelled.collect();
    all.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    all
});

fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

fn is_letter(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphabetic() && !is_han(c))
}

/// The currency written from `at` on, and where it ends.
pub(super) fn behind(scan: &Scan, at: usize) -> Option<(&'static Spelled, usize)> {
    let fits = |spelled: &&Spelled| {
        let end = at + spelled.chars.len();
        scan.is(at, &spelled.chars) && (!spelled.word || !is_letter(scan.at(end)) || scan.before(end) == Some('.'))
    };
    CURRENCIES.iter().find(fits).map(|spelled| (spelled, at + spelled.chars.len()))
}

/// The currency written up to `end`, and where it begins.
pub(super) fn in_front(scan: &Scan, end: usize) -> Option<(&'static Spelled, usize)> {
    let fits = |spelled: &&Spelled| {
        let Some(start) = end.checked_sub(spelled.chars.len()).filter(|start| scan.is(*start, &spelled.chars)) else {
            return false;
        };
        let before = scan.before(start);
        // "р 5": one letter in front is a word of its own.
        let word = spelled.chars.len() > 1 && !is_letter(before);
        (word || !spelled.word) && !before.is_some_and(|c| c.is_ascii_digit())
    };
    CURRENCIES.iter().find(fits).map(|spelled| (spelled, end - spelled.chars.len()))
}

/// The power of ten said from `at` on, and where the word ends.
pub(super) fn power(scan: &Scan, at: usize) -> Option<(u32, usize)> {
    let fits = |(word, _): &&(Vec<char>, u32)| {
        scan.is(at, word) && (word.iter().any(|c| is_han(*c)) || !is_letter(scan.at(at + word.len())))
    };
    POWER_WORDS.iter().find(fits).map(|(word, power)| (*power, at + word.len()))
}

/// Which of the codes a sign stands for in a shop with that currency.
pub(super) fn chosen(codes: &'static str, own: &str) -> &'static str {
    let all = || codes.split(' ');
    all().find(|code| code.eq_ignore_ascii_case(own)).or_else(|| all().next()).unwrap_or(codes)
}

/// Whether one of these has thousandths: 1.250 KWD is one and a quarter.
pub(super) fn has_thousandths(code: &str) -> bool {
    matches!(code, "KWD" | "BHD" | "JOD" | "OMR" | "TND" | "LYD")
}
