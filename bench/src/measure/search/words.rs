//! Messages in five scripts: frequent words as shops hear them, a long tail of made-up ones, and what is looked for.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Words of the tail in each language.
const TAIL: usize = 30_000;
/// One message in so many holds the rare word.
pub const RARE_EVERY: u64 = 50_021;
/// The rare word; no other word is like it.
pub const RARE: &str = "quokkafied";

/// A language: its frequent words, the most frequent first, and the syllables of its others.
struct Language {
    words: &'static [&'static str],
    syllables: &'static [&'static str],
    /// Stands before a noun.
    article: &'static str,
    /// Between words.
    space: &'static str,
}

const LANGUAGES: [Language; 5] = [
    Language {
        words: &[
            "the", "order", "delivery", "please", "when", "parcel", "thanks", "price", "size", "colour", "refund",
            "today", "address", "invoice", "change", "payment", "discount", "arrived", "broken", "exchange", "shop",
            "waiting", "received", "blue", "black", "shirt", "shoes", "tomorrow", "number", "card",
        ],
        syllables: &[
            "ba", "ne", "ri", "to", "lu", "ma", "che", "sti", "pro", "van", "del", "gor", "min", "fax", "que", "wo",
        ],
        article: "",
        space: " ",
    },
    Language {
        words: &[
            "من",
            "طلب",
            "توصيل",
            "شكرا",
            "متى",
            "سعر",
            "مقاس",
            "لون",
            "فاتورة",
            "عنوان",
            "اليوم",
            "غدا",
            "خصم",
            "قميص",
            "حذاء",
            "رقم",
            "دفع",
            "استبدال",
            "وصل",
            "متجر",
            "بطاقة",
            "هدية",
            "شحن",
            "مكسور",
            "اريد",
        ],
        syllables: &["با", "ري", "مو", "سا", "كي", "لو", "نا", "تي", "جو", "دا", "في", "حا", "شي", "قو", "زا", "ما"],
        article: "ال",
        space: " ",
    },
    Language {
        words: &[
            "где",
            "заказ",
            "доставка",
            "спасибо",
            "когда",
            "цена",
            "размер",
            "цвет",
            "адрес",
            "сегодня",
            "завтра",
            "скидка",
            "рубашка",
            "обувь",
            "номер",
            "оплата",
            "обмен",
            "магазин",
            "карта",
            "подарок",
            "сломан",
        ],
        syllables: &[
            "ба", "не", "ри", "то", "лу", "ма", "че", "сти", "про", "ван", "дел", "гор", "мин", "ла", "ко", "жи",
        ],
        article: "",
        space: " ",
    },
    Language {
        words: &[
            "订单",
            "发货",
            "谢谢",
            "什么时候",
            "价格",
            "尺码",
            "颜色",
            "退款",
            "今天",
            "地址",
            "发票",
            "修改",
            "付款",
            "优惠",
            "收到",
            "坏了",
            "换货",
            "商店",
            "衬衫",
            "鞋子",
            "明天",
            "号码",
        ],
        syllables: &["天", "地", "山", "水", "风", "木", "金", "火", "土", "石", "云", "雨", "花", "草", "鱼", "鸟"],
        article: "",
        space: "",
    },
    Language {
        words: &[
            "ऑर्डर",
            "कब",
            "डिलीवरी",
            "धन्यवाद",
            "कीमत",
            "साइज",
            "रंग",
            "पता",
            "आज",
            "कल",
            "छूट",
            "कमीज",
            "जूते",
            "नंबर",
            "भुगतान",
            "बदलना",
            "दुकान",
            "कार्ड",
            "उपहार",
        ],
        syllables: &["का", "रे", "मो", "सा", "नी", "लू", "ता", "जो", "दे", "पा", "वी", "हा", "गो", "बा", "शि", "ये"],
        article: "",
        space: " ",
    },
];

/// Names people have.
const NAMES: [&str; 24] = [
    "Mohammed Al-Rashid",
    "Fatima Zahra",
    "Amal Haddad",
    "محمد الراشد",
    "فاطمة الزهراء",
    "أحمد سالم",
    "Иван Петров",
    "Мария Соколова",
    "王小明",
    "李娜",
    "Maria Silva",
    "João Pereira",
    "Carlos Gómez",
    "Lucía Fernández",
    "Pierre Dubois",
    "Claire Martin",
    "John Smith",
    "Emily Johnson",
    "राहुल शर्मा",
    "प्रिया सिंह",
    "Yusuf Demir",
    "Siti Nurhaliza",
    "陳大文",
    "Omar Khalid",
];

