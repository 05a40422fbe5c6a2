//! The staff's pages, in four groups: which there are, and which of them are offered to whom. What
//! a page asks of whoever comes is said by its route; here it is said only what is offered.

use engine::permission::Act;

use super::{Frame, Here};
use crate::paths;

/// A page of staff that the others lead to.
struct Tab {
    here: Here,
    /// What its route asks.
    asks: Act,
    url: &'static str,
    label: &'static str,
}

const fn tab(here: Here, asks: Act, url: &'static str, label: &'static str) -> Tab {
    Tab { here, asks, url, label }
}

/// Pages that belong together, the one that people begin with first.
const GROUPS: [(&str, &[Tab]); 4] = [
    (
        "Work",
        &[
            tab(Here::Staff, Act::SeeWork, paths::STAFF, "Today"),
            tab(Here::StaffAttention, Act::SeeWork, paths::STAFF_ATTENTION, "Needs a person"),
            tab(Here::StaffOrders, Act::SeeAllOrders, paths::STAFF_ORDERS, "Orders"),
            tab(Here::StaffCustomers, Act::SeeAllOrders, paths::STAFF_CUSTOMERS, "Customers"),
            tab(Here::StaffAlerts, Act::SeeWork, paths::STAFF_ALERTS, "Alerts"),
            tab(
                Here::StaffInvestigation,
                Act::SeeAllOrders,
                paths::STAFF_INVESTIGATION,
                "Investigation",
            ),
            tab(Here::StaffQuarantine, Act::SeeWork, paths::STAFF_QUARANTINE, "Quarantine"),
            tab(Here::StaffMails, Act::SeeWork, paths::STAFF_MAILS, "Mail"),
        ],
    ),
    (
        "Shop",
        &[
            tab(Here::StaffStock, Act::SeeCatalogue, paths::STAFF_STOCK, "Catalogue"),
            tab(Here::StaffByHand, Act::SeeCatalogue, paths::STAFF_BY_HAND, "By hand"),
            tab(Here::StaffProviders, Act::SeeWork, paths::STAFF_PROVIDERS, "Providers"),
            tab(Here::StaffCoupons, Act::SeeCoupons, paths::STAFF_COUPONS, "Coupons"),
        ],
    ),
    (
        "Money",
        &[
            tab(Here::StaffPapers, Act::SeeAllOrders, paths::STAFF_PAPERS, "Invoices"),
            tab(Here::StaffPayments, Act::SeeAllOrders, paths::STAFF_PAYMENTS, "Payments"),
            tab(Here::StaffGateways, Act::SeeWork, paths::STAFF_GATEWAYS, "Gateways"),
            tab(Here::StaffProfit, Act::SeeProfit, paths::STAFF_PROFIT, "Profit"),
            tab(Here::StaffCosts, Act::SeeCatalogue, paths::STAFF_COSTS, "Costs"),
            tab(Here::StaffBooks, Act::SeeProfit, paths::STAFF_BOOKS, "Books"),
        ],
    ),
    (
        "Set-up",
        &[
            tab(Here::StaffShop, Act::SeeCatalogue, paths::STAFF_SHOP, "The seller"),
            tab(Here::StaffBrand, Act::ManageShop, paths::STAFF_BRAND, "Appearance"),
            tab(Here::StaffMailTexts, Act::ManageShop, paths::STAFF_MAIL_TEXTS, "Mail texts"),
            tab(Here::StaffSettings, Act::SeeSettings, paths::STAFF_SETTINGS, "Settings"),
            tab(Here::StaffPeople, Act::ManageAccounts, paths::STAFF_PEOPLE, "Staff"),
            tab(Here::StaffAudit, Act::SeeAudit, paths::STAFF_AUDIT, "Audit"),
        ],
    ),
];

/// A tab, or a group of them, as the page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    pub label: &'static str,
    pub url: &'static str,
    pub is_here: bool,
}

impl Here {
    pub fn is_staff(self) -> bool {
        GROUPS.iter().any(|(_, tabs)| is_among(tabs, self))
    }
}

fn is_among(tabs: &[Tab], here: Here) -> bool {
    tabs.iter().any(|tab| tab.here == here)
}

impl Frame {
    /// The groups that have something for whoever looks; each leads to the first page of it.
    pub fn staff_groups(&self) -> Vec<Offered> {
        let offered = GROUPS.iter().filter_map(|(label, tabs)| {
            let first = tabs.iter().find(|tab| self.may(tab.asks))?;
            Some(Offered { label, url: first.url, is_here: is_among(tabs, self.here) })
        });
        offered.collect()
    }

    /// The pages of the group that this page is in.
    pub fn staff_tabs(&self) -> Vec<Offered> {
        let group = GROUPS.iter().find(|(_, tabs)| is_among(tabs, self.here));
        let tabs = group.map_or(&[][..], |(_, tabs)| tabs);
        let offered = tabs.iter().filter(|tab| self.may(tab.asks)).map(|tab| Offered {
            label: tab.label,
            url: tab.url,
            is_here: tab.here == self.here,
        });
        offered.collect()
    }
}

#[cfg(test)]
mod tests {
    use engine::permission::Role;

    use super::*;
    use crate::view::Powers;

    #[test]
    fn everybody_is_offered_what_they_may_open_and_nothing_else() {
        let mut frame = Frame::staff_sample("", Here::StaffShop);
        let labels = |of: Vec<Offered>| of.iter().map(|one| one.label).collect::<Vec<_>>();
        assert_eq!(labels(frame.staff_groups()), ["Work", "Shop", "Money", "Set-up"]);
        assert!(labels(frame.staff_tabs()).contains(&"Settings"));
        if let Some(person) = &mut frame.signed_in {
            person.powers = Powers::of(Role::Support);
        }
        assert_eq!(labels(frame.staff_tabs()), ["The seller"]);
        frame.here = Here::StaffProfit;
        assert_eq!(labels(frame.staff_tabs()), ["Invoices", "Payments", "Gateways", "Costs"]);
        frame.signed_in = None;
        assert!(frame.staff_groups().is_empty() && frame.staff_tabs().is_empty());
    }

    #[test]
    fn a_page_is_in_one_group_and_no_group_is_too_long_for_one_line() {
        let mut all: Vec<&str> = GROUPS.iter().flat_map(|(_, tabs)| *tabs).map(|t| t.url).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(GROUPS.iter().all(|(_, tabs)| tabs.len() <= 8));
    }
}
