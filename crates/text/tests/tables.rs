//! Data-driven checks, one table per promise.

use rapport_text::language::{self, Script};
use rapport_text::safe::{count_chars_as_whatsapp, strip_controls};
use rapport_text::{
    Kind, MAX_TERM_CHARS, MAX_TERMS, STEM_MARK, highlights, normalise, normalised, preview, query, similarity, terms,
    tokenise,
};

const FAMILY: &str = "👨‍👩‍👧‍👦";

#[test]
fn normal_forms() {
    let table = [
        ("Hello WORLD", "hello world"),
        ("ＨＥＬＬＯ １２３", "hello 123"),
        ("مَرْحَبًا", "مرحبا"),
        ("مرحبــــا", "مرحبا"),
        ("أين الطلبية إلى آخر", "اين الطلبيه الي اخر"),
        ("سؤال شاطئ", "سوال شاطي"),
        ("٠١٢٣٤٥٦٧٨٩ ۴۵۶ १२३ ๑๒๓", "0123456789 456 123 123"),
        ("ﻃﻠﺐ", "طلب"),
        ("Ёлка ещё", "елка еще"),
        ("Straße ΟΔΟΣ", "strasse οδοσ"),
        ("İstanbul", "istanbul"),
        ("sooooo goooood!!!!", "soo good!!"),
        ("1000000", "1000000"),
        ("a\u{200B}b\u{200F}c\u{FEFF}d", "abcd"),
        ("👍🏽❤️", "👍❤"),
        ("cafe\u{301} CAFÉ", "café café"),
        ("ｶﾞ 한국", "ガ 한국"),
        ("", ""),
    ];
    for (original, expected) in table {
        assert_eq!(normalised(original), expected, "{original:?}");
        assert_eq!(normalised(expected), expected, "twice: {original:?}");
    }
}

#[test]
fn the_way_back() {
    let table = [
        ("x مَرْحَبًا y", "مرحبا", "مَرْحَبًا"),
        ("so sooooo long", "soo", "sooooo"),
        ("Die Straße!", "strasse", "Straße"),
        ("٠٥٠ ab", "050", "٠٥٠"),
        ("é cafe\u{301}s", "cafés", "cafe\u{301}s"),
        ("مرحبـــــا", "مرحبا", "مرحبـــــا"),
    ];
    for (original, part, expected) in table {
        let normal = normalise(original);
        let at = normal.as_str().find(part).expect(part);
        assert_eq!(&original[normal.original_range(at..at + part.len())], expected);
    }
    let normal = normalise("ab");
    assert_eq!(normal.original_range(1..1), 1..1);
    assert_eq!(normal.original_range(5..9), 2..2);
    assert_eq!(normal.original_range(1..9), 1..2);
    assert_eq!(normalise("").original_range(0..0), 0..0);
}

#[test]
fn tokens_and_their_places() {
    type Expected<'a> = &'a [(&'a str, &'a str, Kind)];
    let table: [(&str, Expected); 8] = [
        (
            "Where's ORD-2024 15Pro?",
            &[
                ("where", "Where", Kind::Word),
                ("s", "s", Kind::Clitic),
                ("ord", "ORD", Kind::Word),
                ("2024", "2024", Kind::Number),
                ("15pro", "15Pro", Kind::Mixed),
            ],
        ),
        (
            "l’appareil d'Anne",
            &[
                ("l", "l", Kind::Clitic),
                ("appareil", "appareil", Kind::Word),
                ("d", "d", Kind::Clitic),
                ("anne", "Anne", Kind::Word),
            ],
        ),
        ("我的包裹", &[("我的", "我的", Kind::Gram), ("的包", "的包", Kind::Gram), ("包裹", "包裹", Kind::Gram)]),
        ("茶 tea", &[("茶", "茶", Kind::Gram), ("tea", "tea", Kind::Word)]),
        ("iPhone手机", &[("iphone", "iPhone", Kind::Word), ("手机", "手机", Kind::Gram)]),
        ("وَالطَّلَبُ ٣", &[("والطلب", "وَالطَّلَبُ", Kind::Word), ("3", "٣", Kind::Number)]),
        ("+966 50", &[("966", "966", Kind::Number), ("50", "50", Kind::Number)]),
        ("👨‍👩‍👧‍👦 🎉!", &[]),
    ];
    for (original, expected) in table {
        let found = tokenise(original);
        let found: Vec<(&str, &str, Kind)> =
            found.iter().map(|t| (t.text.as_str(), &original[t.start..t.end], t.kind)).collect();
        assert_eq!(found, expected, "{original}");
    }
}

