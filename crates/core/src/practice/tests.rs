use super::*;
use crate::time::{DAY, HOUR, MINUTE, SECOND};

const START: Ms = Ms(1_790_000_000_000);

/// A conversation that is played by hand.
struct Stage {
    scenario: Scenario,
    words: &'static Words,
    progress: Progress,
    thread: Thread,
    now: Ms,
    said: Vec<Utterance>,
}

impl Stage {
    fn open(scenario: Scenario, language: &str) -> Self {
        let words = words(language);
        let (progress, said, _) = begin(scenario, words, START);
        Self { scenario, words, progress, thread: Thread::default(), now: START, said }
    }

    fn answer(&mut self, text: &str) {
        self.line(By::Agent { text: text.to_owned(), template: false });
    }

    fn line(&mut self, by: By) {
        self.now = self.now.plus(10 * SECOND);
        self.thread.lines.push(Line { at: self.now, by });
        self.wait(3 * SECOND);
    }

    fn wait(&mut self, ms: i64) -> Option<End> {
        self.now = self.now.plus(ms);
        let cue = play(self.scenario, self.words, START, &self.progress, &self.thread, self.now);
        assert!(cue.again > self.now);
        if !cue.says.is_empty() {
            self.thread.lines.push(Line { at: self.now, by: By::Customer });
            self.thread.resolved_at = None;
        }
        self.said.extend(cue.says);
        self.progress = cue.progress;
        cue.end
    }

    fn resolve(&mut self) {
        self.now = self.now.plus(SECOND);
        self.thread.resolved_at = Some(self.now);
    }

    fn debrief(&self) -> Debrief {
        debrief(self.scenario, self.words, START, &self.progress, &self.thread, End::Done)
    }
}

fn bad(debrief: &Debrief) -> Vec<PointName> {
    debrief.points.iter().filter(|point| !point.good).map(|point| point.name).collect()
}

#[test]
fn every_language_says_everything_a_script_needs() {
    let keys: Vec<&str> = words("en").keys().collect();
    for language in LANGUAGES {
        let words = words(language);
        assert_eq!(words.language, language);
        assert_eq!(words.keys().collect::<Vec<_>>(), keys, "{language}");
        assert!(keys.iter().all(|key| !words.get(key).trim().is_empty()), "{language}");
        assert!(words.get("template").contains("{{1}}"), "{language}");
        for scenario in Scenario::ALL {
            assert!(!words.get(&format!("name.{}", scenario.code())).is_empty());
            for beat in script::of(scenario) {
                for say in beat.says {
                    let (script::Say::Text(key) | script::Say::Photo(key)) = say;
                    assert!(!words.get(key).is_empty(), "{language} {key}");
                }
            }
        }
    }
}

#[test]
fn scripts_lead_somewhere_and_end() {
    for scenario in Scenario::ALL {
        assert_eq!(Scenario::parse(scenario.code()), Some(scenario));
        let beats = script::of(scenario);
        assert!(beats.iter().any(|beat| beat.moves.is_empty()));
        let names: Vec<_> = beats.iter().flat_map(|beat| beat.moves).map(|(_, name)| *name).collect();
        assert!(names.iter().all(|name| script::beat(scenario, name).is_some()), "{scenario:?}");
    }
    assert_eq!(Scenario::parse("x"), None);
}

