//! Collections that forget their oldest entries instead of growing without end.

use std::{
    borrow::Borrow,
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// A log that keeps the newest `cap` entries. Entries have running numbers that stay valid until they are evicted.
pub struct Ring<T> {
    items: VecDeque<T>,
    cap: usize,
    first: u64,
}

impl<T> Ring<T> {
    /// An empty log that keeps at most `cap` entries.
    pub fn new(cap: usize) -> Self {
        Self { items: VecDeque::new(), cap: cap.max(1), first: 0 }
    }

    /// Appends and returns the running number of the entry and what had to go for it.
    pub fn push(&mut self, item: T) -> (u64, Option<T>) {
        self.items.push_back(item);
        let number = self.first + self.items.len() as u64 - 1;
        let evicted = if self.items.len() > self.cap {
            self.first += 1;
            self.items.pop_front()
        } else {
            None
        };
        (number, evicted)
    }

    /// The entry with that running number, unless evicted.
    pub fn get(&self, number: u64) -> Option<&T> {
        self.items.get(number.checked_sub(self.first)? as usize)
    }

    /// The entry with that running number, unless evicted.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        self.items.get_mut(number.checked_sub(self.first)? as usize)
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }

    /// How many entries are kept now.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// How many entries were ever pushed.
    pub fn total(&self) -> u64 {
        self.first + self.items.len() as u64
    }
}

/// A map that forgets its oldest insertion when it is full.
pub struct Bounded<K, V> {
    map: HashMap<K, V>,
    order: VecDeque<K>,
    cap: usize,
}

impl<K: Clone + Eq + Hash, V> Bounded<K, V> {
    /// An empty map for at most `cap` keys.
    pub fn new(cap: usize) -> Self {
        Self { map: HashMap::new(), order: VecDeque::new(), cap: cap.max(1) }
    }

    /// Inserts or replaces; returns the entry that had to go.
    pub fn insert(&mut self, key: K, value: V) -> Option<(K, V)> {
        if self.map.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
        }
        if self.map.len() > self.cap {
            return self.pop_oldest();
        }
        None
    }

    /// Removes the oldest entry.
    pub fn pop_oldest(&mut self) -> Option<(K, V)> {
        while let Some(key) = self.order.pop_front() {
            if let Some(value) = self.map.remove(&key) {
                return Some((key, value));
            }
        }
        None
    }

    /// Looks a key up.
    pub fn get<Q: ?Sized + Hash + Eq>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.map.get(key)
    }

    /// Looks a key up for change.
    pub fn get_mut<Q: ?Sized + Hash + Eq>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.map.get_mut(key)
    }

    /// Removes a key. Its place in the eviction order is cleaned up when it is reached.
    pub fn remove<Q: ?Sized + Hash + Eq>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let value = self.map.remove(key);
        if self.order.len() > 2 * self.map.len() + 64 {
            let map = &self.map;
            self.order.retain(|key: &K| map.contains_key::<K>(key));
        }
        value
    }

    /// Values in no particular order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.map.values()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_forgets_the_oldest() {
        let mut ring = Ring::new(2);
        assert_eq!(ring.push('a'), (0, None));
        assert_eq!(ring.push('b'), (1, None));
        assert_eq!(ring.push('c'), (2, Some('a')));
        assert_eq!(ring.get(0), None);
        assert_eq!(ring.get(2), Some(&'c'));
        assert_eq!((ring.len(), ring.total()), (2, 3));
    }

    #[test]
    fn a_bounded_map_forgets_the_oldest_insertion() {
        let mut map = Bounded::new(2);
        map.insert(1, 'a');
        map.insert(2, 'b');
        map.insert(1, 'A');
        assert_eq!(map.insert(3, 'c'), Some((1, 'A')));
        map.remove(&2);
        assert_eq!(map.len(), 1);
    }
}
