//! The store that is nearest to somebody.

/// Mean radius of the Earth, metres.
const EARTH: f64 = 6_371_008.8;

/// A point on the Earth, degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// -90 to 90.
    pub latitude: f64,
    /// -180 to 180.
    pub longitude: f64,
}

impl Place {
    /// A point, when there is such a one.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let sound = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        sound.then_some(Self { latitude, longitude })
    }

    /// How far another point is along the great circle, metres. The Earth is taken for a sphere: within 0.6 %.
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let across = (other.longitude - self.longitude).to_radians() / 2.0;
        let up = (to - from) / 2.0;
        let half = up.sin().powi(2) + from.cos() * to.cos() * across.sin().powi(2);
        2.0 * EARTH * half.clamp(0.0, 1.0).sqrt().asin()
    }
}

/// The nearest of these places: where it stands among them, and how far it is, metres.
pub fn nearest(here: Place, places: impl Iterator<Item = Option<Place>>) -> Option<(usize, f64)> {
    let far = places.enumerate().filter_map(|(at, place)| Some((at, here.metres_to(place?))));
    far.min_by(|one, other| one.1.total_cmp(&other.1))
}
