//! Who may do what: roles, the acts they allow, the scopes that narrow a key, and the visitor
//! whom all this is about. What is not allowed here is not allowed.

mod scope;
mod visitor;

use domain::order::Remedy;

pub use scope::Scope;
pub use visitor::{AccountRef, Acting, SecondFactor, Via, Visitor};

/// What somebody is to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Customer,
    Support,
    Admin,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Customer, Role::Support, Role::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Support => "support",
            Role::Admin => "admin",
        }
    }

    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it comes with this power.
    pub fn may(self, act: Act) -> bool {
        roles_that_may(act).contains(&self)
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident = $words:literal;)*) => {
        /// One power. Every endpoint that is not for everybody asks for one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Act {
            $($(#[$doc])* $act,)*
        }

        impl Act {
            pub const ALL: &[Act] = &[$(Act::$act),*];

            /// The act in words that follow "may".
            pub fn words(self) -> &'static str {
                match self {
                    $(Act::$act => $words,)*
                }
            }
        }
    };
}

acts! {
    SeeOwnOrders = "see their own orders";
    CreateOrder = "order";
    Pay = "pay for their own orders";
    /// Refund or wait, where that was offered.
    Choose = "choose between a refund and waiting";
    RevealCredentials = "reveal the credentials of their own servers";
    /// Start, stop and restart.
    OperateServers = "start and stop their own servers";
    /// All that is on them is lost.
    ReinstallServers = "reinstall their own servers";
    ManageOwnAccount = "manage their own account and API keys";
    MakeApiKeys = "make API keys";
    /// By which address, and by which second factor.
    ChangeSignIn = "change how they sign in";
    /// Their data with them, and nothing left but the books.
    Leave = "take their data along and close their account";
    SeeAllOrders = "see all orders";
    Diagnose = "diagnose orders";
    /// Notes for each other, and ending sessions.
    LookAfterCustomers = "write notes about customers and sign them out";
    /// Needs-attention, quarantine and alerts.
    SeeWork = "see what waits for staff";
    SeeAudit = "see the audit";
    /// Where each comes from; secrets never.
    SeeSettings = "see the settings in force";
    SeeCatalogue = "see the catalogue with costs and stock";
    RevealAnyCredentials = "reveal the credentials of customers' servers";
    /// Remedies that give nobody anything of value.
    RemedyNoValue = "put orders right";
    /// Remedies that give money, time or a server away.
    RemedyValue = "give refunds, credit and time";
    /// Writing off, ending, and strays by hand.
    ManageQuarantine = "manage servers in quarantine";
    MarkPaid = "mark orders as paid";
    /// The server of an order that was paid, of a provider without an API.
    DeliverByHand = "deliver servers by hand";
    Sync = "sync the catalogue";
    ManageCatalogue = "change the catalogue";
    SeeCoupons = "see coupons";
    ManageCoupons = "make and change coupons";
    /// What was sold and taxed, month by month.
    ExportBooks = "export the books";
    /// By package, provider and month.
    SeeProfit = "see what the shop earns";
    /// Who sells, as invoices name them.
    ManageShop = "change what the shop says of itself";
    /// Pause and resume, also after the loss budget.
    ManageProviders = "pause and resume providers and purchasing";
    StopSelling = "stop and start selling";
    ManageAccounts = "manage accounts";
    /// For an hour, on record, and never with what is theirs alone.
    SignInAsCustomers = "see the shop as a customer does";
}

/// Which roles have an act. An act that is not decided here does not compile.
fn roles_that_may(act: Act) -> &'static [Role] {
    match act {
        Act::SeeOwnOrders
        | Act::CreateOrder
        | Act::Pay
        | Act::Choose
        | Act::RevealCredentials
        | Act::OperateServers
        | Act::ReinstallServers
        | Act::ManageOwnAccount
        | Act::MakeApiKeys
        | Act::ChangeSignIn
        | Act::Leave => &[Role::Customer, Role::Support, Role::Admin],
        Act::SeeAllOrders
        | Act::Diagnose
        | Act::LookAfterCustomers
        | Act::SeeWork
        | Act::SeeCatalogue
        | Act::SeeCoupons
        | Act::RemedyNoValue
        | Act::DeliverByHand => &[Role::Support, Role::Admin],
        Act::SeeAudit
        | Act::SeeSettings
        | Act::SeeProfit
        | Act::RevealAnyCredentials
        | Act::RemedyValue
        | Act::ManageQuarantine
        | Act::MarkPaid
        | Act::Sync
        | Act::ManageCatalogue
        | Act::ManageCoupons
        | Act::ExportBooks
        | Act::ManageShop
        | Act::ManageProviders
        | Act::StopSelling
        | Act::ManageAccounts
        | Act::SignInAsCustomers => &[Role::Admin],
    }
}

