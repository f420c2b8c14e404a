//! A week of a large shop: a population, its traffic, three nodes that take the send lane from each other, storms of
//! refusals, clocks that are apart. The guard and the limiters are the product's own; the sender around them is played,
//! with virtual time. What left the house is counted from the stand-in's side afterwards.

mod limits;
mod people;
mod records;
mod sim;
mod tally;

use crate::Result;
use people::Week;
use sim::{RATES, Sim};
use tally::Tally;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many customers
    #[arg(long, default_value_t = 100_000)]
    customers: u32,
    /// Seed of every random choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Eight tenths of the customers: the messaging limit is reached on the campaign's day.
fn tier(customers: u32) -> u32 {
    customers / 10 * 8
}

fn play(customers: u32, seed: u64, careless: bool) -> Result<(Week, sim::Outcome, Tally)> {
    let week = Week::new(customers, seed);
    let out = Sim::new(&week, tier(customers), seed, careless)?.run();
    let tally = tally::count(&week, &out, tier(customers));
    Ok((week, out, tally))
}

/// Plays the week and prints the figures; true when nothing was wrong.
pub fn run(options: &Options) -> Result<bool> {
    let began = std::time::Instant::now();
    let (week, out, tally) = play(options.customers, options.seed, false)?;
    println!("week: {} customers, seed {}, {:.1} s", options.customers, options.seed, began.elapsed().as_secs_f64());
    println!("  asked {}, judged {}, arrived {}", week.asks.len(), out.judged, out.log.len());
    for (fate, count) in &tally.fates {
        println!("  {count:>9}  {fate}");
    }
    println!("  refused by the provider and tried again: {}; the lane passed on {} times", out.refused, out.passed_on);
    for (number, (most, rate)) in tally.second.iter().zip(RATES).enumerate() {
        println!("  number {number}: at most {most} in any second, {rate} allowed");
    }
    println!("  one customer: at most {} in 6 s, 45 allowed", tally.pair);
    println!("  written to first in any 24 h: at most {}, {} allowed", tally.reached, tier(options.customers));
    if let Some(apart) = tally.promotions_apart {
        println!("  two promotions to one customer: at least {apart} ms apart");
    }
    let (half, most) = tally.reply_waits;
    println!("  answers waited {half} ms (half of them), {most} ms (99 in 100), storms and take-overs included");
    for wrong in tally.wrong.iter().take(20) {
        println!("WRONG {wrong}");
    }
    println!("week: {} limits broken, messages lost or left", tally.wrong.len());
    Ok(tally.wrong.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_week_keeps_every_limit_and_sends_all_that_is_allowed() {
        let (week, out, tally) = play(2_000, 7, false).expect("a week");
        assert!(tally.wrong.is_empty(), "{:#?}", &tally.wrong[..tally.wrong.len().min(5)]);
        let count = |name: &str| tally.fates.get(name).copied().unwrap_or(0);
        assert!(count("sent") * 2 > week.asks.len(), "{:?}", tally.fates);
        // Every rule had something to say, or the count would prove nothing.
        for fate in [
            "held: promotion_slot",
            "refused: window",
            "refused: consent",
            "refused: market",
            "refused: opt_in_cap",
            "refused: promotion_gap",
            "refused: same_content",
        ] {
            assert!(count(fate) > 0, "{fate}: {:?}", tally.fates);
        }
        assert!(out.passed_on > 50 && out.refused > 100, "{} {}", out.passed_on, out.refused);
        assert!(
            tally.second.iter().zip(RATES).all(|(most, rate)| *most * 10 >= *rate as usize * 6),
            "{:?}",
            tally.second
        );
    }

    #[test]
    fn an_owner_that_knows_nothing_of_the_one_before_is_noticed() {
        let (.., tally) = play(2_000, 7, true).expect("a week");
        for limit in ["without opt-in", "ms after the last"] {
            assert!(tally.wrong.iter().any(|wrong| wrong.contains(limit)), "{limit}: {:#?}", tally.wrong.len());
        }
    }
}
