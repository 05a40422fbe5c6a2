//! The one stock formula. Counting is the store's work; deciding is done here.

/// What is known of one package's stock at one moment, under its lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stock {
    /// Free addresses by the newest reading.
    pub free: i64,
    /// Purchases that the reading may not show yet.
    pub taken: i64,
    /// Units that customers were promised and nobody has bought yet.
    pub promised: i64,
    /// Units never used, not even for paid orders.
    pub buffer: i64,
}

/// Whether one more purchase may leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    Admitted,
    /// There is stock, but purchases under way may use all of it.
    Wait,
    /// The upstream has none left.
    Empty,
    /// Only the buffer is left.
    AtCapacity,
}

impl Stock {
    /// As many as anybody could want: what staff deliver by hand need not have an end.
    pub const NO_END: i64 = i64::MAX;

    /// Whether one more purchase may leave. Not for new orders.
    pub fn admission(self) -> Admission {
        match self {
            Stock { free, .. } if free <= 0 => Admission::Empty,
            Stock { free, buffer, .. } if free - buffer <= 0 => Admission::AtCapacity,
            Stock { free, taken, buffer, .. } if free - taken - buffer >= 1 => Admission::Admitted,
            _ => Admission::Wait,
        }
    }

    /// Units that can still be sold to somebody new.
    pub fn saleable(self) -> i64 {
        (self.free - self.taken - self.buffer - self.promised).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Stock = Stock { free: 9, taken: 0, promised: 0, buffer: 0 };

    #[test]
    fn the_tenth_buyer_of_nine_addresses_is_refused() {
        assert_eq!(Stock { promised: 8, ..NINE }.saleable(), 1);
        assert_eq!(Stock { promised: 9, ..NINE }.saleable(), 0);
        assert_eq!(Stock { promised: 4, taken: 5, ..NINE }.saleable(), 0);
    }

    #[test]
    fn a_purchase_waits_while_others_may_take_the_rest() {
        assert_eq!(Stock { taken: 8, ..NINE }.admission(), Admission::Admitted);
        assert_eq!(Stock { taken: 9, ..NINE }.admission(), Admission::Wait);
    }

    #[test]
    fn the_buffer_is_never_used() {
        assert_eq!(Stock { free: 5, buffer: 5, ..NINE }.admission(), Admission::AtCapacity);
        assert_eq!(Stock { free: 0, buffer: 5, ..NINE }.admission(), Admission::Empty);
        assert_eq!(Stock { free: 6, buffer: 5, ..NINE }.admission(), Admission::Admitted);
    }

    #[test]
    fn promises_do_not_stop_paid_orders() {
        assert_eq!(Stock { promised: 50, ..NINE }.admission(), Admission::Admitted);
    }

    #[test]
    fn the_buffer_is_kept_from_purchases_under_way_and_from_new_orders() {
        let six = Stock { free: 6, buffer: 5, ..NINE };
        assert_eq!(Stock { taken: 1, ..six }.admission(), Admission::Wait);
        assert_eq!((six.saleable(), Stock { taken: 1, ..six }.saleable()), (1, 0));
    }
}