/// A message and when it was said.
pub struct Line {
    /// Its number, from 0; the newest is the last.
    pub number: u64,
    /// What it says.
    pub text: String,
    /// Whose: the number of a contact.
    pub contact: u64,
}

/// Makes messages; the same seed gives the same.
pub struct Writer {
    random: StdRng,
    contacts: u64,
    next: u64,
}

impl Writer {
    /// For so many contacts.
    pub fn new(seed: u64, contacts: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), contacts, next: 0 }
    }

    /// The next message.
    pub fn line(&mut self) -> Line {
        let number = self.next;
        self.next += 1;
        let language = &LANGUAGES[self.random.random_range(0..LANGUAGES.len())];
        let length = 3 + self.random.random_range(0..7) + self.random.random_range(0..7);
        let mut text = String::new();
        for place in 0..length {
            if place > 0 {
                text.push_str(language.space);
            }
            let word = self.word(language);
            if word.is_empty() {
                continue;
            }
            text.push_str(&word);
        }
        if number % RARE_EVERY == RARE_EVERY / 2 {
            text.push(' ');
            text.push_str(RARE);
        }
        match self.random.random_range(0..20) {
            0 | 1 => text.push_str(&format!(" #{}", order(number))),
            2 => text.push_str(&format!(" {}", phone(self.random.random_range(0..self.contacts.max(1))))),
            _ => {}
        }
        Line { number, text, contact: self.random.random_range(0..self.contacts.max(1)) }
    }

    /// By Zipf's law: the word of rank r comes up as 1/r.
    fn word(&mut self, language: &Language) -> String {
        let all = (language.words.len() + TAIL) as f64;
        let rank = (all.powf(self.random.random::<f64>()) - 1.0) as usize;
        let word = match language.words.get(rank) {
            Some(word) => (*word).to_owned(),
            None => made(language, rank - language.words.len()),
        };
        let with_article = !language.article.is_empty() && self.random.random_range(0..3) == 0;
        if with_article { format!("{}{word}", language.article) } else { word }
    }
}

/// A made-up word of the tail.
fn made(language: &Language, number: usize) -> String {
    let count = language.syllables.len();
    let mut left = number + count;
    let mut word = String::new();
    while left > 0 {
        word.push_str(language.syllables[left % count]);
        left /= count;
    }
    word
}

/// An order number that one message has.
pub fn order(number: u64) -> u64 {
    1_000_000 + number
}

/// A contact's number.
pub fn phone(contact: u64) -> String {
    format!("+9665{:08}", (contact * 7_919 + 12_345) % 100_000_000)
}

/// A contact's name.
pub fn name(contact: u64) -> String {
    let place = usize::try_from(contact).unwrap_or(0) % NAMES.len();
    format!("{} {}", NAMES[place], made(&LANGUAGES[0], usize::try_from(contact % 5_000).unwrap_or(0)))
}

/// What is looked for: a class, and its texts to take turns with.
pub fn questions(messages: u64, contacts: u64) -> Vec<(&'static str, Vec<String>)> {
    let mut random = StdRng::seed_from_u64(7);
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let tail: Vec<String> = (0..40).map(|place| made(&LANGUAGES[place % 3], 9_000 + place * 311)).collect();
    let pieces = (0..40)
        .map(|_| {
            let phone = phone(random.random_range(0..contacts.max(1)));
            let from = phone.len() - 4 - random.random_range(0..3);
            phone[from..].to_owned()
        })
        .collect();
    // About one message in ten has a number: neighbours are asked for too, most of which nobody has.
    let orders = (0..40).map(|_| format!("#{}", order(random.random_range(0..messages)))).collect();
    vec![
        ("rare word", own(&[RARE])),
        ("word of the tail", tail),
        ("frequent word", own(&["order", "delivery", "заказ", "订单", "ऑर्डर"])),
        ("two frequent words", own(&["order delivery", "заказ доставка", "طلب توصيل", "订单 发货"])),
        ("two words that never meet", own(&["order заказ", "delivery доставка"])),
        ("rare and frequent", vec![format!("{RARE} order")]),
        ("word being typed", own(&["deli", "зак", "дост", "ref", "addr"])),
        ("order number", orders),
        ("Arabic word with article", own(&["الطلب", "التوصيل", "والفاتورة"])),
        ("Chinese, two characters", own(&["订单", "發貨", "退款"])),
        ("piece of a phone number", pieces),
        ("name", own(&["moh", "Fatima", "محمد", "Иван", "王小", "maria sil"])),
    ]
}
