//! Products as customers call them.

use rapport_text::products::{Catalogue, CatalogueError, MAX_CANDIDATES, MAX_NAME_CHARS, MAX_NAMES, Product};

fn shop() -> Catalogue {
    Catalogue::compile(&[
        Product::new("IP15", &["iPhone 15"]),
        Product::new("IP15P", &["iPhone 15 Pro"]),
        Product::new("IP15PM", &["iPhone 15 Pro Max"]),
        Product::new("APP2", &["AirPods Pro 2", "наушники AirPods"]),
        Product::new("GS24U", &["Samsung Galaxy S24 Ultra"]),
        Product::new("GS24", &["Samsung Galaxy S24"]),
        Product::new("DRESS-R", &["Red Summer Dress", "فستان صيفي أحمر", "红色连衣裙"]),
        Product::new("DRESS-B", &["Blue Summer Dress", "فستان صيفي أزرق", "蓝色连衣裙"]),
        Product::new("KETTLE", &["Electric Kettle 1.7 L", "чайник электрический", "电热水壶", "غلاية كهربائية"]),
        Product::new("CREAM", &["Hydrating Moisturizer 50 ml", "crème hydratante"]),
    ])
    .expect("a good catalogue")
}

#[test]
fn one_product_is_meant() {
    let shop = shop();
    for (text, product, at) in [
        ("is the iphone15 promax in stock?", 2, "iphone15 promax"),
        ("iPhone 15 Pro", 1, "iPhone 15 Pro"),
        ("how much is 15 pro max", 2, "15 pro max"),
        ("iphone 15 please", 0, "iphone 15"),
        ("айфон 15 про макс есть?", 2, "айфон 15 про макс"),
        ("ايفون ١٥ برو ماكس", 2, "ايفون ١٥ برو ماكس"),
        ("وبالايفون 15 برو", 1, "وبالايفون 15 برو"),
        ("आईफोन 15 प्रो", 1, "आईफोन 15 प्रो"),
        ("galxy s24 ultra", 4, "galxy s24 ultra"),
        ("samsung s24", 5, "samsung s24"),
        ("三星S24 ultra有吗", 4, "三星S24 ultra"),
        ("air pods pro 2", 3, "air pods pro 2"),
        ("сколько стоят наушники эйрподс", 3, "наушники эйрподс"),
        ("red sumer dress", 6, "red sumer dress"),
        ("بكم الفستان الصيفي الأزرق", 7, "الفستان الصيفي الأزرق"),
        ("有蓝色连衣裙吗", 7, "蓝色连衣裙"),
        ("有藍色連衣裙嗎", 7, "藍色連衣裙"),
        ("нужны чайники электрические", 8, "чайники электрические"),
        ("la crème hydratante svp", 9, "crème hydratante"),
        ("moisturiser 50ml hydrating", 9, "moisturiser 50ml hydrating"),
    ] {
        let found = shop.find(text);
        assert_eq!(found.first().and_then(|mention| mention.only()), Some(product), "{text}: {found:?}");
        assert_eq!(found[0].span.of(text), at, "{text}");
    }
}

#[test]
fn doubt_is_told() {
    let shop = shop();
    let candidates = |text: &str| -> Vec<usize> {
        let found = shop.find(text);
        found
            .first()
            .map(|mention| mention.candidates.iter().map(|candidate| candidate.product).collect())
            .unwrap_or_default()
    };
    let mut family = candidates("do you sell iphones");
    family.sort_unstable();
    assert_eq!(family, [0, 1, 2]);
    let mut dresses = candidates("the summer dress");
    dresses.sort_unstable();
    assert_eq!(dresses, [6, 7]);
    assert_eq!(shop.find("the summer dress")[0].only(), None);
}

#[test]
fn other_things_are_not_products() {
    let shop = shop();
    for text in [
        "iPhone 14",
        "do you have the iphone 13 pro",
        "iPhone 15 Ultra",
        "I was red in the face",
        "pro",
        "15 pieces",
        "max",
        "hello, where is my order 15",
        "blue",
        "",
        "summer is over",
        "red",
    ] {
        assert_eq!(shop.find(text), [], "{text}");
    }
}

#[test]
fn several_mentions_in_one_message() {
    let shop = shop();
    let text = "2 iphone 15 pro, and a red summer dress and airpods pro 2";
    let found: Vec<Option<usize>> = shop.find(text).iter().map(|mention| mention.only()).collect();
    assert_eq!(found, [Some(1), Some(6), Some(3)]);
}

#[test]
fn a_shared_name_is_ambiguous_and_bounded() {
    let many: Vec<Product> = (0..9).map(|number| Product::new(&format!("S{number}"), &["Gift card"])).collect();
    let found = Catalogue::compile(&many).expect("good").find("a gift card");
    assert_eq!(found[0].candidates.len(), MAX_CANDIDATES);
    assert_eq!(found[0].candidates[0].product, 0);
}

#[test]
fn catalogues_have_limits() {
    let error = |product: Product| Catalogue::compile(&[Product::new("A", &["a"]), product]).err();
    assert_eq!(error(Product::new("B", &[])), Some(CatalogueError::Name(1)));
    assert_eq!(error(Product::new("B", &["!!"])), Some(CatalogueError::Name(1)));
    assert_eq!(error(Product::new("B", &[&"b".repeat(MAX_NAME_CHARS + 1)])), Some(CatalogueError::Name(1)));
    assert_eq!(error(Product::new("B", &["b"; MAX_NAMES + 1])), Some(CatalogueError::TooManyNames(1)));
    assert!(Catalogue::compile(&[]).expect("good").find("anything").is_empty());
}
