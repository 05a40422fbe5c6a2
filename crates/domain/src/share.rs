//! An amount laid on several, each by its room: what a wallet pays of a cart, what a dispute takes
//! of the orders that were paid together; and how such parts are named. Not for
//! who they are.

use crate::id::OrderId;

/// Lays an amount on rooms in proportion, each part rounded down and what is left over on the
/// first that have room. More than all of them hold is the first one's.
pub fn spread(amount: i64, rooms: &[i64]) -> Vec<i64> {
    let all: i128 = rooms.iter().map(|room| i128::from(*room)).sum();
    let laid = i128::from(amount).min(all);
    let in_proportion = |room: &i64| match all {
        0 => 0,
        // Never more than the room, as no more is laid than all of them hold.
        all => i64::try_from(laid * i128::from(*room) / all).unwrap_or(*room),
    };
    let mut parts: Vec<i64> = rooms.iter().map(in_proportion).collect();
    let mut rest = amount - parts.iter().sum::<i64>();
    for (part, room) in parts.iter_mut().zip(rooms) {
        let more = rest.min(room - *part);
        *part += more;
        rest -= more;
    }
    if let Some(first) = parts.first_mut() {
        *first += rest;
    }
    parts
}

/// What a share of something is booked as. The first has the whole's own name, and the others also
/// name their order.
pub fn named(whole: &str, share: i64, order: &OrderId) -> String {
    match share {
        0 => whole.to_owned(),
        _ => format!("{whole}:{order}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_divide_is_the_first_ones() {
        assert_eq!(spread(50_000, &[74_900, 74_900]), [25_000, 25_000]);
        assert_eq!(spread(100, &[300, 300, 300]), [34, 33, 33]);
        assert_eq!(spread(2, &[1, 1, 1, 1]), [1, 1, 0, 0]);
    }

    #[test]
    fn what_has_no_room_gets_nothing_and_too_much_is_the_first_ones() {
        assert_eq!(spread(70, &[0, 100]), [0, 70]);
        assert_eq!(spread(70, &[10, 20]), [50, 20]);
        assert_eq!(spread(5, &[0, 0]), [5, 0]);
        assert_eq!(spread(0, &[10, 20]), [0, 0]);
    }

    proptest::proptest! {
        #[test]
        fn parts_sum_to_the_amount_and_fit_where_there_is_room(
            rooms in proptest::collection::vec(0_i64..1_000_000, 1..12), part in 0_i64..=1_000,
        ) {
            let all: i64 = rooms.iter().sum();
            let amount = all * part / 1_000;
            let parts = spread(amount, &rooms);
            proptest::prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            let fits = parts.iter().zip(&rooms).all(|(part, room)| (0..=*room).contains(part));
            proptest::prop_assert!(fits);
        }
    }
}