impl Act {
    /// Whether whoever does it must have proved who they are a short time ago: a browser that was
    /// left open, or a session that was stolen, is not enough.
    pub fn is_grave(self) -> bool {
        match self {
            Act::RevealCredentials
            | Act::RevealAnyCredentials
            | Act::ReinstallServers
            | Act::MakeApiKeys
            | Act::ChangeSignIn
            | Act::Leave
            | Act::RemedyValue
            | Act::MarkPaid
            | Act::ManageCoupons
            | Act::ManageAccounts
            | Act::SignInAsCustomers => true,
            Act::SeeOwnOrders
            | Act::CreateOrder
            | Act::Pay
            | Act::Choose
            | Act::OperateServers
            | Act::ManageOwnAccount
            | Act::SeeAllOrders
            | Act::Diagnose
            | Act::LookAfterCustomers
            | Act::SeeWork
            | Act::SeeAudit
            | Act::SeeSettings
            | Act::SeeCatalogue
            | Act::RemedyNoValue
            | Act::DeliverByHand
            | Act::ManageQuarantine
            | Act::Sync
            | Act::ManageCatalogue
            | Act::SeeCoupons
            | Act::ExportBooks
            | Act::SeeProfit
            | Act::ManageShop
            | Act::ManageProviders
            | Act::StopSelling => false,
        }
    }

    /// How far staff who see the shop as a customer have this power of theirs. What is not named is
    /// not theirs: nothing that costs or moves money, nothing secret, nothing of how they sign in.
    pub fn for_another(self) -> ForAnother {
        match self {
            Act::SeeOwnOrders | Act::ManageOwnAccount => ForAnother::Look,
            Act::OperateServers => ForAnother::Do,
            _ => ForAnother::Never,
        }
    }

    /// What a remedy asks of whoever does it.
    pub fn of_remedy(kind: Remedy) -> Act {
        match kind {
            Remedy::WriteOff | Remedy::End => Act::ManageQuarantine,
            kind if kind.gives_value() => Act::RemedyValue,
            _ => Act::RemedyNoValue,
        }
    }
}

/// How far a power of a customer's reaches where one of staff sees the shop as they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForAnother {
    Never,
    /// What is changed with it is the customer's alone.
    Look,
    Do,
}

#[cfg(test)]
mod tests {
    use domain::clock::Timestamp;
    use domain::id::{AccountId, ApiKeyId};

    use super::scope::scopes_that_open;
    use super::*;
    use crate::database::Counting;
    use crate::error::Error;

    #[test]
    fn what_gives_something_away_is_for_those_who_may_give() {
        for kind in Remedy::ALL {
            let expected = match kind {
                Remedy::Wait | Remedy::Adopt | Remedy::NothingBought | Remedy::Accept => {
                    Act::RemedyNoValue
                }
                Remedy::WriteOff | Remedy::End => Act::ManageQuarantine,
                _ => Act::RemedyValue,
            };
            assert_eq!(Act::of_remedy(kind), expected, "{}", kind.word());
        }
    }

    fn someone(role: Role, scopes: &[Scope]) -> Visitor {
        let (now, chance) = (Timestamp::from_millis(1), Counting::default());
        Visitor::Account(AccountRef {
            id: AccountId::mint(now, &chance),
            role,
            email: "ada@example.org".into(),
            verified: true,
            name: "Ada".into(),
            scopes: scopes.to_vec(),
            via: Via::Key(ApiKeyId::mint(now, &chance)),
            proved: true,
            second_factor: SecondFactor::Off,
            language: None,
            acting: None,
        })
    }

    #[test]
    fn the_table_of_powers_is_this_one() {
        let heads = "customer  support  admin  grave  another's  scopes";
        let mut table = format!("{:<22}{heads}\n", "");
        for act in Act::ALL {
            let may = |role| if someone(role, &[]).may(*act).is_ok() { "yes" } else { "·" };
            let [customer, support, admin] = Role::ALL.map(may);
            let scopes: Vec<&str> = scopes_that_open(*act).iter().map(|s| s.as_str()).collect();
            let (grave, scopes) = (if act.is_grave() { "yes" } else { "·" }, scopes.join(" "));
            let other = match act.for_another() {
                ForAnother::Never => "·",
                ForAnother::Look => "look",
                ForAnother::Do => "yes",
            };
            let (act, may) = (format!("{act:?}"), format!("{customer:<10}{support:<9}{admin:<7}"));
            let row = format!("{act:<22}{may}{grave:<7}{other:<11}{scopes}");
            table.push_str(&format!("{}\n", row.trim_end()));
        }
        insta::assert_snapshot!(table);
    }

