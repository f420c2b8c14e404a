//! How often the answers are right, with Wilson's 95 % confidence interval.

use std::fmt;

use rapport_text::hotwords::{HotWord, HotWords};
use rapport_text::intents::{IntentModel, asks_for_human};
use rapport_text::products::{Catalogue, Product};
use rapport_text::sentiment::{Mood, sentiment};

use crate::{LANGUAGES, Message, messages};

/// So many of so many.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Share {
    hits: u32,
    all: u32,
}

impl Share {
    fn count(&mut self, hit: bool) {
        self.all += 1;
        self.hits += u32::from(hit);
    }

    fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.all += other.all;
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all == 0 {
            return f.pad("-");
        }
        let (n, p, z) = (f64::from(self.all), f64::from(self.hits) / f64::from(self.all), 1.96_f64);
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
        let (low, high) = (100.0 * (middle - half).max(0.0), 100.0 * (middle + half).min(1.0));
        f.pad(&format!("{}/{} {:.0} % [{low:.0}, {high:.0}]", self.hits, self.all, 100.0 * p))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Intents {
    likeliest: Share,
    precision: Share,
    named: Share,
    silent: Share,
}

impl Intents {
    pub(crate) fn add(&mut self, other: &Self) {
        self.likeliest.add(other.likeliest);
        self.precision.add(other.precision);
        self.named.add(other.named);
        self.silent.add(other.silent);
    }
}

impl fmt::Display for Intents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>24} {:>24} {:>24} {:>20}", self.likeliest, self.precision, self.named, self.silent)
    }
}

pub(crate) fn intents(model: &IntentModel, messages: &[Message<'_>]) -> Intents {
    let mut judged = Intents::default();
    for message in messages.iter().filter(|message| message.intent != "-") {
        let wanted = model.classify(message.text);
        if message.intent == "none" {
            judged.silent.count(wanted.intent.is_none());
            if wanted.intent.is_some() {
                judged.precision.count(false);
            }
            continue;
        }
        judged.likeliest.count(wanted.ranked.first().is_some_and(|first| first.intent == message.intent));
        judged.named.count(wanted.intent.is_some());
        if let Some(intent) = wanted.intent {
            judged.precision.count(intent == message.intent);
        }
    }
    judged
}

pub(crate) fn human() -> String {
    let (mut found, mut falsely) = (Share::default(), Share::default());
    for (_, text) in include_str!("held-out/human.txt").lines().filter_map(|line| line.split_once('|')) {
        found.count(asks_for_human(text).is_some());
        if asks_for_human(text).is_none() && std::env::args().any(|argument| argument == "--wrong") {
            println!("  missed: {text}");
        }
    }
    for (_, _, file) in LANGUAGES {
        for message in messages(file).iter().filter(|message| message.intent != "human") {
            falsely.count(asks_for_human(message.text).is_some());
        }
    }
    format!("{found:>24} {falsely:>24}")
}

#[derive(Debug, Default)]
pub(crate) struct Moods {
    right: Share,
    opposite: Share,
}

impl Moods {
    pub(crate) fn add(&mut self, other: &Self) {
        self.right.add(other.right);
        self.opposite.add(other.opposite);
    }
}

impl fmt::Display for Moods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>24} {:>24}", self.right, self.opposite)
    }
}

pub(crate) fn moods(language: &str, messages: &[Message<'_>]) -> Moods {
    let mut judged = Moods::default();
    for message in messages {
        let mood = sentiment(message.text, Some(language)).map_or(Mood::Neutral, |found| found.mood());
        let expected = match message.mood {
            "+" => Mood::Positive,
            "-" => Mood::Negative,
            _ => Mood::Neutral,
        };
        judged.right.count(mood == expected);
        if expected != Mood::Neutral {
            judged.opposite.count(mood != expected && mood != Mood::Neutral);
        }
        if mood != expected && std::env::args().any(|argument| argument == "--wrong") {
            println!("  {} taken for {mood:?}: {}", message.mood, message.text);
        }
    }
    judged
}

pub(crate) fn hot_words() {
    let (mut all_wrong, mut all_true) = (0, 0);
    let lines: Vec<Vec<&str>> =
        include_str!("held-out/hotwords.txt").lines().map(|line| line.splitn(4, '|').collect()).collect();
    let mut languages: Vec<&str> = lines.iter().map(|line| line[0]).collect();
    languages.dedup();
    for language in languages {
        let (mut wrong, mut there) = (0, 0);
        for line in lines.iter().filter(|line| line[0] == language) {
            let expected: usize = line[2].parse().expect("a count");
            let compiled = HotWords::compile(&[HotWord::new(line[1], language)]).expect("a good word");
            let found = compiled.find(line[3]).len();
            wrong += found.abs_diff(expected);
            there += expected;
            if found != expected && std::env::args().any(|argument| argument == "--wrong") {
                println!("  {} found {found} times instead of {expected}: {}", line[1], line[3]);
            }
        }
        println!("{language:<8} {wrong} of {there}");
        all_wrong += wrong;
        all_true += there;
    }
    println!("{:<8} {all_wrong} of {all_true}", "all");
}

pub(crate) fn catalogue() -> Vec<Product> {
    vec![
        Product::new("APL-IP15", &["iPhone 15"]),
        Product::new("APL-IP15P", &["iPhone 15 Pro"]),
        Product::new("APL-IP15PM", &["iPhone 15 Pro Max"]),
        Product::new("SAM-S24", &["Samsung Galaxy S24"]),
        Product::new("SAM-S24U", &["Samsung Galaxy S24 Ultra"]),
        Product::new("APL-APP2", &["AirPods Pro 2"]),
        Product::new("DYS-V15", &["Dyson V15 Detect", "пылесос Dyson V15", "戴森V15"]),
        Product::new("NIK-AF1", &["Nike Air Force 1", "耐克空军一号"]),
        Product::new("ADI-SMB", &["Adidas Samba", "阿迪达斯桑巴"]),
        Product::new("LAN-GEN", &["Lancôme Génifique Serum", "兰蔻小黑瓶"]),
        Product::new("PHI-AF", &["Philips Airfryer XL", "قلاية هوائية فيليبس"]),
        Product::new("LEG-FAL", &["LEGO Millennium Falcon", "Лего Сокол тысячелетия"]),
    ]
}

pub(crate) fn products() {
    let products = catalogue();
    let compiled = Catalogue::compile(&products).expect("a good catalogue");
    let (mut right, mut told, mut falsely) = (Share::default(), Share::default(), Share::default());
    for (code, text) in include_str!("held-out/products.txt").lines().filter_map(|line| line.split_once('|')) {
        let found = compiled.find(text);
        let only = found.iter().find_map(|mention| mention.only()).map(|product| products[product].sku.as_str());
        if code == "none" {
            falsely.count(only.is_some());
        } else {
            right.count(only == Some(code));
            let mut candidates = found.iter().flat_map(|mention| &mention.candidates);
            told.count(candidates.any(|candidate| products[candidate.product].sku == code));
        }
        if only.unwrap_or("none") != code && std::env::args().any(|argument| argument == "--wrong") {
            println!("  {} instead of {code}: {text}", only.unwrap_or("none"));
        }
    }
    println!("right {right}, among the candidates {told}, falsely {falsely}");
}