#[test]
fn locales_find_their_language() {
    for (locale, language) in [
        ("en-GB", "en"),
        ("ar-EG", "ar"),
        ("pt_BR", "pt"),
        ("zh", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("de", "en"),
        ("", "en"),
    ] {
        assert_eq!(words(locale).language, language, "{locale}");
    }
}

#[test]
fn practice_numbers_cannot_exist() {
    assert_eq!(number(7), "999000000007");
    assert!(is_reserved(&number(1)) && is_reserved("+999000000001"));
    for real in ["971500000001", "14155550100", "8613800138000", "99450000000", "998901234567"] {
        assert!(!is_reserved(real), "{real}");
    }
}

#[test]
fn a_question_for_the_number_is_heard_in_every_language() {
    for (language, question) in [
        ("en", "Could you give me your order number?"),
        ("ar", "ما هو رقم الطلب؟"),
        ("ru", "Подскажите, пожалуйста, номер заказа"),
        ("fr", "Quel est votre NUMÉRO de commande ?"),
        ("zh-Hans", "请问订单号是多少？"),
        ("zh-Hant", "請問訂單編號是多少？"),
        ("es", "¿Me da su número de pedido?"),
        ("pt", "Qual é o número do pedido?"),
    ] {
        let mut stage = Stage::open(Scenario::Order, language);
        stage.answer(question);
        assert_eq!(stage.progress.beat, "number", "{language}");
        let mut stage = Stage::open(Scenario::Order, language);
        stage.answer("OK");
        assert_eq!(stage.progress.beat, "vague", "{language}");
        stage.answer("What is the order number?");
        assert_eq!(stage.progress.beat, "number", "{language}: English is understood by everybody");
    }
}

#[test]
fn a_good_conversation_has_nothing_to_improve() {
    let mut stage = Stage::open(Scenario::Order, "en");
    stage.answer("Hello Maya, what is the order number?");
    stage.line(By::Note);
    stage.answer("It arrives tomorrow.");
    assert_eq!(stage.progress.beat, "thanks");
    assert_eq!(stage.said.len(), 3);
    stage.resolve();
    stage.thread.category = Some(true);
    assert_eq!(stage.wait(SECOND), None, "what was sent last shall arrive");
    assert_eq!(stage.wait(4 * SECOND), Some(End::Done));
    let debrief = stage.debrief();
    assert_eq!((debrief.first_response_ms, debrief.replies), (Some(10 * SECOND), 2));
    assert_eq!(bad(&debrief), []);
    assert!(debrief.points.contains(&Point { name: PointName::Note, good: true }));
}

#[test]
fn what_was_left_out_is_told() {
    let mut stage = Stage::open(Scenario::Refund, "en");
    assert_eq!(stage.said.len(), 2);
    assert_eq!(stage.wait(3 * MINUTE), None);
    assert_eq!(stage.progress.nudges, 1);
    stage.wait(3 * MINUTE);
    assert_eq!(stage.progress.nudges, 1, "once until there is an answer");
    stage.answer("Sorry");
    assert_eq!(stage.progress.beat, "angrier");
    stage.resolve();
    stage.wait(3 * SECOND);
    assert!(stage.progress.protested);
    assert_eq!(stage.said.last(), Some(&Utterance::Text(words("en").get("protest").to_owned())));
    assert_eq!(stage.wait(SECOND), None, "the customer opened it again");
    stage.answer("It is on its way");
    assert_eq!(stage.progress.beat, "calm");
    stage.resolve();
    stage.thread.category = Some(false);
    assert_eq!(stage.wait(5 * SECOND), Some(End::Done));
    let names = [
        PointName::FirstResponse,
        PointName::Patience,
        PointName::OrderNumber,
        PointName::Resolved,
        PointName::Category,
    ];
    assert_eq!(bad(&stage.debrief()), names);
}

#[test]
fn an_answer_and_a_resolution_at_once_are_no_reason_to_object() {
    let mut stage = Stage::open(Scenario::Size, "en");
    stage.thread.lines.push(Line {
        at: START.plus(SECOND),
        by: By::Agent { text: "89, and yes. How tall are you?".to_owned(), template: false },
    });
    stage.thread.resolved_at = Some(START.plus(2 * SECOND));
    assert_eq!(stage.wait(7 * SECOND), Some(End::Done));
    assert_eq!(stage.said.len(), 1);
    assert_eq!(bad(&stage.debrief()), []);
}

#[test]
fn outside_the_window_a_template_brings_the_customer_back() {
    let words = words("ar");
    let (_, _, at) = begin(Scenario::Window, words, START);
    assert!(START.since(at) > DAY);
    let mut stage = Stage::open(Scenario::Window, "ar");
    assert_eq!(stage.wait(HOUR), None);
    assert_eq!(stage.progress.nudges, 0, "whoever wrote yesterday does not wait at the screen");
    stage.line(By::Agent { text: words.get("template").to_owned(), template: true });
    assert_eq!(stage.progress.beat, "back");
    stage.answer("نعم");
    assert_eq!(stage.progress.beat, "thanks");
    assert!(bad(&stage.debrief()).contains(&PointName::FirstResponse));
    assert!(!bad(&stage.debrief()).contains(&PointName::Template));
}

#[test]
fn a_scenario_ends_by_itself_and_never_grows() {
    let mut stage = Stage::open(Scenario::Photo, "zh-Hans");
    assert!(matches!(stage.said[1], Utterance::Photo(_)));
    for _ in 0..40 {
        stage.answer("嗯");
    }
    assert!(stage.said.len() <= 5, "the script is over, whatever else is written");
    assert_eq!(stage.wait(GIVEN_UP_MS), Some(End::GivenUp));
    let debrief = debrief(stage.scenario, stage.words, START, &stage.progress, &stage.thread, End::GivenUp);
    assert!(bad(&debrief).contains(&PointName::Resolved));
}

#[test]
fn what_is_looked_at_twice_happens_once() {
    let mut stage = Stage::open(Scenario::Order, "en");
    stage.answer("hello");
    let before = (stage.progress.clone(), stage.said.clone());
    stage.wait(100);
    stage.wait(100);
    assert_eq!((stage.progress, stage.said), before);
}

#[test]
fn answers_arrive_and_are_read() {
    for (age, word) in [(0, None), (699, None), (700, Some("delivered")), (1_800, Some("read")), (DAY, Some("read"))] {
        assert_eq!(receipt(START, START.plus(age)), word, "{age}");
    }
}
