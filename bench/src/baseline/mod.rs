//! What the product is compared with, measured in the same run: the parts alone, and a usual backend.

pub mod pipeline_postgres;
pub mod pipeline_sqlite;
pub mod python;
pub mod raw_postgres;
pub mod raw_sqlite;
pub mod verify;

/// The roofline (perf-reliability.md §3.8): with two cores fully overlapped, one second of verifying and inserting.
/// `verify` is measured on both cores, `insert` on one.
pub fn roofline(verify: f64, insert: f64) -> f64 {
    2.0 / (2.0 / verify + 1.0 / insert)
}

/// The same for PostgreSQL, whose raw insert rate already uses both cores.
pub fn roofline_both(verify: f64, insert: f64) -> f64 {
    2.0 / (2.0 / verify + 2.0 / insert)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooflines_are_those_of_the_reference() {
        assert!((roofline(134_000.0, 119_000.0) - 86_000.0).abs() < 1_000.0);
        assert!((roofline_both(134_000.0, 105_000.0) - 59_000.0).abs() < 1_000.0);
    }
}
