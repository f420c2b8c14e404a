//! `ok` and `FAIL` lines, and their count.

use crate::oracle::{self, History};
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts what was found.
#[derive(Default)]
pub struct Report {
    passed: AtomicU32,
    failed: AtomicU32,
}

impl Report {
    /// A check that holds.
    pub fn ok(&self, name: &str, detail: &str) {
        self.passed.fetch_add(1, Ordering::Relaxed);
        println!("ok    {name}{}{detail}", if detail.is_empty() { "" } else { ": " });
    }

    /// A check that does not.
    pub fn fail(&self, name: &str, detail: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        println!("FAIL  {name}: {detail}");
    }

    /// One or the other.
    pub fn check(&self, name: &str, holds: bool, detail: &str) {
        if holds { self.ok(name, detail) } else { self.fail(name, detail) }
    }

    /// Whether everything came to rest; what is left is judged all the same.
    pub fn settled<T>(&self, scene: &str, result: crate::Result<T>) {
        match result {
            Ok(_) => self.ok(&format!("{scene}: everything comes to rest"), ""),
            Err(error) => self.fail(&format!("{scene}: everything comes to rest"), &error.to_string()),
        }
    }

    /// Every judge that had something to judge.
    pub fn judge(&self, scene: &str, history: &History) {
        let found = oracle::judge(history);
        for (judge, observed) in oracle::judged(history) {
            let wrong: Vec<&str> =
                found.iter().filter(|wrong| wrong.judge == judge).map(|wrong| wrong.what.as_str()).collect();
            let name = format!("{scene}: {judge}");
            match wrong.as_slice() {
                [] => self.ok(&name, &observed),
                [first] => self.fail(&name, first),
                [first, rest @ ..] => self.fail(&name, &format!("{first} (and {} more)", rest.len())),
            }
        }
    }

    /// Passed and failed so far.
    pub fn counts(&self) -> (u32, u32) {
        (self.passed.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}
