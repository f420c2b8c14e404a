//! How fast it is: one thread, the held-out messages of all languages over and over.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::date;
use rapport_text::entities::{EntitySettings, entities};
use rapport_text::hotwords::{HotWord, HotWords};
use rapport_text::intents::{IntentModel, Sample, TrainOptions, seeds};
use rapport_text::products::{Catalogue, Product};
use rapport_text::sentiment::sentiment;

use crate::{LANGUAGES, judge, messages};

/// How long each is repeated.
const LONG: Duration = Duration::from_secs(2);

pub(crate) fn measure() {
    let texts: Vec<&str> =
        LANGUAGES.iter().flat_map(|(_, _, file)| messages(file)).map(|message| message.text).collect();
    println!("Speed on one thread, {} messages of ten languages", texts.len());
    let words = hot_words();
    let compiled = HotWords::compile(&words).expect("good words");
    each(&format!("{} hot words", words.len()), &texts, |text| compiled.find(text).len());
    each("sentiment", &texts, |text| usize::from(sentiment(text, None).is_some()));
    let settings = EntitySettings::default();
    each("entities", &texts, |text| entities(text, date(2026, 11, 22), &settings).len());
    let small = Catalogue::compile(&judge::catalogue()).expect("a good catalogue");
    each("12 products", &texts, |text| small.find(text).len());
    let products: Vec<Product> = (0..5_000)
        .map(|number| {
            Product::new(&format!("P{number}"), &[&format!("{} {} model {number}", name(number), name(number / 40))])
        })
        .collect();
    let large = Catalogue::compile(&products).expect("a good catalogue");
    each("5000 products", &texts, |text| large.find(text).len());
    let model = IntentModel::train(&seeds("en"), &TrainOptions::default()).expect("a model");
    each("intent", &texts, |text| model.classify(text).ranked.len());
    training();
}

fn each(what: &str, texts: &[&str], mut answer: impl FnMut(&str) -> usize) {
    texts.iter().for_each(|text| {
        black_box(answer(text));
    });
    let (start, mut times) = (Instant::now(), 0_u32);
    while start.elapsed() < LONG {
        texts.iter().for_each(|text| {
            black_box(answer(black_box(text)));
        });
        times += 1;
    }
    let one = start.elapsed() / (times * u32::try_from(texts.len()).unwrap_or(1));
    println!(
        "{what:<16} {:>8.1} µs a message, {:>8.0} messages a second",
        one.as_secs_f64() * 1e6,
        1.0 / one.as_secs_f64()
    );
}

fn training() {
    println!("\nTraining on one thread, judging included (four parts left out in turn)");
    let mut all: Vec<Sample> = Vec::new();
    for (_, language, _) in LANGUAGES.iter().filter(|(name, _, _)| *name != "zh-Hant") {
        all.extend(seeds(language));
    }
    for (what, samples) in
        [("seeds, English", seeds("en")), ("seeds, all languages", all.clone()), ("made, 5000", made(&all, 5_000))]
    {
        let start = Instant::now();
        let model = IntentModel::train(&samples, &TrainOptions::default()).expect("a model");
        let took = start.elapsed();
        println!(
            "{what:<24} {:>6} samples {:>8.2} s, model of {:>8} bytes",
            samples.len(),
            took.as_secs_f64(),
            model.to_bytes().len()
        );
    }
}

/// Samples made by joining two of one intent: for the clock only, they say nothing about accuracy.
fn made(seeds: &[Sample], count: usize) -> Vec<Sample> {
    let other = |at: usize| {
        let step = 1 + at / seeds.len();
        (1..seeds.len())
            .map(|far| &seeds[(at + step * far) % seeds.len()])
            .find(|other| other.intent == seeds[at % seeds.len()].intent)
    };
    (0..count)
        .map(|at| {
            let sample = &seeds[at % seeds.len()];
            let second = other(at).map_or("", |other| other.text.as_str());
            Sample { text: format!("{} {second} {}", sample.text, name(at)), intent: sample.intent.clone() }
        })
        .collect()
}

/// Five hundred words: those of the seeds and made ones.
fn hot_words() -> Vec<HotWord> {
    let mut words: Vec<HotWord> = Vec::new();
    for (_, language, _) in LANGUAGES {
        let phrases = seeds(language);
        let single =
            phrases.iter().flat_map(|sample| sample.text.split_whitespace()).filter(|word| word.chars().count() > 3);
        let mut seen: Vec<&str> = single.collect();
        seen.sort_unstable();
        seen.dedup();
        words.extend(seen.iter().step_by(4).take(40).map(|word| HotWord::new(word, language)));
    }
    let missing = 500_usize.saturating_sub(words.len());
    words.extend((0..missing).map(|number| HotWord::new(&name(number), "en")));
    words.truncate(500);
    words
}

fn name(number: usize) -> String {
    const PARTS: [&str; 12] = ["ka", "lo", "mi", "ren", "tas", "vo", "dul", "pei", "sho", "bri", "nax", "quo"];
    format!("{}{}{}", PARTS[number % 12], PARTS[number / 12 % 12], PARTS[number / 144 % 12])
}
