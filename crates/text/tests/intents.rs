//! Intents: training, silence, explanation and the bytes of a model.

use rapport_text::intents::{
    IntentModel, MODEL_VERSION, ModelError, SEED_LANGUAGES, Sample, TrainError, TrainOptions, asks_for_human, seeds,
};

fn trained(language: &str) -> IntentModel {
    IntentModel::train(&seeds(language), &TrainOptions::default()).expect("a model")
}

fn sample(intent: &str, text: &str) -> Sample {
    Sample { text: text.to_owned(), intent: intent.to_owned() }
}

#[test]
fn what_was_taught_is_known() {
    for language in ["en", "ar", "zh"] {
        let model = trained(language);
        let samples = seeds(language);
        let labelled = || samples.iter().filter(|sample| !sample.intent.is_empty());
        let right = labelled().filter(|sample| model.classify(&sample.text).ranked[0].intent == sample.intent).count();
        assert!(right * 100 >= labelled().count() * 95, "{language}: {right} of {}", labelled().count());
    }
}

#[test]
fn training_is_the_same_each_time_and_follows_its_seed() {
    let (one, again) = (trained("es").to_bytes(), trained("es").to_bytes());
    assert!(one == again);
    let other =
        IntentModel::train(&seeds("es"), &TrainOptions { seed: 7, ..TrainOptions::default() }).expect("a model");
    assert!(other.to_bytes() != one);
}

#[test]
fn unknown_words_name_no_intent() {
    let model = trained("en");
    for text in ["", "!!!", "qwrtzx plmkj", "Это по-русски"] {
        let wanted = model.classify(text);
        assert_eq!(wanted.intent, None, "{text}");
        assert!(wanted.ranked.iter().all(|scored| !scored.sure && scored.probability == 0.0), "{text}");
    }
    assert!(model.classify("where is my order").intent.is_some());
}

#[test]
fn the_words_that_decided_are_told() {
    let text = "Hello, I want a REFUND now";
    let wanted = trained("en").classify(text);
    assert_eq!(wanted.ranked[0].intent, "return");
    assert_eq!(wanted.reasons[0].span.of(text), "REFUND", "{:?}", wanted.reasons);
    assert!(wanted.reasons[0].weight > 0.0);
}

#[test]
fn order_numbers_are_no_evidence() {
    let model = trained("en");
    let (one, two) = (model.classify("where is order 10234"), model.classify("where is order 99"));
    assert_eq!(one.ranked, two.ranked);
    // The seeds hold the number 0: every other number is the same word.
    assert_eq!(
        model.classify("did you dispatch my order 0").ranked,
        model.classify("did you dispatch my order 777").ranked
    );
}

#[test]
fn own_labels_change_the_model() {
    let mut samples = seeds("en");
    let text = "do you gift wrap";
    assert_ne!(trained("en").classify(text).ranked[0].intent, "gift_wrap");
    let own =
        ["gift wrapping please", "can you gift wrap it", "wrap it as a gift", "is gift wrap free", "add a gift box"];
    samples.extend(own.map(|text| sample("gift_wrap", text)));
    let model = IntentModel::train(&samples, &TrainOptions::default()).expect("a model");
    assert_eq!(model.classify(text).ranked[0].intent, "gift_wrap");
    assert!(model.intents().any(|intent| intent == "gift_wrap"));
    assert_eq!(model.samples() as usize, samples.len());
}

#[test]
fn models_survive_their_bytes() {
    let model = trained("fr");
    let bytes = model.to_bytes();
    let again = IntentModel::from_bytes(&bytes).expect("a model");
    assert!(again == model);
    assert_eq!(again.classify("où est mon colis").ranked, model.classify("où est mon colis").ranked);
    let mut newer = bytes.clone();
    newer[4] = newer[4].wrapping_add(1);
    assert_eq!(IntentModel::from_bytes(&newer).err(), Some(ModelError::Version(MODEL_VERSION + 1)));
    assert_eq!(IntentModel::from_bytes(b"").err(), Some(ModelError::NotAModel));
    assert_eq!(IntentModel::from_bytes(&bytes[..bytes.len() - 1]).err(), Some(ModelError::NotAModel));
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(IntentModel::from_bytes(&longer).err(), Some(ModelError::NotAModel));
}

#[test]
fn trainings_have_limits() {
    let train = |samples: &[Sample]| IntentModel::train(samples, &TrainOptions::default()).err();
    assert_eq!(train(&[]), Some(TrainError::TooFew));
    assert_eq!(train(&[sample("a", "x"), sample("a", "y"), sample("b", "z")]), Some(TrainError::TooFew));
    let long = "n".repeat(101);
    assert_eq!(train(&[sample(&long, "x"), sample(&long, "y")]), Some(TrainError::Name));
    let many: Vec<Sample> = (0..402).map(|number| sample(&format!("i{}", number / 2), "x")).collect();
    assert_eq!(train(&many), Some(TrainError::TooMany));
}

#[test]
fn a_person_is_asked_for() {
    for text in [
        "I want to speak to a human",
        "AGENT PLEASE",
        "can i talk to someone??",
        "are you a bot",
        "je veux parler à un conseiller",
        "quiero hablar con una persona",
        "quero falar com um atendente",
        "mau bicara sama admin",
        "позовите оператора",
        "хочу поговорить с живым человеком",
        "ابي اكلم موظف",
        "عايز اكلم حد من خدمة العملاء",
        "转人工",
        "我要找真人客服",
        "kisi insaan se baat karni hai",
        "मुझे एजेंट से बात करनी है",
        "I don't want to talk to a bot, give me a real person",
    ] {
        assert!(asks_for_human(text).is_some(), "{text}");
    }
    for text in ["where is my order", "no agent needed", "спасибо", "多少钱", "وين طلبي", "hola"] {
        assert_eq!(asks_for_human(text), None, "{text}");
    }
    let text = "please, a REAL person!";
    assert_eq!(asks_for_human(text).map(|span| span.of(text).to_owned()), Some("REAL person".to_owned()));
}

#[test]
fn every_language_can_be_trained() {
    for language in SEED_LANGUAGES {
        let model = trained(language);
        assert_eq!(model.intents().count(), 12, "{language}");
        assert!(model.to_bytes().len() < 1_000_000, "{language}");
    }
}