/// (message, query): found.
const FOUND: &[(&str, &str)] = &[
    ("Where are my orders?", "order"),
    ("I ordered a dress", "ordering dresses"),
    ("Your parcel was delivered yesterday", "delivering"),
    ("it's John's order", "john's"),
    ("Où sont mes livraisons ?", "livraison"),
    ("Je n'ai pas reçu l'appareil", "appareils"),
    ("un appareil neuf", "l'appareil"),
    ("J'ai été remboursée", "remboursé"),
    ("commande annulée", "annulee"),
    ("commande annulee", "annulée"),
    ("ma sœur", "soeur"),
    ("¿Cuándo llegan mis pedidos?", "pedido"),
    ("Quiero una devolución", "devoluciones"),
    ("quiero una devolucion", "devolución"),
    ("mañana", "manana"),
    ("Onde estão minhas encomendas?", "encomenda"),
    ("promoções de verão", "promoção"),
    ("nao chegou o cartao", "não cartão"),
    ("Kapan paketnya sampai kak?", "paket"),
    ("paket saya", "paketnya"),
    ("Где мои заказы?", "заказ"),
    ("нет заказа и посылки", "заказы посылка"),
    ("Ещё не пришёл", "еще пришел"),
    ("ОТПРАВЬТЕ ТОВАР", "товары"),
    ("أين الطلبات؟", "طلب"),
    ("أين طَلَبِي", "طلبي"),
    ("وبالطلبات القديمة", "طلبات"),
    ("والطلب متى", "الطلب"),
    ("طلب جديد", "الطلب"),
    ("المدرسة", "مدرسه"),
    ("إلى متى الانتظار", "الي متي"),
    ("شحنـــة متأخرة", "شحنة"),
    ("رقمي ٠٥٠١٢٣٤٥٦٧", "0501234567"),
    ("我的包裹在哪里", "包裹"),
    ("我的包裹在哪里", "裹"),
    ("我的包裹在哪裡？訂單號碼", "哪里 订单号"),
    ("订单还没到", "訂單還沒到"),
    ("想退貨", "退货"),
    ("注文した商品はいつ届きますか", "商品"),
    ("주문을 취소하고 싶어요", "주문"),
    ("พัสดุอยู่ที่ไหน", "พัสดุ"),
    ("मेरा पार्सल कहाँ है", "पार्सल"),
    ("हिन्दी में बात", "हिंदी"),
    ("Order #A-10234 please", "10234"),
    ("ORD20240015", "ord20240015"),
    ("ORD20240015", "0015"),
    ("iphone 15pro", "15 pro"),
    ("call +966 50 123 4567 now", "0501234567"),
    ("call 0501234567 now", "+966 50 123 4567"),
    ("call 0501234567 now", "4567"),
    ("call 0501234567 now", "234567"),
    ("call (050) 123-4567", "501234567"),
    ("call +966501234567", "00966501234567"),
    ("call 0501234567 now", "05012"),
    ("the delivery was late", "deliv"),
    ("الطلبات متأخرة", "طلبا"),
    ("والطلبات متأخرة", "والط"),
    ("посылка", "посы"),
    ("soooo niceeeee", "soo nicee"),
    ("code 1️⃣2️⃣3️⃣", "123"),
    ("Zalando Straße 5", "strasse"),
    ("ΠΑΡΑΓΓΕΛΊΑ", "παραγγελια"),
    ("שלום הזמנה", "הזמנה"),
];

const NOT_FOUND: &[(&str, &str)] = &[
    ("Where is my parcel? It has not come yet, please help", "note"),
    ("please tell us what you know about the delivery", "use"),
    ("hello", "help"),
    ("我的包裹", "裹包"),
    ("order 12345", "order 54321"),
    ("Где посылка", "заказ"),
    ("متى يصل", "طلب"),
    ("call 0501234567", "0501234568"),
    ("anything", ""),
    ("anything", "!!! 👍"),
    ("price 2024", "2025"),
    ("order", "e"),
    ("AND OR NOT", "near"),
];

