//! Any text may come: nothing panics, everything is bounded and lies in the original.

use jiff::civil::date;
use proptest::prelude::*;
use rapport_text::Span;
use rapport_text::entities::{EntitySettings, OrderPattern, Value, entities};
use rapport_text::hotwords::{HotWord, HotWords};
use rapport_text::intents::{IntentModel, TrainOptions, asks_for_human, seeds};
use rapport_text::products::{Catalogue, Product};
use rapport_text::sentiment::sentiment;
use std::sync::LazyLock;

static WORDS: LazyLock<HotWords> = LazyLock::new(|| {
    let words = [
        ("discount", "en"),
        ("خصم", "ar"),
        ("скидка", "ru"),
        ("贵", "zh"),
        ("remise", "fr"),
        ("kirim", "id"),
        ("महंगा", "hi"),
    ];
    HotWords::compile(&words.map(|(word, language)| HotWord::new(word, language))).expect("good")
});
static SHOP: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::compile(&[Product::new("A", &["iPhone 15 Pro", "айфон"]), Product::new("B", &["红色连衣裙", "فستان"])])
        .expect("good")
});
static MODEL: LazyLock<IntentModel> =
    LazyLock::new(|| IntentModel::train(&seeds("id"), &TrainOptions::default()).expect("a model"));

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-zA-Zéèçñãœß' ]{1,8}",
        3 => "[0-9٠-٩۰-۹ +.,:/()#@$€₽-]{1,12}",
        2 => "[ء-يً-ْـٱ ]{1,8}",
        2 => "[а-яА-ЯёЁ\u{301}\u{308} ]{1,8}",
        2 => "[一-鿿가-힣ぁ-んก-๎ ]{1,6}",
        1 => "[ऀ-ॿ]{1,6}",
        1 => "[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{FE0F}\u{0}-\u{1F}]{1,4}",
        1 => "[👨👩👧🏽🇪🇸❤\u{200D}\u{20E3}😡🙄]{1,5}",
        2 => "(order|tomorrow|not |very |good|но |не |хорошо|بعد |أيام|خصم|不|好|贵|iPhone|15|pro|Rp ?|USD |http://|www\\.|@x\\.com|周|月|日|年|के|नहीं )",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn lies_in(text: &str, span: Span) -> bool {
    span.start < span.end && text.get(span.start..span.end).is_some()
}

/// Texts made to cost much: they end like any other (a cost that grows with the square would take minutes here).
#[test]
fn hostile_texts_cost_no_more_than_others() {
    let pieces = [
        "a@",
        ".",
        "www.",
        "1.",
        "1 111 ",
        "好",
        "not ",
        "discount ",
        "$5 ",
        "((",
        "+",
        "a.ru/",
        "http",
        "order #",
        "1/2/",
        "iphone ",
        "iPhone 15 ",
        "很好",
        "🙄",
        "مش ",
        "周",
        "\u{301}",
        "ा",
        "1٫",
        "#1",
        "no discount ",
        "下周",
        "последний ",
        "a.b",
        "USD",
        "5 тыс",
        "0x",
    ];
    let settings = EntitySettings {
        orders: vec!["*{60}".parse().expect("a pattern")],
        country: "GB".into(),
        ..EntitySettings::default()
    };
    for piece in pieces {
        let text = piece.repeat(10_000 / piece.len());
        all_lie_in(WORDS.find(&text).iter().map(|hit| hit.span), &text);
        let found = entities(&text, date(2026, 2, 28), &settings);
        all_lie_in(found.iter().map(|entity| entity.span), &text);
        all_lie_in(
            entities(&text, date(2026, 2, 28), &EntitySettings::default()).iter().map(|entity| entity.span),
            &text,
        );
        all_lie_in(
            sentiment(&text, None).iter().flat_map(|found| &found.evidence).map(|evidence| evidence.span),
            &text,
        );
        all_lie_in(SHOP.find(&text).iter().map(|mention| mention.span), &text);
        all_lie_in(MODEL.classify(&text).reasons.iter().map(|reason| reason.span), &text);
        all_lie_in(asks_for_human(&text).into_iter(), &text);
    }
}

fn all_lie_in(mut spans: impl Iterator<Item = Span>, text: &str) {
    assert!(spans.all(|span| lies_in(text, span)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hot_words_lie_in_the_text(text in text()) {
        for hit in WORDS.find(&text) {
            prop_assert!(hit.word < 7 && lies_in(&text, hit.span));
        }
    }

    #[test]
    fn a_hot_word_is_found_in_any_company(before in text(), after in text()) {
        let joined = format!("{before} \n discount \n {after}");
        let hits = WORDS.find(&joined);
        prop_assert!(hits.iter().any(|hit| hit.span.of(&joined) == "discount"), "{:?}", hits);
    }

    #[test]
    fn entities_lie_in_the_text_and_apart(text in text(), month_first: bool) {
        let orders: Vec<OrderPattern> = if month_first { vec!["@@-?#{2,6}".parse().expect("a pattern")] } else { Vec::new() };
        let settings = EntitySettings { orders, month_first, country: "US".into(), ..EntitySettings::default() };
        let found = entities(&text, date(2026, 2, 28), &settings);
        prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        for entity in &found {
            prop_assert!(lies_in(&text, entity.span), "{:?}", entity);
            if let Value::Amount { mantissa, scale, .. } = entity.value {
                prop_assert!(mantissa >= 0 && scale <= 4);
            }
        }
    }

    #[test]
    fn sentiment_is_bounded_and_explained(text in text()) {
        if let Some(found) = sentiment(&text, Some("fr")) {
            prop_assert!(found.score > -1.0 && found.score < 1.0);
            prop_assert!(!found.evidence.is_empty());
            prop_assert!(found.evidence.iter().all(|evidence| lies_in(&text, evidence.span) && evidence.weight.is_finite()));
        }
    }

    #[test]
    fn products_lie_in_the_text(text in text()) {
        for mention in SHOP.find(&text) {
            prop_assert!(lies_in(&text, mention.span) && !mention.candidates.is_empty());
            prop_assert!(mention.candidates.iter().all(|candidate| candidate.product < 2 && (0.0..=1.0).contains(&candidate.score)));
        }
    }

    #[test]
    fn intents_are_probabilities(text in text()) {
        let wanted = MODEL.classify(&text);
        prop_assert!(wanted.ranked.iter().all(|scored| (0.0..=1.0).contains(&scored.probability)));
        prop_assert!(wanted.ranked.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
        prop_assert!(wanted.reasons.iter().all(|reason| lies_in(&text, reason.span) && reason.weight.is_finite()));
        prop_assert!(asks_for_human(&text).is_none_or(|span| lies_in(&text, span)));
    }

    #[test]
    fn broken_models_are_refused(at in 0_usize..4_000, byte: u8, cut in 0_usize..4_000) {
        let good = MODEL.to_bytes();
        let mut bytes = good.clone();
        bytes[at % good.len()] = byte;
        if let Ok(model) = IntentModel::from_bytes(&bytes) {
            let wanted = model.classify("mau retur barang");
            prop_assert!(wanted.ranked.len() <= 5);
        }
        let short = IntentModel::from_bytes(&good[..good.len() - 1 - cut % good.len()]);
        prop_assert!(short.is_err());
    }
}
