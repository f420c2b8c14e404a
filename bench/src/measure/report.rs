//! The table on the screen and `target/bench/report.json`.

use super::stats::Ratio;
use crate::Result;
use serde::Serialize;
use serde_json::json;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// Must be reached.
    pub floor: Option<f64>,
    /// Should be reached.
    pub goal: Option<f64>,
    /// Whether less is better.
    pub less: bool,
    /// Interval, for ratios.
    pub ratio: Option<Ratio>,
    /// Largest share of the machine that others used meanwhile, 0 to 1.
    pub foreign: f64,
    /// Whether the product decides about it: references do not.
    pub ours: bool,
    /// More about it.
    pub note: String,
}

/// Share of foreign CPU from which a window proves nothing.
pub const BUSY: f64 = 0.10;

impl Row {
    /// A figure to be compared with floor and goal.
    pub fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            value,
            unit,
            floor: None,
            goal: None,
            less: false,
            ratio: None,
            foreign: 0.0,
            ours: true,
            note: String::new(),
        }
    }

    /// A figure of something else, for comparison.
    pub fn reference(mut self) -> Self {
        self.ours = false;
        self
    }

    /// What must and what should be reached.
    pub fn want(mut self, floor: f64, goal: f64) -> Self {
        (self.floor, self.goal, self.less) = (Some(floor), Some(goal), goal < floor);
        self
    }

    /// What must never be exceeded.
    pub fn at_most(mut self, line: f64) -> Self {
        (self.floor, self.goal, self.less) = (Some(line), Some(line), true);
        self
    }

    /// Foreign CPU meanwhile.
    pub fn beside(mut self, foreign: f64) -> Self {
        self.foreign = foreign;
        self
    }

    /// More about it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn reaches(&self, line: Option<f64>) -> bool {
        line.is_none_or(|line| if self.less { self.value <= line } else { self.value >= line })
    }

    fn verdict(&self) -> &'static str {
        if !self.ours || self.goal.is_none() {
            return "";
        }
        match (self.reaches(self.goal), self.reaches(self.floor)) {
            (true, _) => "goal",
            (_, true) if self.floor.is_some() => "floor",
            (_, true) => "",
            _ => "BELOW",
        }
    }

    /// Whether a ratio is below its floor beyond doubt, on a machine that was ours.
    fn fails(&self) -> bool {
        let surely = self.ratio.is_none_or(|ratio| self.floor.is_some_and(|floor| ratio.high < floor));
        self.verdict() == "BELOW" && self.foreign <= BUSY && self.ratio.is_some() && surely
    }
}

/// All figures of a run.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    /// What could not be measured, and why.
    pub missing: Vec<String>,
    /// Acked events that were lost or stored twice, over all ingest runs.
    pub lost: u64,
    /// Ingest runs that were checked after `kill -9`.
    pub checked: u64,
}

fn figure(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => {
            let digits = format!("{value:.0}");
            let cut = digits.len() % 3;
            let (head, rest) = digits.split_at(cut);
            let groups = rest.as_bytes().chunks(3).map(String::from_utf8_lossy);
            std::iter::once(head.into()).chain(groups).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
        }
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

impl Report {
    /// Notes a figure and shows it at once.
    pub fn add(&mut self, row: Row) {
        println!("  {:<64} {:>12} {}", row.what, figure(row.value), row.unit);
        self.rows.push(row);
    }

    /// Prints the table, writes the file, and tells whether nothing was lost and no floor surely missed.
    pub fn finish(&self, context: &serde_json::Value) -> Result<bool> {
        println!(
            "\n{:<64} {:>12} {:<7} {:>10} {:>10}  {:<6} {:>7}",
            "", "measured", "unit", "floor", "goal", "", "foreign"
        );
        for row in &self.rows {
            let line = |line: Option<f64>| line.map(figure).unwrap_or_default();
            let foreign = format!("{:.0} %{}", row.foreign * 100.0, if row.foreign > BUSY { " !" } else { "" });
            println!(
                "{:<64} {:>12} {:<7} {:>10} {:>10}  {:<6} {:>7}  {}",
                row.what,
                figure(row.value),
                row.unit,
                line(row.floor),
                line(row.goal),
                row.verdict(),
                foreign,
                row.note
            );
        }
        for missing in &self.missing {
            println!("not run: {missing}");
        }
        let busy = self.rows.iter().filter(|row| row.foreign > BUSY).count();
        if busy > 0 {
            println!(
                "! others used more than {:.0} % of the machine during {busy} figures: they prove nothing, run again",
                BUSY * 100.0
            );
        }
        println!("acked events lost or doubled by kill -9: {} in {} runs", self.lost, self.checked);
        let failed: Vec<&str> = self.rows.iter().filter(|row| row.fails()).map(|row| row.what.as_str()).collect();
        for what in &failed {
            println!("below its floor: {what}");
        }
        let path = crate::site::output()?.join("report.json");
        let document = json!({
            "context": context,
            "rows": self.rows,
            "missing": self.missing,
            "ingest_runs_checked": self.checked,
            "acked_lost_or_doubled": self.lost,
            "below_floor": failed,
        });
        std::fs::write(&path, serde_json::to_vec_pretty(&document)?)?;
        println!("report: {}", path.display());
        Ok(self.lost == 0 && failed.is_empty() && !self.rows.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(figure(1_234_567.4), "1,234,567");
        assert_eq!(figure(61_234.0), "61,234");
        assert_eq!((figure(12.34).as_str(), figure(0.704).as_str()), ("12.3", "0.70"));
    }

    #[test]
    fn verdicts_know_both_directions() {
        let rate = |value| Row::new("x", value, "/s").want(10.0, 20.0);
        let time = |value| Row::new("x", value, "ms").want(20.0, 10.0);
        assert_eq!((rate(25.0).verdict(), rate(15.0).verdict(), rate(5.0).verdict()), ("goal", "floor", "BELOW"));
        assert_eq!((time(5.0).verdict(), time(15.0).verdict(), time(25.0).verdict()), ("goal", "floor", "BELOW"));
        assert!(!rate(5.0).fails(), "absolute figures never fail a run");
        let mut ratio = rate(0.1);
        ratio.ratio = Some(Ratio { median: 0.1, low: 0.1, high: 0.2, pairs: 3 });
        assert!(ratio.fails());
        assert!(!ratio.beside(0.5).fails(), "nor does anything on a busy machine");
    }
}
