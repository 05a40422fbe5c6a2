//! What people see: the three words that a stage shows to customers, programs and staff.

use super::stage::{Stage, Standing, Stop};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }
    )*};
}

words! {
    /// `paymentStatus` outside.
    PaymentStatus {
        Unpaid = "unpaid",
        Processing = "processing",
        Paid = "paid",
        PartlyRefunded = "partly_refunded",
        Refunded = "refunded",
        Failed = "failed",
    }

    /// `status` outside.
    Status {
        Pending = "pending",
        Paid = "paid",
        Provisioning = "provisioning",
        Active = "active",
        ProvisioningFailed = "provisioning_failed",
        NeedsReprovision = "needs_reprovision",
        NeedsReview = "needs_review",
        Suspended = "suspended",
        Terminated = "terminated",
        Cancelled = "cancelled",
        RefundPending = "refund_pending",
        Refunded = "refunded",
    }

    /// `provisioningStatus` outside.
    ProvisioningStatus {
        None = "none",
        Queued = "queued",
        Purchasing = "purchasing",
        UnknownOutcome = "unknown_outcome",
        Verifying = "verifying",
        Active = "active",
        Failed = "failed",
    }
}

/// What the open payments of an unpaid order say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paying {
    NotStarted,
    /// A gateway is busy with it, or nobody knows yet.
    Busy,
    /// The last try failed; another may be made.
    Failed,
}

/// How much of what was paid is back with the customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Back {
    Nothing,
    Part,
    All,
}

impl Back {
    /// Of so many minor units that came in. What was paid above the price never was the order's:
    /// giving it back is no refund of the order.
    pub fn of(captured: i64, returned: i64, price: i64) -> Back {
        match captured - returned {
            _ if returned == 0 => Back::Nothing,
            ..=0 => Back::All,
            kept if kept < price => Back::Part,
            _ => Back::Nothing,
        }
    }
}

/// The three words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    pub payment: PaymentStatus,
    pub status: Status,
    pub provisioning: ProvisioningStatus,
}

impl Seen {
    /// What an order in this standing shows.
    pub fn of(standing: &Standing, paying: Paying, back: Back) -> Seen {
        use {PaymentStatus as P, ProvisioningStatus as V, Status as S};
        let (payment, status, provisioning) = match &standing.stage {
            Stage::Unpaid => match paying {
                Paying::NotStarted => (P::Unpaid, S::Pending, V::None),
                Paying::Busy => (P::Processing, S::Pending, V::None),
                Paying::Failed => (P::Failed, S::Pending, V::None),
            },
            Stage::Closed(_) => (P::Unpaid, S::Cancelled, V::None),
            Stage::Unrevived => (P::Paid, S::RefundPending, V::None),
            Stage::Planned(_) => (P::Paid, S::Paid, V::Queued),
            Stage::Permitted(_) => (P::Paid, S::Provisioning, V::Purchasing),
            Stage::Unheard(_) => (P::Paid, S::NeedsReview, V::UnknownOutcome),
            Stage::Verifying(_) if standing.late => (P::Paid, S::NeedsReview, V::Verifying),
            Stage::Verifying(_) | Stage::Verified(_) => (P::Paid, S::Provisioning, V::Verifying),
            Stage::OnHold(_) => (P::Paid, S::NeedsReview, V::Failed),
            Stage::Stopped(Stop::Ambiguous | Stop::OtherBlock) => {
                (P::Paid, S::NeedsReview, V::Failed)
            }
            Stage::Stopped(_) => (P::Paid, S::ProvisioningFailed, V::Failed),
            Stage::Delivered(_) => (P::Paid, S::Active, V::Active),
            Stage::RefundPending => (P::Paid, S::RefundPending, V::None),
            Stage::Refunded => (P::Refunded, S::Refunded, V::None),
            Stage::Terminated => (P::Paid, S::Terminated, V::None),
        };
        let payment = match (payment, back) {
            (P::Paid, Back::Part) => P::PartlyRefunded,
            (P::Paid, Back::All) => P::Refunded,
            (payment, _) => payment,
        };
        let under_way = matches!(status, S::Paid | S::Provisioning);
        let status = if standing.again && under_way { S::NeedsReprovision } else { status };
        Seen { payment, status, provisioning }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_above_the_price_is_no_refund_of_the_order() {
        assert_eq!(Back::of(699, 0, 699), Back::Nothing);
        assert_eq!(Back::of(1_398, 699, 699), Back::Nothing);
        assert_eq!(Back::of(1_398, 700, 699), Back::Part);
        assert_eq!(Back::of(699, 698, 699), Back::Part);
        assert_eq!(Back::of(699, 699, 699), Back::All);
    }
}
