//! Traditional and simplified Chinese characters that tell the two apart.
//!
//! A hand-made table of frequent characters, for guessing the variety and so that a search in one
//! finds texts in the other. Only the safe direction, traditional to simplified, is ever applied.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Pairs, traditional first.
const PAIRS: &str = "這这個个們们來来時时說说對对會会國国學学過过還还沒没麼么問问題题見见進进開开關关長长門门間间現现話话電电動动機机車车\
東东書书買买賣卖錢钱貨货單单訂订價价錯错壞坏換换運运費费發发點点幾几兩两萬万億亿號号碼码線线網网頁页郵邮遞递務务員员謝谢請请讓让誰谁嗎吗\
應应該该為为與与後后從从給给總总結结處处產产質质聯联繫系絡络標标準准確确認认證证據据實实際际樣样種种類类顏颜藍蓝綠绿紅红黃黄銀银鋼钢\
鐵铁雙双褲裤裝装襪袜帶带錶表飾饰寶宝貝贝嬰婴兒儿媽妈爺爷歲岁歡欢樂乐愛爱親亲聽听讀读寫写畫画圖图視视頻频語语詞词譯译試试驗验驚惊訊讯\
訴诉評评論论議议討讨設设計计許许諾诺詢询談谈調调變变邊边達达遲迟遠远適适選选遺遗鄉乡醫医釋释針针鎖锁鏡镜鐘钟陽阳陰阴隨随險险難难雖虽離离\
雞鸡靜静響响頂顶項项順顺須须預预頭头額额願愿顧顾顯显風风飛飞飯饭飲饮館馆馬马駕驾騙骗體体髮发鬆松魚鱼鮮鲜鳥鸟麗丽麵面黨党齊齐齒齿龍龙優优\
傳传傷伤備备儘尽償偿儲储減减劃划則则剛刚創创劑剂劇剧勝胜勞劳勢势勵励勸劝區区協协參参吳吴啟启喪丧嚴严圍围園园圓圆團团執执報报場场塊块塵尘\
壓压夠够夢梦夾夹奪夺獎奖婦妇孫孙寧宁審审寬宽將将專专尋寻導导層层屬属島岛師师幣币幫帮庫库廠厂廣广廳厅張张強强彈弹彙汇徑径復复徵征恆恒惡恶\
態态慮虑慶庆憂忧憑凭懷怀戰战戲戏戶户拋抛掃扫掛挂採采揀拣損损搖摇擇择擊击擔担擬拟擴扩擺摆攝摄敗败敵敌數数斷断於于暫暂曆历曉晓極极構构槍枪\
樓楼樹树橋桥檔档檢检權权歐欧歷历歸归殘残殺杀殼壳氣气決决況况涼凉淚泪淨净測测溫温滅灭滿满漢汉漲涨潔洁潤润濕湿濟济災灾無无煙烟煩烦熱热營营\
燈灯爭争爾尔牆墙狀状獨独獲获環环異异當当療疗癢痒盜盗盡尽監监盤盘眾众礎础禮礼稅税穩稳窮穷競竞筆笔節节範范築筑簡简簽签籃篮糧粮級级紙纸紡纺\
細细終终組组經经綁绑維维緊紧練练縣县縮缩績绩織织繼继續续罰罚羅罗義义習习聖圣聞闻聲声職职脫脱腦脑腳脚膚肤臉脸臨临舉举舊旧莊庄葉叶蓋盖蘇苏\
蘋苹蟲虫術术衛卫補补裡里裏里製制複复規规觀观觸触貴贵賠赔賬账帳账賞赏贈赠贏赢趕赶跡迹軟软較较載载輕轻輛辆輸输轉转辦办農农連连週周遊游鑰钥鑽钻\
閃闪閉闭閱阅陳陈陸陆隊队雜杂雲云韓韩鬧闹麥麦滾滚盃杯託托佔占僅仅衝冲嘗尝嘆叹噸吨墊垫墜坠妝妆姪侄孃娘屜屉峽峡嶺岭歎叹毀毁";

/// Simplified characters that are traditional characters too: they tell nothing.
const AMBIGUOUS: &str = "后系表准里面松制采征范于云台周游杯托占冲账剩几么叶圣虫尽烟凉万与号体个网听迹娘侄启庄";

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let chars: Vec<char> = PAIRS.chars().collect();
    chars.chunks_exact(2).filter(|pair| pair[0] != pair[1]).map(|pair| (pair[0], pair[1])).collect()
});

static SIMPLIFIED_ONLY: LazyLock<HashSet<char>> = LazyLock::new(|| {
    let ambiguous: HashSet<char> = AMBIGUOUS.chars().collect();
    SIMPLIFIED.values().copied().filter(|c| !ambiguous.contains(c) && !SIMPLIFIED.contains_key(c)).collect()
});

/// The simplified form of a traditional character in the table.
pub(crate) fn simplified(c: char) -> Option<char> {
    SIMPLIFIED.get(&c).copied()
}

/// Whether a character occurs in simplified writing only (as far as the table knows).
pub(crate) fn is_simplified_only(c: char) -> bool {
    SIMPLIFIED_ONLY.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::{PAIRS, SIMPLIFIED};

    #[test]
    fn the_table_is_made_of_pairs() {
        assert_eq!(PAIRS.chars().count() % 2, 0);
        for (traditional, simplified) in SIMPLIFIED.iter() {
            assert!(('\u{3400}'..='\u{9FFF}').contains(traditional), "{traditional}");
            // No chains: folding twice is folding once.
            assert!(!SIMPLIFIED.contains_key(simplified), "{traditional}{simplified}");
        }
    }
}
