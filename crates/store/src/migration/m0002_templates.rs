//! Templates say why the provider rejected them.

use super::builder::Step;

pub(super) const STEP: Step =
    Step { name: "m0002_templates", tables: &[], columns: &[("template", "rejected_reason text?")], indexes: &[] };
