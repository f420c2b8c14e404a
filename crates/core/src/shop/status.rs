//! The words for where an order and a parcel stand.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            /// Every word, in the order in which they usually follow one another.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Their codes, in the same order.
            pub const CODES: &'static [&'static str] = &[$($code,)*];

            /// The code that is stored and sent over the API.
            #[must_use]
            pub fn code(self) -> &'static str {
                Self::CODES[self as usize]
            }

            /// Reads a code, in capitals or not, with spaces or hyphens for its underscores; `None` when it is none.
            #[must_use]
            pub fn parse(given: &str) -> Option<Self> {
                let word = given.trim().to_ascii_lowercase().replace([' ', '-'], "_");
                Self::ALL.iter().copied().find(|status| status.code() == word)
            }
        }
    };
}

words! {
    /// Where an order stands.
    OrderStatus {
        /// Placed, and not paid yet.
        Pending = "pending",
        /// Paid.
        Paid = "paid",
        /// Being made ready.
        Processing = "processing",
        /// Given to whoever carries it.
        Shipped = "shipped",
        /// With the customer.
        Delivered = "delivered",
        /// Called off.
        Cancelled = "cancelled",
        /// Come back.
        Returned = "returned",
        /// Its money was given back.
        Refunded = "refunded",
    }
}

words! {
    /// Where a parcel stands.
    ParcelStatus {
        /// Being made ready.
        Preparing = "preparing",
        /// On its way.
        InTransit = "in_transit",
        /// On the last stretch.
        OutForDelivery = "out_for_delivery",
        /// Later than expected.
        Delayed = "delayed",
        /// Waits where the customer fetches it.
        ReadyForPickup = "ready_for_pickup",
        /// Delivery was tried in vain.
        Failed = "failed",
        /// With the customer.
        Delivered = "delivered",
        /// On its way back, or back.
        Returned = "returned",
    }
}

impl ParcelStatus {
    /// Whether nothing more is expected of it.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Delivered | Self::Returned)
    }
}
