//! Whatever people write comes back byte for byte and is found again (`perf-reliability.md` F36).

use crate::harness::Shop;
use crate::search::{find, indexed};

/// What is written, and what somebody types who looks for it.
const TEXTS: [(&str, &str, &str); 13] = [
    ("right-to-left override", "invoice \u{202E}fdp.exe\u{202C} attached", "attached"),
    ("isolates without an end", "price \u{2067}١٢٣ ريال then walrusone", "walrusone"),
    ("family of emoji", "see you 👩‍👩‍👧‍👦 walrustwo", "walrustwo"),
    ("flags and skin tones", "🇸🇦🇨🇳🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽 walrusthree", "walrusthree"),
    ("combining storm", "z̷̢̛͔̹͎a̸̡̼͝l̵̨̛͓g̶̡̛o walrusfour", "walrusfour"),
    ("Arabic-Indic digits", "طلب رقم ١٠٤٢٣", "10423"),
    ("full-width", "ＯＲＤＥＲ　７７５５１", "order 77551"),
    ("decomposed", "cafe\u{301} cre\u{300}me bru\u{302}le\u{301}e", "crème brûlée"),
    ("composed", "Zürich Straße", "strasse"),
    ("tatweel and vowels", "مَرْحَبـــًا بالزبون", "مرحبا"),
    ("no letters at all", "… ‼︎ ⁂", ""),
    ("private and unassigned", "\u{E000}\u{378}\u{10FFFE} walrusfive", "walrusfive"),
    ("zero width", "wal\u{200B}rus\u{200D}six \u{FEFF}end", "walrussix"),
];

#[tokio::test]
async fn texts_come_back_byte_for_byte_and_are_found() {
    let (test, shop, owner) = Shop::open().await;
    let mut places = Vec::new();
    for (what, text, _) in TEXTS {
        places.push((what, text, shop.hear("971500000001", "Amal", text).await));
        shop.wait(1_000);
    }
    shop.hear("971500000002", "Badr", "walruslast").await;
    indexed(&test, &owner, "walruslast").await;
    let path = format!("/api/v1/conversations/{}/messages?limit=50", places[0].2.conversation);
    let thread = owner.get(&path).await;
    let bodies: Vec<&str> =
        thread.body["items"].as_array().unwrap().iter().map(|item| item["content"]["body"].as_str().unwrap()).collect();
    for (what, text, _) in &places {
        assert!(bodies.contains(text), "{what}: {text:?}");
    }
    for (what, text, typed) in TEXTS.iter().filter(|(_, _, typed)| !typed.is_empty()) {
        let reply = find(&owner, typed, "&in=messages").await;
        let items = reply.body["items"].as_array().unwrap();
        // The preview is the text in one line, without what could turn the direction of what follows it.
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let same = |hit: &&serde_json::Value| {
            let shown = words(hit["message"]["preview"].as_str().unwrap());
            words(text).iter().any(|word| shown.contains(word))
        };
        let hit = items.iter().find(same);
        let hit = hit.unwrap_or_else(|| panic!("{what}: {}", reply.body));
        // What is marked lies within the text, on whole characters.
        let units: Vec<u16> = hit["message"]["preview"].as_str().unwrap().encode_utf16().collect();
        let marks = hit["highlights"].as_array().unwrap();
        assert!(!marks.is_empty(), "{what}");
        for mark in marks {
            let (from, to) = (mark[0].as_u64().unwrap() as usize, mark[1].as_u64().unwrap() as usize);
            assert!(String::from_utf16(&units[from..to]).is_ok(), "{what}");
        }
        let again = find(&owner, typed, "&in=messages").await;
        assert_eq!(again.body["items"], reply.body["items"], "{what}: the same question has the same answer");
    }
}

#[tokio::test]
async fn names_are_one_person_however_they_are_composed() {
    let (test, shop, owner) = Shop::open().await;
    let names = ["Rene\u{301}e Muller", "\u{202E}Evil Name", "ＦＵＬＬ－ＷＩＤＴＨ", "👩‍👩‍👧‍👦 Family", "محمّد الرّاشد"];
    for (n, name) in names.iter().enumerate() {
        shop.hear(&format!("97150111000{n}"), name, "hello").await;
        shop.wait(1_000);
    }
    shop.hear("971501119999", "Last", "walruslast").await;
    indexed(&test, &owner, "walruslast").await;
    let list = owner.get("/api/v1/contacts?limit=50").await;
    let known: Vec<&str> =
        list.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    for name in names {
        assert!(known.contains(&name), "{name:?}: {known:?}");
    }
    for (typed, name) in [
        ("Renée", 0),
        ("RENEE mul", 0),
        ("evil", 1),
        ("full wid", 2),
        ("family", 3),
        ("الراشد", 4),
        ("محمد", 4),
        ("٠٥٠١١١٠٠٠٣", 3),
    ] {
        let reply = find(&owner, typed, "&in=contacts").await;
        let found: Vec<&str> = reply.body["contacts"]["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["contact"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(found, [names[name]], "{typed}");
    }
    assert_eq!(known.len(), names.len() + 1);
}