    /// Deny by default: what is allowed is named here once more, one by one.
    #[test]
    fn staff_who_see_the_shop_as_a_customer_may_look_and_little_else() {
        let Visitor::Account(own) = someone(Role::Customer, &[]) else { unreachable!() };
        let (now, chance) = (Timestamp::from_millis(1), Counting::default());
        let staff = AccountId::mint(now, &chance);
        let acting = Acting { id: staff.clone(), email: "sue@example.org".into(), until: now };
        let acting = AccountRef { acting: Some(Box::new(acting)), ..own.clone() };
        assert_eq!((own.actor(), acting.actor()), (own.id.as_str(), staff.as_str()));
        for act in Act::ALL {
            let may_see = acting.may(*act).is_ok();
            let listed = [Act::SeeOwnOrders, Act::ManageOwnAccount, Act::OperateServers];
            assert_eq!(may_see, listed.contains(act), "{act:?}");
            assert!(!may_see || !act.is_grave(), "{act:?}");
            let may_do = acting.must_do_for_themselves(Some(*act)).is_ok();
            assert_eq!(may_do, *act == Act::OperateServers, "{act:?}");
            assert!(own.must_do_for_themselves(Some(*act)).is_ok());
        }
        assert!(own.must_do_for_themselves(None).is_ok());
        let Err(why) = acting.must_do_for_themselves(None) else { panic!("it was allowed") };
        assert!(why.to_string().contains("ada@example.org"), "{why}");
    }

    #[test]
    fn a_visitor_without_account_is_asked_to_sign_in() {
        for act in Act::ALL {
            assert!(matches!(Visitor::Nobody.may(*act), Err(Error::Unauthenticated)));
        }
    }

    #[test]
    fn what_is_grave_asks_for_a_fresh_proof_and_nothing_else_does() {
        let Visitor::Account(fresh) = someone(Role::Admin, &[]) else { unreachable!() };
        let stale = Visitor::Account(AccountRef { proved: false, ..fresh.clone() });
        for act in Act::ALL {
            assert!(Visitor::Account(fresh.clone()).must(*act).is_ok() && stale.may(*act).is_ok());
            let asked = matches!(stale.must(*act), Err(Error::Refused { slug: "prove-again", .. }));
            assert_eq!(asked, act.is_grave(), "{act:?}");
        }
    }

    #[test]
    fn staff_who_lack_the_second_factor_may_do_what_customers_may() {
        for role in Role::ALL {
            let Visitor::Account(account) = someone(role, &[]) else { unreachable!() };
            let lacking = AccountRef { second_factor: SecondFactor::Missing, ..account };
            let lacking = Visitor::Account(lacking);
            for act in Act::ALL {
                let expected = someone(Role::Customer, &[]).may(*act).is_ok();
                assert_eq!(lacking.may(*act).is_ok(), expected, "{role:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_scope_narrows_and_never_widens() {
        let key = someone(Role::Admin, &[Scope::OrdersRead]);
        assert!(key.may(Act::SeeOwnOrders).is_ok());
        for act in Act::ALL.iter().filter(|act| **act != Act::SeeOwnOrders) {
            assert!(matches!(key.may(*act), Err(Error::Forbidden(_))), "{act:?}");
        }
        let key = someone(Role::Customer, &Scope::ALL);
        assert!(matches!(key.may(Act::MarkPaid), Err(Error::Forbidden(_))));
        assert!(matches!(key.may(Act::ManageOwnAccount), Err(Error::Forbidden(_))));
    }

    #[test]
    fn whoever_may_do_less_may_not_do_more() {
        for act in Act::ALL {
            let may = |role| someone(role, &[]).may(*act).is_ok();
            assert!(may(Role::Admin), "{act:?}");
            assert!(!may(Role::Customer) || may(Role::Support), "{act:?}");
        }
    }

    #[test]
    fn words_for_roles_and_scopes_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()).unwrap(), scope);
        }
        assert!(Scope::parse("orders").unwrap_err().to_string().contains("orders:write"));
    }
}
