//! The shop as conversations need it: what was ordered, where the parcel is, and how that is said to a customer.
//!
//! Orders, parcels, products and stores are kept elsewhere and come here by API or by file; nothing is sold
//! or shipped from here. Decided here: which word of two is the newer one, which order a customer means, and what
//! stands in a blank such as `{shipment.expected}`.

mod amount;
mod coupon;
mod mean;
mod place;
mod said;
mod status;
mod words;

pub use amount::amount;
pub use coupon::{
    CODE, CODE_BYTES, CODES, Coupon, CouponState, GOOD_DAYS, PER_CONTACT, POOLS, PREFIX, Terms, Unissued, Worth, code,
    generated, is_low, state, told_worth, worth,
};
pub use mean::{current, meant};
pub use place::{Place, nearest};
pub use said::{COUPON, NAMES, Telling, asks, coupon_values, is_name, values};
pub use status::{OrderStatus, ParcelStatus};

use crate::Ms;

/// Longest key of a product, an order, a parcel or a store, in characters.
pub const KEY: usize = 100;
/// Longest name, in characters.
pub const NAME: usize = 200;
/// Longest other text, in characters.
pub const TEXT: usize = 500;
/// Longest link, in characters.
pub const LINK: usize = 2_000;
/// Most other names of a product.
pub const ALIASES: usize = 50;
/// Most lines of an order.
pub const LINES: usize = 100;
/// Most codes that are used for an order.
pub const COUPONS: usize = 20;
/// Most parcels of an order.
pub const PARCELS: usize = 20;
/// Most products that a store says it has.
pub const STOCK: usize = 2_000;
/// Most products of a workspace.
pub const PRODUCTS: u64 = 50_000;
/// Most stores of a workspace.
pub const STORES: u64 = 1_000;

/// An order as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Its number, as the shop writes it.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// What it costs, as [`amount`] writes it.
    pub total: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// How it is paid for, in the shop's word.
    pub payment: Option<String>,
    /// When it was placed.
    pub placed_at: Ms,
    /// The name of the first product in it.
    pub product: Option<String>,
    /// Its parcels.
    pub parcels: Vec<Parcel>,
}

/// A parcel as decisions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The shop's key of it, within its order.
    pub key: String,
    /// Where it stands.
    pub status: ParcelStatus,
    /// Who carries it.
    pub courier: Option<String>,
    /// Their number for it.
    pub tracking_number: Option<String>,
    /// Where it can be followed.
    pub tracking_url: Option<String>,
    /// When it is expected, from and to.
    pub expected: (Option<Ms>, Option<Ms>),
    /// What was last told about it.
    pub last_event: Option<String>,
    /// When anything about it last changed.
    pub changed_at: Ms,
}

/// Older changes are history that is brought in: rules do not hear them. Milliseconds.
pub const NEWS: i64 = crate::time::DAY;

/// Whether what is told at `given` may stand in place of what was told at `known`: never the older in place of the
/// newer, whatever the order in which they come. The same moment may, so that a repeat is harmless.
#[must_use]
pub fn supersedes(given: Ms, known: Ms) -> bool {
    given >= known
}

#[cfg(test)]
mod tests;
