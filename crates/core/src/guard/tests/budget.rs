//! The monthly budget (G6).

use super::*;

fn spent(micros: i64) -> Option<BudgetFacts> {
    Some(BudgetFacts {
        spent_micros: micros,
        limit_micros: 50_000_000,
        currency: "USD".to_owned(),
        next_month_at: NOON.plus(HOUR),
    })
}

#[test]
fn a_budget_that_is_used_up_refuses_promotion_only() {
    let (offer, text) = (offer(), text());
    let promotion = Request::message(&offer, Author::Campaign, Purpose::Promotion);
    let reply = Request::message(&text, Author::User, Purpose::Reply);
    let used_up = refused(Rule::MonthlyBudget, "guard.monthly_budget.reached");
    let used_up = (used_up.0, used_up.1, used_up.2, None);
    run("no budget", &promotion, |_, _| {}, ALLOWED);
    run("room", &promotion, |snapshot, _| snapshot.budget = spent(49_999_999), ALLOWED);
    let verdict = run("used up", &promotion, |snapshot, _| snapshot.budget = spent(50_000_000), used_up);
    run("a reply goes out", &reply, |snapshot, _| snapshot.budget = spent(90_000_000), ALLOWED);
    let check = verdict.check(Rule::MonthlyBudget).unwrap();
    assert_eq!((check.value.clone(), check.limit.clone()), (json!("50.00 USD"), json!("50.00 USD")));
    assert_eq!(check.until, Some(NOON.plus(HOUR)), "when the next month begins");
}
