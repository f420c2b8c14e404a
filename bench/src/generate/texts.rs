//! What people write, in ten languages.

/// Sentences by language; mean length about that of real chat.
pub const TEXTS: [&[&str]; 10] = [
    &[
        "Hi, where is my order?",
        "Can I change the delivery address? I moved last week and forgot to tell you.",
        "Thanks a lot!",
        "The blue one in size M please, and is there a discount if I take two of them?",
        "ok",
    ],
    &[
        "你好，我的订单什么时候发货？",
        "谢谢",
        "这个颜色还有货吗？我想要两件，麻烦帮我留一下。",
        "可以开发票吗？",
        "收到了，质量很好。",
    ],
    &[
        "Hola, ¿dónde está mi pedido?",
        "Gracias",
        "¿Tienen la talla 40? Quisiera recogerlo en la tienda mañana por la tarde.",
        "No me llegó la factura.",
        "vale 👍",
    ],
    &[
        "مرحبا، أين طلبي؟",
        "شكرا جزيلا",
        "هل يمكنني تغيير عنوان التوصيل قبل يوم الخميس من فضلك؟",
        "كم السعر مع الشحن؟",
        "تمام",
    ],
    &[
        "Oi, meu pedido ainda não chegou 😕",
        "Obrigada!",
        "Vocês entregam em Salvador? Preciso até sexta-feira, é presente de aniversário.",
        "Qual o valor do frete?",
        "blz",
    ],
    &[
        "Hallo, wann kommt mein Paket?",
        "Danke schön",
        "Ich möchte den Artikel umtauschen, er ist leider zu klein. Wie gehe ich vor?",
        "Geht auch Abholung?",
        "ja",
    ],
    &[
        "नमस्ते, मेरा ऑर्डर कहाँ है?",
        "धन्यवाद",
        "क्या यह नीले रंग में मिलेगा? मुझे दो चाहिए, कल तक पहुँच जाए तो अच्छा।",
        "कीमत क्या है?",
        "ठीक है",
    ],
    &[
        "Halo kak, pesanan saya sudah dikirim belum?",
        "Terima kasih",
        "Bisa COD ke Surabaya tidak? Kalau bisa saya pesan tiga, tolong dibungkus kado ya.",
        "Ongkir berapa?",
        "oke",
    ],
    &[
        "Bonjour, je n'ai pas reçu mon colis.",
        "Merci beaucoup",
        "Est-ce que la taille 38 est disponible dans votre boutique de Lyon cet après-midi ?",
        "Quels sont les délais ?",
        "d'accord",
    ],
    &[
        "こんにちは、注文はいつ届きますか？",
        "ありがとうございます",
        "サイズを間違えてしまいました。交換していただくことは可能でしょうか？",
        "送料はいくらですか？",
        "了解です",
    ],
];