#[test]
fn searches() {
    let mut missed = Vec::new();
    for (message, search) in FOUND.iter().copied() {
        let (found, asked) = (terms(message), query(search));
        if !asked.matches(&found) || highlights(message, &asked).is_empty() {
            missed.push(format!("{message:?} / {search:?}\n{found:?}\n{asked:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    for (message, search) in NOT_FOUND.iter().copied() {
        let (found, asked) = (terms(message), query(search));
        assert!(!asked.matches(&found), "{message:?} / {search:?}\n{found:?}\n{asked:?}");
    }
}

#[test]
fn query_shape() {
    let asked = query("my ord");
    assert_eq!(asked.groups.len(), 2);
    assert_eq!(asked.groups[1][0], "ord");
    assert_eq!(asked.prefixes, ["ord"]);
    assert!(query("a b c d e f g h i j k l m n o p q r s t").groups.len() == 16);
    assert!(query(" ,;").is_empty());
    assert_eq!(query("order ORDER").groups.len(), 1);
    assert!(query("包裹").prefixes.is_empty());
    assert_eq!(query("l'").groups.len(), 1);
    assert!(terms("orders").iter().any(|term| term.starts_with(STEM_MARK)));
}

#[test]
fn bounds() {
    let long: String = (0..5000).map(|n| format!("word{n} ")).collect();
    assert_eq!(terms(&long).len(), MAX_TERMS);
    let wide = "é".repeat(3).to_string() + &"ab".repeat(500);
    assert!(terms(&wide).iter().all(|term| term.chars().count() <= MAX_TERM_CHARS));
    assert!(query(&wide).matches(&terms(&wide)));
}

/// Anything worse than linear would make this test take minutes.
#[test]
fn hostile_texts_stay_cheap() {
    let units = [
        "a",
        "a'",
        "1 ",
        "1",
        "\u{301}",
        "ا",
        "\u{64B}",
        "包",
        "\u{202B}",
        "\u{2066}",
        "\u{200D}👩",
        "ﷺ",
        "e\u{327}\u{301}",
        "('",
    ];
    for unit in units {
        let text = unit.repeat(20_000);
        let asked = query(&text);
        assert!(terms(&text).len() <= MAX_TERMS && asked.groups.len() <= 16);
        let _ = (highlights(&text, &asked), preview(&text, 80), tokenise(&text), language::guess(&text));
        let _ = (similarity(&text, "a"), strip_controls(&text));
    }
}

#[test]
fn highlight_offsets_are_utf16() {
    let table: [(&str, &str, &[&str]); 9] = [
        ("👍👍 my orders, order!", "order", &["orders", "order"]),
        ("我的包裹在哪里", "包裹", &["包裹"]),
        ("我的包裹在哪里", "的包裹", &["的包裹"]),
        ("قلت وَالطَّلَبُ أين", "طلب", &["وَالطَّلَبُ"]),
        ("a 👨‍👩‍👧‍👦 طلب order", "order طلب", &["طلب", "order"]),
        ("tel: +966 50 123 4567.", "501234567", &["966 50 123 4567"]),
        ("soooooo big", "soo", &["soooooo"]),
        ("𝓗𝓮𝓵𝓵𝓸 you", "hello", &["𝓗𝓮𝓵𝓵𝓸"]),
        ("nothing", "else", &[]),
    ];
    for (original, search, expected) in table {
        let units: Vec<u16> = original.encode_utf16().collect();
        let found: Vec<String> = highlights(original, &query(search))
            .into_iter()
            .map(|(start, end)| String::from_utf16(&units[start..end]).expect("on character boundaries"))
            .collect();
        assert_eq!(found, expected, "{original} / {search}");
    }
}

#[test]
fn languages() {
    let table = [
        ("where is my parcel?", Some("en")),
        ("Thanks, I received the order today", Some("en")),
        ("Bonjour, où est mon colis ?", Some("fr")),
        ("je voudrais un remboursement svp", Some("fr")),
        ("Hola, ¿dónde está mi pedido?", Some("es")),
        ("gracias, ya llegó el paquete", Some("es")),
        ("Olá, onde está minha encomenda?", Some("pt")),
        ("não recebi o pedido ainda, obrigado", Some("pt")),
        ("halo kak, pesanan saya sudah dikirim?", Some("id")),
        ("berapa ongkir ke Bandung", Some("id")),
        ("أين طلبي؟", Some("ar")),
        ("سفارش من کجاست؟ پیگیری کنید", Some("fa")),
        ("میرا آرڈر کہاں ہے بڑا", Some("ur")),
        ("Где мой заказ?", Some("ru")),
        ("Де моє замовлення?", Some("uk")),
        ("我的iPhone15还没到", Some("zh")),
        ("注文はいつ届きますか", Some("ja")),
        ("주문 취소", Some("ko")),
        ("พัสดุอยู่ที่ไหน", Some("th")),
        ("मेरा पार्सल कहाँ है", Some("hi")),
        ("היי מה קורה", Some("he")),
        ("που είναι", Some("el")),
        ("ok", None),
        ("iPhone 15 Pro Max", None),
        ("12345 👍", None),
        ("https://example.com/where-is-the-order", None),
        ("", None),
    ];
    for (text, expected) in table {
        assert_eq!(language::guess(text).map(|guess| guess.language), expected, "{text}");
    }
}

#[test]
fn chinese_varieties() {
    let table = [
        ("我的包裹还没到，订单号", Script::HanSimplified),
        ("我的包裹還沒到，訂單號碼", Script::HanTraditional),
        ("你好", Script::Han),
    ];
    for (text, expected) in table {
        assert_eq!(language::guess(text).map(|guess| guess.script), Some(expected), "{text}");
    }
    assert!(language::guess("where is my parcel that you said would be here").is_some_and(|guess| guess.sure));
    assert!(language::guess("hola").is_some_and(|guess| !guess.sure));
}

#[test]
fn previews() {
    let six = FAMILY.repeat(6);
    let three = FAMILY.repeat(3) + "…";
    let table = [
        ("hello", 10, "hello"),
        ("hello", 5, "hello"),
        ("hello world", 6, "hello…"),
        ("hello world", 7, "hello…"),
        ("hello world", 8, "hello w…"),
        ("  a\r\n\n b\t\tc\u{2028}d ", 20, "a b c d"),
        (six.as_str(), 4, three.as_str()),
        ("x\0y\u{7}z", 9, "xyz"),
        ("مرحبا \u{202E}evil", 30, "مرحبا evil"),
        ("\u{2067}abc\u{2069} d", 30, "\u{2067}abc\u{2069} d"),
        ("\u{2067}abcdef\u{2069} d", 4, "ab…"),
        ("a\u{202C}\u{2069}b", 9, "ab"),
        ("\u{2066}a\u{202B}b\u{2069}c", 9, "\u{2066}ab\u{2069}c"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("", 5, ""),
        (" \n ", 5, ""),
    ];
    for (text, max, expected) in table {
        assert_eq!(preview(text, max), expected, "{text:?} {max}");
    }
    let zalgo = format!("a{}b", "\u{301}".repeat(5000));
    assert!(preview(&zalgo, 10).chars().count() < 20);
}

#[test]
fn name_similarity() {
    let table = [
        ("Maria Garcia", "García, María 🌸", 1.0, 1.0),
        ("أحمد علي", "احمد على", 1.0, 1.0),
        ("Фёдор", "Федор", 1.0, 1.0),
        ("王小明", "王小明", 1.0, 1.0),
        ("Jon Smith", "John Smith", 0.85, 0.95),
        ("Иванова Анна", "Анна Иванов", 0.85, 0.95),
        ("Maria", "Xu Wei", 0.0, 0.4),
        ("", "", 0.0, 0.0),
        ("👍", "👍", 0.0, 0.0),
        ("Ana", "", 0.0, 0.0),
    ];
    for (a, b, low, high) in table {
        let found = similarity(a, b);
        assert!((low..=high).contains(&found), "{a} {b} {found}");
        assert!((found - similarity(b, a)).abs() < f64::EPSILON);
    }
    assert!(similarity(&"a".repeat(100_000), &"ab".repeat(50_000)) < 1.0);
}

#[test]
fn safe_storage() {
    assert_eq!(strip_controls("a\0b\u{1b}[0m\r\n\tc\u{7f}\u{202E}"), "ab[0m\n\tc\u{7f}\u{202E}");
    assert!(matches!(strip_controls("clean\n"), std::borrow::Cow::Borrowed(_)));
    assert_eq!(count_chars_as_whatsapp(FAMILY), 7);
    assert_eq!(count_chars_as_whatsapp("aé😀"), 3);
}
