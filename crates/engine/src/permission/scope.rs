//! What narrows an API key, and which powers each of it opens.

use super::Act;
use crate::error::{Error, Result};

/// What an API key is narrowed to. It never gives more than its owner's role does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    OrdersRead,
    OrdersWrite,
    CredentialsRead,
    CatalogueWrite,
    AdminRead,
    AdminWrite,
}

impl Scope {
    pub const ALL: [Scope; 6] = [
        Scope::OrdersRead,
        Scope::OrdersWrite,
        Scope::CredentialsRead,
        Scope::CatalogueWrite,
        Scope::AdminRead,
        Scope::AdminWrite,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Scope::OrdersRead => "orders:read",
            Scope::OrdersWrite => "orders:write",
            Scope::CredentialsRead => "credentials:read",
            Scope::CatalogueWrite => "catalogue:write",
            Scope::AdminRead => "admin:read",
            Scope::AdminWrite => "admin:write",
        }
    }

    /// Reads a scope; the refusal names those there are.
    pub fn parse(text: &str) -> Result<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
            let text: String = text.chars().take(40).collect();
            let known = Scope::ALL.map(Scope::as_str).join(", ");
            Error::invalid(
                "unknown-scope",
                format!("there is no scope {text:?}; there are {known}"),
            )
        })
    }
}

/// Which scopes open an act; writing includes reading. None do: only a key without scopes.
pub(super) fn scopes_that_open(act: Act) -> &'static [Scope] {
    match act {
        Act::SeeOwnOrders => &[Scope::OrdersRead, Scope::OrdersWrite],
        Act::CreateOrder | Act::Pay | Act::Choose | Act::OperateServers | Act::ReinstallServers => {
            &[Scope::OrdersWrite]
        }
        Act::RevealCredentials | Act::RevealAnyCredentials => &[Scope::CredentialsRead],
        Act::SeeAllOrders
        | Act::Diagnose
        | Act::SeeWork
        | Act::SeeAudit
        | Act::SeeSettings
        | Act::SeeCoupons
        | Act::ExportBooks
        | Act::SeeProfit => &[Scope::AdminRead, Scope::AdminWrite],
        Act::SeeCatalogue => &[Scope::CatalogueWrite, Scope::AdminRead, Scope::AdminWrite],
        Act::Sync | Act::ManageCatalogue => &[Scope::CatalogueWrite],
        Act::LookAfterCustomers
        | Act::RemedyNoValue
        | Act::RemedyValue
        | Act::ManageQuarantine
        | Act::MarkPaid
        | Act::DeliverByHand
        | Act::ManageCoupons
        | Act::ManageShop
        | Act::ManageProviders
        | Act::StopSelling => &[Scope::AdminWrite],
        Act::ManageOwnAccount
        | Act::MakeApiKeys
        | Act::ChangeSignIn
        | Act::Leave
        | Act::ManageAccounts
        | Act::SignInAsCustomers => &[],
    }
}
