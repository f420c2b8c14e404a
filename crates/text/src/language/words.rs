//! Telling words, letters and endings of the languages in Latin script.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The languages told apart; bit `i` of a mask stands for `LANGUAGES[i]`.
pub(super) const LANGUAGES: [&str; 5] = ["en", "fr", "es", "pt", "id"];
const EN: u8 = 1;
const FR: u8 = 2;
pub(super) const ES: u8 = 4;
const PT: u8 = 8;
const ID: u8 = 16;

/// Function words and words of shop chats, normalised; spellings without accents included.
const WORDS: [(u8, &str); 5] = [
    (
        EN,
        "the a an i and of to in is it you that was for are with as his they be at one have this from had by but not \
         what all were we when your can said there each which she he how their if will up other about out many then \
         them these so some her would make like him into time has look two more write go see no way could people my \
         than been who its now find down did get come made may where why hello hi hey thanks thank please order \
         parcel delivery shipping refund price much does do don doesn want need sorry yes no good morning ordered \
         received delivered package still me our us any know just im help tell return size sent \
         haven hasn isn didn won let just buy arrived arrive ship track today tomorrow yesterday before after",
    ),
    (
        FR,
        "le la les des un une et est je tu il elle nous vous ils elles ne pas que qui dans pour sur avec ce cette ces \
         mon ma mes ton ta votre vos notre nos au aux du se son sa ses plus par mais ou où donc être etre avoir fait \
         ai as avez ont suis sont était etait bonjour bonsoir salut merci svp oui non commande colis livraison prix \
         combien quand comment pourquoi quel quelle très tres bien bon jour jours déjà deja toujours encore aussi \
         veux voudrais peux pouvez reçu recu rembourser remboursement taille couleur j qu c acheter envoyer a on \
         plaît plait faut aujourd hui demain hier moi toi rien chez sans y en de l d n lui été ete faire savoir voir",
    ),
    (
        ES,
        "el la los las un una unos unas y e de del que qué en por para con no sí si es son está esta están estan este \
         esto ese eso mi mis tu su sus se me te lo le les yo usted ustedes nosotros muy más mas pero como cómo cuando \
         cuándo cuanto cuánto cuesta donde dónde porque hola buenos buenas días dias tardes noches gracias favor \
         pedido paquete envío envio precio quiero quisiera necesito tengo tiene tienen hay ya todavía todavia aún aun \
         llegó llego llega ha he han fue ser estoy también tambien hasta desde sin sobre entre ayer hoy mañana manana \
         talla tienda comprar devolver devolución devolucion reembolso al nada algo bien a o puedo puede quien quién",
    ),
    (
        PT,
        "o a os as um uma uns umas e de do da dos das no na nos nas em por para com não nao sim se é eu você voce \
         vocês voces vc ele ela nós meu minha meus minhas seu sua que qual quais quando quanto custa onde porque por \
         mas mais muito muita como está esta estão estao este esta isso isto foi ser são sao tem têm tenho oi olá ola \
         bom boa dia tarde noite obrigado obrigada favor pedido pacote encomenda entrega frete preço preco quero \
         preciso gostaria ainda chegou chega já ja também tambem até ate sem sobre ontem hoje amanhã amanha tamanho \
         loja comprar devolver devolução reembolso ao à pelo pela me te lhe nada bem pode posso quem blz pra",
    ),
    (
        ID,
        "yang dan di ke dari untuk dengan ini itu saya aku kamu anda kami kita mereka dia tidak gak ga nggak enggak \
         tak ada adalah akan sudah udah belum sedang bisa boleh mau ingin apa apakah siapa kapan dimana mana kenapa \
         mengapa bagaimana gimana berapa brp pesanan pesan paket barang kirim dikirim pengiriman harga ongkir toko \
         beli bayar terima kasih makasih halo hai selamat pagi siang sore malam tolong mohon maaf ya iya kak gan sis \
         min dong deh nih sih kok lagi juga atau tapi karena kalau kalo jika pada oleh sampai sampe masih ukuran warna \
         saja aja banget sekali lebih hari besok kemarin nya punya para tiba resi nomor uang kembali",
    ),
];

/// Word to the mask of languages it is known in.
pub(super) static LATIN: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (mask, list) in WORDS {
        for word in list.split_whitespace() {
            *words.entry(word).or_insert(0) |= mask;
        }
    }
    words
});

/// The languages a letter with an accent speaks for, and how much (quarters of a telling word).
pub(super) fn accents(word: &str) -> (u8, u32) {
    let (mut mask, mut points) = (0, 0);
    for c in word.chars() {
        let (languages, worth) = match c {
            'ñ' => (ES, 4),
            'ã' | 'õ' => (PT, 4),
            'œ' | 'ë' | 'î' | 'û' | 'ù' | 'è' => (FR, 3),
            'ç' | 'ê' | 'â' | 'ô' | 'à' => (FR | PT, 2),
            'á' | 'í' | 'ó' | 'ú' => (ES | PT, 2),
            'é' => (FR | ES | PT, 1),
            _ => continue,
        };
        if worth > points {
            (mask, points) = (languages, worth);
        }
    }
    (mask, points)
}

/// The languages an ending speaks for; only for words long enough to have one.
pub(super) fn ending(word: &str) -> (u8, u32) {
    const ENDINGS: [(&str, u8, u32); 14] = [
        ("ción", ES, 4),
        ("ciones", ES, 4),
        ("miento", ES, 2),
        ("ção", PT, 4),
        ("ções", PT, 4),
        ("mento", PT, 2),
        ("nh", PT, 1),
        ("eaux", FR, 4),
        ("eux", FR, 2),
        ("ement", FR, 2),
        ("ight", EN, 2),
        ("ing", EN, 2),
        ("kannya", ID, 4),
        ("nya", ID, 2),
    ];
    if word.len() < 6 {
        return (0, 0);
    }
    let found = ENDINGS.iter().find(|(ending, _, _)| word.ends_with(ending));
    found.map_or((0, 0), |(_, mask, points)| (*mask, *points))
}

#[cfg(test)]
mod tests {
    use super::{ID, LATIN, WORDS};

    #[test]
    fn words_are_normalised_and_single() {
        for (mask, list) in WORDS {
            assert!(mask <= ID);
            for word in list.split_whitespace() {
                assert_eq!(crate::normalised(word), word);
                assert!(word.chars().all(char::is_alphabetic), "{word}");
            }
        }
        assert!(LATIN.len() > 500);
    }
}
