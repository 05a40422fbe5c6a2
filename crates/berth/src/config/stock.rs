//! How the catalogue is kept fresh and how much of the stock is sold. Not the formula itself:
//! that is a rule of the domain.

use std::time::Duration;

use secrecy::SecretString;

use super::setting::section;
use super::value;

section! {
    /// Keeping the catalogue like the upstream's.
    Sync = "sync";

    /// Pause between two syncs of the catalogue.
    "BERTH_SYNC_EVERY" every: Duration, default "2m", value::pause;

    /// How long syncs fail, with none that goes well, before an alert tells of it.
    "BERTH_SYNC_FAILING_AFTER" failing_after: Duration, default "5m", value::duration;

    /// Secret that a scheduler sends as `x-sync-token`.
    "SVPS_SYNC_TOKEN" token: SecretString, secret "only a signed-in admin may start a sync",
        value::secret;
}

section! {
    /// How much of the stock is sold, and for how long it is held.
    Stock = "stock";

    /// Stock numbers that raise a low-stock warning, highest first; `off` for none.
    "BERTH_STOCK_WARN_AT" warn_at: Vec<u32>, default "10,5", value::falling_counts;

    /// At this stock or less a package takes no new orders; paid orders still go through.
    "BERTH_STOCK_DISABLE_AT" disable_at: u32, default "3", value::count;

    /// Units that are never used, not even for paid orders.
    "BERTH_STOCK_BUFFER" buffer: u32, default "0", value::count;

    /// How long an unpaid order holds its unit of stock.
    "BERTH_RESERVE_FOR" reserve_for: Duration, default "15m", value::pause;

    /// Unpaid reservations that one customer may hold.
    "BERTH_RESERVE_MAX" reserve_max: u32, default "5", value::count_from_one;
}
