//! Hot words, as administrators enter them and customers write them.

use rapport_text::MAX_TEXT;
use rapport_text::hotwords::{HotWord, HotWordError, HotWords, MAX_CHARS, MAX_HITS, MAX_SPELLINGS, MAX_WORDS};

fn found<'a>(words: &[HotWord], text: &'a str) -> Vec<(usize, &'a str)> {
    let hits = HotWords::compile(words).expect("a good list").find(text);
    hits.iter().map(|hit| (hit.word, hit.span.of(text))).collect()
}

fn counts(language: &str, word: &str, text: &str) -> usize {
    found(&[HotWord::new(word, language)], text).len()
}

#[test]
fn words_are_found_in_their_forms() {
    for (language, word, text, times) in [
        ("en", "discount", "Discounts? A discounted price, please. DISCOUNT!", 3),
        ("en", "refund", "refunding refunds, refunded", 3),
        ("ru", "скидка", "Есть скидки? Без скидок не куплю. Скидочка", 2),
        ("fr", "remise", "Une remise ou des remises", 2),
        ("es", "devolución", "devolucion, devoluciones y DEVOLUCIÓN", 3),
        ("pt", "promoção", "Promoções e promoção", 2),
        ("id", "kirim", "sudah dikirim? kirimkan resi, pengiriman lama", 3),
        ("ar", "خصم", "في خصم؟ والخصم كم، بخصم 20٪ وللخصم كود", 4),
        ("ar", "توصيل", "التوصيل مجاني؟ وتوصيلكم سريع", 2),
        ("hi", "महंगा", "बहुत महंगा है, महंगी चीज़", 2),
        ("zh", "优惠", "有優惠嗎？什么优惠", 2),
        ("zh-Hant", "運費", "运费多少？運費", 2),
        ("th", "ส่วนลด", "มีส่วนลดไหม", 1),
    ] {
        assert_eq!(counts(language, word, text), times, "{language} {word} in {text}");
    }
}

#[test]
fn other_words_are_not_found() {
    for (language, word, text) in [
        ("en", "discount", "discountenance, rediscount"),
        ("en", "organ", "organise organic organisation"),
        ("en", "expensive", "expense report"),
        ("ar", "رد", "وردة جميلة"),
        ("ar", "عرض", "المعرض مفتوح"),
        ("ru", "акция", "редакция, реакция"),
        ("", "discount", "discounts"),
        ("en", "ship order", "ship. order"),
    ] {
        assert_eq!(counts(language, word, text), 0, "{language} {word} in {text}");
    }
}

#[test]
fn places_are_those_of_the_original() {
    let text = "😀 ВЕРНИТЕ  ДЕНЬГИ!! ١٢٣ وبالخَصْـــمِ";
    let words = [HotWord::new("вернуть деньги", "ru"), HotWord::new("خصم", "ar")];
    assert_eq!(found(&words, text), [(1, "وبالخَصْـــمِ")]);
    let words = [HotWord {
        also: vec!["верните деньги".into()], ..HotWord::new("вернуть деньги", "ru")
    }];
    assert_eq!(found(&words, text), [(0, "ВЕРНИТЕ  ДЕНЬГИ")]);
    let hit = &HotWords::compile(&words).expect("good").find(text)[0];
    assert_eq!(hit.span.utf16(text), (3, 18));
}

#[test]
fn exceptions_take_hits_away() {
    let polite = HotWord { except: vec!["贵公司".into(), "贵姓".into()], ..HotWord::new("贵", "zh") };
    assert_eq!(found(std::slice::from_ref(&polite), "贵公司的东西太贵了"), [(0, "贵")]);
    assert!(found(&[polite], "請問貴姓").is_empty());
    let organ = HotWord { except: vec!["organs".into()], ..HotWord::new("organ", "en") };
    assert_eq!(found(&[organ], "an organ, two organs"), [(0, "organ")]);
    let discount = HotWord { except: vec!["no discount".into()], ..HotWord::new("discount", "en") };
    assert_eq!(found(&[discount], "no discounts here, but a discount there"), [(0, "discount")]);
}

#[test]
fn negation_is_told_and_may_count_out() {
    let mut word = HotWord::new("expensive", "en");
    let hits =
        HotWords::compile(std::slice::from_ref(&word)).expect("good").find("not expensive, but that one is expensive");
    assert_eq!(hits.iter().map(|hit| hit.negated).collect::<Vec<_>>(), [true, false]);
    word.skip_negated = true;
    assert_eq!(found(&[word], "not expensive, but that one is expensive"), [(0, "expensive")]);
    for (language, word, text) in [
        ("ar", "غالي", "السعر مش غالي"),
        ("ru", "дорогой", "это не дорого"),
        ("zh", "贵", "这个不太贵"),
        ("fr", "cher", "ce n'est pas cher"),
    ] {
        let word = HotWord { skip_negated: true, ..HotWord::new(word, language) };
        assert!(found(&[word], text).is_empty(), "{text}");
    }
}

#[test]
fn exact_words_and_longer_neighbours() {
    let exact = HotWord { exact: true, ..HotWord::new("Éclair", "fr") };
    assert_eq!(found(&[exact], "eclair ECLAIR éclairs"), [(0, "eclair"), (0, "ECLAIR")]);
    let words = [HotWord::new("expensive", "en"), HotWord::new("too expensive", "en")];
    assert_eq!(found(&words, "too expensive"), [(1, "too expensive"), (0, "expensive")]);
    let one = HotWord { also: vec!["discount code".into()], ..HotWord::new("discount", "en") };
    assert_eq!(found(&[one], "discount code"), [(0, "discount code")]);
}

#[test]
fn lists_have_limits() {
    let word = HotWord::new("x", "en");
    assert_eq!(HotWords::compile(&vec![word.clone(); MAX_WORDS + 1]).err(), Some(HotWordError::TooMany));
    assert_eq!(HotWords::compile(&[word.clone(), HotWord::new("?!", "en")]).err(), Some(HotWordError::Empty(1)));
    let long = HotWord::new(&"x".repeat(MAX_CHARS + 1), "en");
    assert_eq!(HotWords::compile(&[long]).err(), Some(HotWordError::TooLong(0)));
    assert_eq!(
        HotWords::compile(&[HotWord::new(&"一二三四五六七".repeat(4), "zh")]).err(),
        Some(HotWordError::TooLong(0))
    );
    let many = HotWord { also: vec!["y".into(); MAX_SPELLINGS + 1], ..word.clone() };
    assert_eq!(HotWords::compile(&[many]).err(), Some(HotWordError::TooManySpellings(0)));
    let empty = HotWord { except: vec![String::new()], ..word.clone() };
    assert_eq!(HotWords::compile(&[empty]).err(), Some(HotWordError::Empty(0)));
    let compiled = HotWords::compile(&[word]).expect("good");
    assert_eq!(compiled.find(&"x ".repeat(5_000)).len(), MAX_HITS);
    assert!(compiled.find(&format!("{}x", " ".repeat(MAX_TEXT))).is_empty());
    assert!(HotWords::compile(&[]).expect("good").find("x").is_empty());
}
