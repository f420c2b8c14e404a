//! Measures text understanding on held-out messages: `make bench-text`. Prints what it measured and keeps nothing.

mod judge;
mod speed;

use rapport_text::intents::{IntentModel, TrainOptions, seeds};

/// The held-out messages by language, and the language of the seeds that serve it.
pub(crate) const LANGUAGES: [(&str, &str, &str); 10] = [
    ("en", "en", include_str!("held-out/messages/en.txt")),
    ("ar", "ar", include_str!("held-out/messages/ar.txt")),
    ("ru", "ru", include_str!("held-out/messages/ru.txt")),
    ("fr", "fr", include_str!("held-out/messages/fr.txt")),
    ("zh-Hans", "zh", include_str!("held-out/messages/zh-Hans.txt")),
    ("zh-Hant", "zh", include_str!("held-out/messages/zh-Hant.txt")),
    ("es", "es", include_str!("held-out/messages/es.txt")),
    ("pt", "pt", include_str!("held-out/messages/pt.txt")),
    ("id", "id", include_str!("held-out/messages/id.txt")),
    ("hi", "hi", include_str!("held-out/messages/hi.txt")),
];

/// One held-out message.
pub(crate) struct Message<'a> {
    pub(crate) intent: &'a str,
    pub(crate) mood: &'a str,
    pub(crate) text: &'a str,
}

pub(crate) fn messages(file: &str) -> Vec<Message<'_>> {
    let line = |line| {
        let mut parts = str::splitn(line, 3, '|');
        Some(Message { intent: parts.next()?, mood: parts.next()?, text: parts.next()? })
    };
    file.lines().filter_map(line).collect()
}

fn main() {
    println!("Intents, from seed phrases alone (in brackets: 95 % confidence)");
    println!(
        "{:<8} {:>24} {:>24} {:>24} {:>20}",
        "", "likeliest is right", "named, and right", "of all in scope named", "silent on the rest"
    );
    let mut all = judge::Intents::default();
    for (name, seed, file) in LANGUAGES {
        let model = IntentModel::train(&seeds(seed), &TrainOptions::default()).expect("the seeds make a model");
        let judged = judge::intents(&model, &messages(file));
        println!("{name:<8} {judged}");
        all.add(&judged);
    }
    println!("{:<8} {all}", "all");

    println!("\nA person asked for: found, and falsely found");
    let human = judge::human();
    println!("{:<8} {human}", "all");

    println!("\nSentiment: one of three is right, and messages with a plain side that were given the opposite one");
    let mut moods = judge::Moods::default();
    for (name, seed, file) in LANGUAGES {
        let judged = judge::moods(seed, &messages(file));
        println!("{name:<8} {judged}");
        moods.add(&judged);
    }
    println!("{:<8} {moods}", "all");

    println!("\nHot words: sum of the errors of all counts over the true count");
    judge::hot_words();

    println!("\nProducts: the code is right, and codes on messages without a product");
    judge::products();

    println!();
    speed::measure();
}
