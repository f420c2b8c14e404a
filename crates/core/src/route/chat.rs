//! Which channels are one chat to the customer.

use super::{Number, same_number};
use crate::ChannelId;
use std::collections::{HashMap, HashSet};

/// Channels that are one number to the customer: there is one chat with them, whichever of them a delivery came over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chats(HashMap<ChannelId, Vec<ChannelId>>);

impl Chats {
    /// From the connected channels with their numbers, and the routes as (primary, standby). The number alone joins
    /// channels; routes between those of one number only say whose conversations they are.
    #[must_use]
    pub fn of(numbers: &[(ChannelId, Number<'_>)], routes: &[(ChannelId, ChannelId)]) -> Self {
        let mut groups: Vec<Vec<(ChannelId, Number<'_>)>> = Vec::new();
        for (id, number) in numbers {
            let same = |group: &Vec<_>| group.iter().any(|(_, known)| same_number(*known, *number));
            // One that is known by both its id and its digits may join two that share neither.
            let (joined, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(same);
            let mut group: Vec<_> = joined.into_iter().flatten().collect();
            group.push((*id, *number));
            others.push(group);
            groups = others;
        }
        let mut chats = HashMap::new();
        for group in groups.into_iter().filter(|group| group.len() > 1) {
            let mut members: Vec<ChannelId> = group.into_iter().map(|(id, _)| id).collect();
            let inside = |(one, other): &&(ChannelId, ChannelId)| {
                one != other && members.contains(one) && members.contains(other)
            };
            let standbys: HashSet<ChannelId> = routes.iter().filter(inside).map(|(_, standby)| *standby).collect();
            // First whom nobody has as standby, then the oldest: two that stand by for each other agree, too.
            members.sort_by_key(|id| (standbys.contains(id), *id));
            for member in &members {
                chats.insert(*member, members.clone());
            }
        }
        Self(chats)
    }

    /// The channels of the chat that a channel belongs to, the one whose conversation it is first; most are alone.
    #[must_use]
    pub fn members<'a>(&'a self, channel: &'a ChannelId) -> &'a [ChannelId] {
        self.0.get(channel).map_or(std::slice::from_ref(channel), Vec::as_slice)
    }

    /// The channel that new conversations belong to.
    #[must_use]
    pub fn home(&self, channel: ChannelId) -> ChannelId {
        self.members(&channel).first().copied().unwrap_or(channel)
    }

    /// The channels of the chat, when there are several.
    #[must_use]
    pub fn several(&self, channel: ChannelId) -> Option<&[ChannelId]> {
        self.0.get(&channel).map(Vec::as_slice)
    }

    /// Whether the customer has one chat with both.
    #[must_use]
    pub fn share(&self, one: ChannelId, other: ChannelId) -> bool {
        self.members(&one).contains(&other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> ChannelId {
        ChannelId(Uuid::from_u128(n))
    }

    #[test]
    fn one_number_is_one_chat_and_routes_say_whose() {
        let three = [(1, "m1", "+1 555"), (2, "m2", "1555"), (3, "m3", "+1555")];
        let bridged = [(1, "m1", "+1 555"), (2, "m2", "+1 556"), (3, "m1", "+1 556")];
        for (known, routes, of, expected) in [
            (&three[..], vec![], 2, vec![1, 2, 3]),
            (&three[1..], vec![], 3, vec![2, 3]),
            (&three[..1], vec![], 1, vec![1]),
            (&three, vec![(1, 2)], 2, vec![1, 3, 2]),
            (&three, vec![(2, 1)], 1, vec![2, 3, 1]),
            (&three[..2], vec![(2, 1), (1, 2)], 2, vec![1, 2]),
            (&three, vec![(1, 2), (2, 3)], 3, vec![1, 2, 3]),
            (&three, vec![(1, 3), (2, 3)], 3, vec![1, 2, 3]),
            (&three, vec![(2, 2)], 2, vec![1, 2, 3]),
            // Two that stand by for each other, and a third; all three in a circle.
            (&three, vec![(1, 2), (2, 1), (3, 1)], 2, vec![3, 1, 2]),
            (&three, vec![(1, 2), (2, 3), (3, 1)], 3, vec![1, 2, 3]),
            // Standby of another number, or of one that is not connected: nobody's in this chat.
            (&three[..2], vec![(9, 1)], 2, vec![1, 2]),
            (&bridged[..2], vec![(1, 2)], 2, vec![2]),
            (&bridged, vec![], 2, vec![1, 2, 3]),
            (&[(1, "m1", "+1 555"), (2, "m1", "")], vec![], 2, vec![1, 2]),
            (&[(1, "m1", "+1 555"), (2, "1555", "")], vec![], 2, vec![1, 2]),
            (&[(1, "", ""), (2, "", "")], vec![(1, 2)], 2, vec![2]),
            (&[(2, "m2", "+1 555")], vec![(1, 2)], 2, vec![2]),
        ] {
            let numbers: Vec<_> = known.iter().map(|(n, name, phone)| (id(*n), Number { id: name, phone })).collect();
            let routes: Vec<_> = routes.into_iter().map(|(one, other): (u128, u128)| (id(one), id(other))).collect();
            let chats = Chats::of(&numbers, &routes);
            let expected: Vec<ChannelId> = expected.into_iter().map(id).collect();
            assert_eq!(chats.members(&id(of)), expected, "{known:?} {routes:?}");
            assert_eq!(chats.home(id(of)), expected[0]);
            assert!(expected.iter().all(|member| chats.share(id(of), *member) && chats.share(*member, id(of))));
        }
    }
}
