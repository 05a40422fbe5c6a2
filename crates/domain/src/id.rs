//! The names of things: prefixed, sortable by time of making, one type per idea.
//! Chance is a parameter: nothing here asks the machine for randomness.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where random bits come from. The machine's generator in production, a seed in tests.
pub trait Chance: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// No chance at all: an id made with it is the first of its moment, before all real ones.
pub struct First;

impl Chance for First {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// Lets ids of one moment sort in the order of their making: many rows made together then lie
/// together in every index, and a database writes each page once instead of for every row.
/// 48 of the 80 bits stay random. Not for secrets.
pub struct Rising<'a> {
    of: &'a dyn Chance,
    made: AtomicU32,
}

impl<'a> Rising<'a> {
    pub fn new(of: &'a dyn Chance) -> Rising<'a> {
        let mut start = [0; 4];
        of.fill(&mut start);
        // The upper half is room to count in.
        Rising { of, made: AtomicU32::new(u32::from_be_bytes(start) >> 1) }
    }
}

impl Chance for Rising<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        self.of.fill(bytes);
        let made = self.made.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().zip(made).for_each(|(byte, counted)| *byte = counted);
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id from the time and 80 random bits.
            pub fn mint(now: crate::clock::Timestamp, chance: &dyn Chance) -> $name {
                $name(format!("{}_{}", $prefix, sortable(now, chance)))
            }

            /// Reads an id that came from outside; its prefix must be right.
            pub fn parse(text: &str) -> Result<$name, NotAnId> {
                match text.split_once('_') {
                    Some(($prefix, rest)) if ulid::Ulid::from_string(rest).is_ok() => {
                        Ok($name(text.to_owned()))
                    }
                    _ => Err(NotAnId { expected: $prefix, found: text.chars().take(60).collect() }),
                }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A customer, or a member of staff.
    AccountId = "acc";
    /// What the shop sells.
    ProductId = "prd";
    /// A package of a provider as this shop knows it (not the provider's own number, the PID).
    PackageId = "pkg";
    /// A customer's wish for one server.
    OrderId = "ord";
    /// A cart that became orders with one payment.
    CheckoutId = "chk";
    /// One intention to buy for one order. What `X-Berth-Permit` carries.
    AttemptId = "att";
    /// One address during one live interval.
    ServerId = "srv";
    /// One try to pay; `clientTxnId` outside.
    PaymentId = "pay";
    /// One movement of money back to a buyer; what gateways know it by.
    RefundId = "rfd";
    /// One tax invoice or credit note.
    PaperId = "ppr";
    /// Money that an order took out of its customer's wallet.
    DrawId = "drw";
    /// Money that staff gave into a wallet.
    GiftId = "gft";
    /// What one customer or visitor means to order.
    CartId = "crt";
    /// One choice in a cart, and how many of it.
    CartLineId = "ctl";
    /// One thing recorded as asked of a server: install, start, stop.
    OperationId = "opr";
    /// What a customer has done to their server: one operation or several.
    ErrandId = "err";
    /// One unit of work.
    JobId = "job";
    /// One credential of a program.
    ApiKeyId = "key";
    /// One signed-in browser.
    SessionId = "ses";
    /// One running process of this program.
    NodeId = "nod";
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not an id of the form {expected}_…")]
pub struct NotAnId {
    pub expected: &'static str,
    pub found: String,
}

fn sortable(now: crate::clock::Timestamp, chance: &dyn Chance) -> String {
    let mut bits = [0u8; 16];
    chance.fill(&mut bits[6..]);
    ulid::Ulid::from_parts(now.as_millis().unsigned_abs(), u128::from_be_bytes(bits)).to_string()
}

const ORDER: &str = "ORD-";

/// The number that people read out on the phone: `ORD-` and ten characters without look-alikes.
pub fn order_number(chance: &dyn Chance) -> String {
    readable(ORDER, chance)
}

/// The number that somebody means by what they typed of it: in small letters, with a space or
/// nothing between, or without what all numbers begin with.
pub fn order_number_meant(typed: &str) -> String {
    let typed = typed.trim().trim_start_matches('#').to_uppercase();
    let rest = typed.strip_prefix("ORD").unwrap_or(&typed);
    let signs = rest.chars().filter(|sign| !sign.is_whitespace() && *sign != '-');
    ORDER.chars().chain(signs).collect()
}

/// The code of a coupon that is given to one customer, as people read it out.
pub fn gift_code(chance: &dyn Chance) -> String {
    readable("THANKS-", chance)
}

fn readable(prefix: &str, chance: &dyn Chance) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = [0u8; 10];
    chance.fill(&mut random);
    let text = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    prefix.chars().chain(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    /// Bytes that count.
    struct Counting;
    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(31..).for_each(|(byte, number)| *byte = number);
        }
    }

    #[test]
    fn a_number_is_meant_however_it_is_typed() {
        for typed in
            ["ORD-7KQ2MX4TBN", "ord 7kq2mx4tbn", "#7KQ2MX4TBN", " 7KQ2M-X4TBN", "ord7kq2mx4tbn"]
        {
            assert_eq!(order_number_meant(typed), "ORD-7KQ2MX4TBN", "{typed}");
        }
        assert_eq!(order_number_meant("1042"), "ORD-1042");
    }

    #[test]
    fn numbers_that_are_read_out_use_every_sign() {
        assert_eq!(order_number(&Zeros), "ORD-AAAAAAAAAA");
        assert_eq!(order_number(&Counting), "ORD-9ABCDEFGHJ");
        assert_eq!(gift_code(&Counting), "THANKS-9ABCDEFGHJ");
    }

    #[test]
    fn an_id_reads_back_and_keeps_its_kind() {
        let id = OrderId::mint(Timestamp::from_millis(1_000), &Zeros);
        assert_eq!(OrderId::parse(id.as_str()).unwrap(), id);
        assert!(PaymentId::parse(id.as_str()).is_err());
        assert!(OrderId::parse("ord_short").is_err());
    }

    #[test]
    fn later_ids_sort_later() {
        let early = OrderId::mint(Timestamp::from_millis(1_000), &Zeros);
        let late = OrderId::mint(Timestamp::from_millis(2_000), &Zeros);
        assert!(early < late);
    }

    #[test]
    fn ids_of_one_moment_rise_in_the_order_of_their_making() {
        let (now, rising) = (Timestamp::from_millis(1_000), Rising::new(&Zeros));
        let ids: Vec<OrderId> = (0..1_000).map(|_| OrderId::mint(now, &rising)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn an_order_number_is_the_prefix_and_ten_characters() {
        assert_eq!(order_number(&Zeros), "ORD-AAAAAAAAAA");
    }
}
