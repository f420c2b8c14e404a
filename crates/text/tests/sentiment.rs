//! How messages sound. These lines were written with the lexicons; what is measured stands in `examples/measure`.

use rapport_text::sentiment::{Mood, sentiment};

fn score(text: &str) -> f64 {
    sentiment(text, None).map_or(0.0, |found| found.score)
}

#[test]
fn praise_and_complaint_in_every_language() {
    for (good, bad) in [
        ("The quality is great, thank you!", "The box was broken and nobody replied"),
        ("Livraison rapide, je suis ravie", "Colis en retard et produit cassé"),
        ("Excelente producto, llegó a tiempo", "Llegó roto, pésimo servicio"),
        ("Adorei, chegou antes do prazo", "Péssimo, veio quebrado"),
        ("Barangnya bagus, pengiriman cepat", "Kecewa, barangnya rusak"),
        ("Отличное качество, спасибо", "Ужасно, посылка не пришла"),
        ("ممتاز جدا والله يعطيكم العافية", "تأخير كثير والمنتج مكسور"),
        ("الخامة حلوة أوي وعجبتني شكرا", "محدش بيرد والطلب ما وصلش زفت"),
        ("质量很好，非常满意", "太差了，东西是坏的"),
        ("質量很好，好滿意", "太差了，東西壞了"),
        ("बहुत अच्छा है, धन्यवाद", "बहुत खराब, पैसे वापस करो"),
        ("bahut accha product hai", "bekar quality, paise wapas karo"),
        ("el montag 7elo awi, shokran", "el order met2akher w ma7adesh byrod"),
    ] {
        assert!(score(good) > 0.2, "{good}: {:?}", sentiment(good, None));
        assert!(score(bad) < -0.2, "{bad}: {:?}", sentiment(bad, None));
    }
}

#[test]
fn negation_turns_round() {
    for (plain, denied) in [
        ("it is good", "it is not good"),
        ("I like it", "I don't like it"),
        ("c'est bien", "ce n'est pas bien"),
        ("es bueno", "no es bueno"),
        ("é bom", "não é bom"),
        ("ini bagus", "ini tidak bagus"),
        ("это хорошо", "это не хорошо"),
        ("هذا جيد", "هذا ليس جيد"),
        ("这个好用", "这个不好用"),
        ("यह अच्छा है", "यह अच्छा नहीं है"),
    ] {
        assert!(score(plain) > 0.0, "{plain}");
        assert!(score(denied) < 0.0, "{denied}: {:?}", sentiment(denied, None));
    }
    for praise in [
        "not expensive at all",
        "not bad",
        "السعر مش غالي",
        "不错",
        "недорого",
        "no problem",
        "ce n'est pas cher",
        "没问题",
    ] {
        assert!(score(praise) > 0.0, "{praise}: {:?}", sentiment(praise, None));
    }
}

#[test]
fn idioms_mean_what_they_mean() {
    assert_eq!(sentiment("Please hurry", None), None);
    assert!(score("I am pleased") > 0.2);
    for blame in [
        "thanks for nothing",
        "没有想象中好",
        "c'est pas terrible",
        "حسبي الله ونعم الوكيل",
        "一点都不好",
        "no me gusta nada",
    ] {
        assert!(score(blame) < -0.2, "{blame}: {:?}", sentiment(blame, None));
    }
    assert_eq!(sentiment("trop bien", None).map(|found| found.languages), Some(vec!["fr"]));
}

#[test]
fn emphasis_counts() {
    for (less, more) in [
        ("good", "very good"),
        ("bagus", "bagus banget"),
        ("حلو", "حلو جدا"),
        ("good", "good!!!"),
        ("it is good", "it is GOOD"),
        ("good", "goooood"),
        ("满意", "非常满意"),
        ("good 😊", "good 😊😊😊"),
        ("a bit good", "good"),
        ("хорошо", "очень хорошо"),
    ] {
        assert!(score(less) < score(more), "{less} {} {more} {}", score(less), score(more));
    }
    assert!(score("a bit slow") > score("slow"));
    assert!(score("curti") < score("curti demais"));
    assert!(score("the shirt is nice but the delivery was terrible") < 0.0);
    assert!(score("the delivery was slow, but the shirt is wonderful") > 0.3);
}

#[test]
fn emoji_speak_alone_and_turn_praise() {
    assert!(score("👍🏽") > 0.2 && (score("👍🏽") - score("👍")).abs() < 1e-9);
    assert!(score("❤️") > 0.2 && score("😡") < -0.2 && score("💔") < -0.2);
    assert!(score("great service 🙄") < 0.0);
    assert!(score("😂") < score("❤️"));
}

#[test]
fn questions_are_not_praise() {
    assert!(score("is it good?") < 0.2);
    assert!(score("质量好吗") < 0.2);
    assert!(score("هل هو جيد؟") < 0.2);
    assert!(score("it is good") > 0.2);
}

#[test]
fn silence_where_nothing_is_known() {
    for text in [
        "",
        "0",
        "where is the parcel",
        "好吗",
        "صباح الخير",
        "добрый день",
        "2 x 15",
        "bom dia",
        "mon adresse est ici",
    ] {
        assert_eq!(sentiment(text, None), None, "{text}");
    }
}

#[test]
fn what_decided_is_told() {
    let text = "Not GOOD, but the colour is lovely ❤️";
    let found = sentiment(text, Some("en")).expect("known words");
    let told: Vec<(&str, bool, bool)> =
        found.evidence.iter().map(|evidence| (evidence.span.of(text), evidence.negated, evidence.emoji)).collect();
    assert_eq!(told, [("GOOD", true, false), ("lovely", false, false), ("❤️", false, true)]);
    assert!(found.evidence[0].weight < 0.0 && found.evidence[1].weight > 0.0);
    assert_eq!(found.languages, ["en"]);
    assert!((found.share() - (found.score + 1.0) / 2.0).abs() < 1e-9);
    assert_eq!(found.mood(), Mood::Positive);
}

#[test]
fn the_writers_language_decides_between_equals() {
    // French "sale" is dirty; in English it is no word of praise or blame.
    assert!(sentiment("sale", Some("fr")).is_some_and(|found| found.score < 0.0));
    let mixed = sentiment("الخدمة excellent", Some("ar")).expect("known words");
    assert!(mixed.score > 0.2, "{mixed:?}");
}
