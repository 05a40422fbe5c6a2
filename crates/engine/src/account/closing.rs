//! Leaving the shop: what ties somebody to it, everything that is kept about them, and taking away
//! who they were. Papers, the ledger and orders stay: the law wants the books whole.

use domain::id::AccountId;
use domain::ledger::{Account as At, Entry};
use domain::money::Money;
use store::audit::AuditRow;
use store::db::Tx;
use store::wallet::{Kind, Move};

pub use store::closing::{Sent, Ties};

use super::role_of;
use crate::permission::Role;
use crate::{Engine, Error, Result};

/// What stands in place of a name.
pub const NOBODY: &str = "Closed account";
/// So many mails and rows of the audit are told of at most, the newest.
const TOLD_MAX: u32 = 2_000;

/// How somebody stands with the shop before they leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// What they are called by, which they type to confirm.
    pub email: String,
    pub ties: Ties,
    /// What we owe them.
    pub owed: Vec<Money>,
    /// What is in their wallet, and would be given up.
    pub wallet: Vec<Money>,
    /// Staff are made and unmade by other means.
    pub is_staff: bool,
    pub is_closed: bool,
}

impl Leaving {
    /// Whether nothing but their word is missing.
    pub fn is_free(&self) -> bool {
        self.ties == Ties::default() && self.owed.is_empty() && !self.is_staff && !self.is_closed
    }

    /// What is given up with it, as it is said on the page and sent with the form.
    pub fn given_up(&self) -> String {
        let amounts: Vec<String> = self.wallet.iter().map(|money| money.for_people()).collect();
        amounts.join(" + ")
    }

    /// Why not, in words.
    fn reasons(&self) -> String {
        let Ties { running, open, payments, refunds, disputes } = self.ties;
        let counted = [
            (running, "servers run"),
            (open, "orders are not at their end"),
            (payments, "payments are being looked up"),
            (refunds, "refunds are on their way"),
            (disputes, "disputes are open"),
        ];
        let counted = counted.into_iter().filter(|(count, _)| *count > 0);
        let owed = self.owed.iter().map(|money| format!("{} is owed", money.for_people()));
        let all: Vec<String> =
            counted.map(|(count, what)| format!("{what}: {count}")).chain(owed).collect();
        all.join("; ")
    }
}

/// What somebody confirms a closing with.
#[derive(Clone, Debug, Default)]
pub struct Confirmed {
    /// The address of the account, typed.
    pub email: String,
    /// What is given up, as it was read; empty where nothing is.
    pub given_up: String,
}

/// What is kept about somebody beside their orders and their money.
#[derive(Clone, Debug)]
pub struct Known {
    pub mails: Vec<Sent>,
    pub audit: Vec<AuditRow>,
}

fn leaving(tx: &mut Tx<'_>, id: &AccountId) -> Result<Leaving> {
    let row = tx.account(id)?;
    let some = |found: Vec<Money>| found.into_iter().filter(|money| !money.is_zero()).collect();
    Ok(Leaving {
        is_staff: role_of(&row)? != Role::Customer,
        is_closed: row.closed_at.is_some(),
        email: row.email,
        ties: tx.ties(id)?,
        owed: some(tx.owed_to(id)?),
        wallet: some(tx.wallet_balances(id)?),
    })
}

impl Engine {
    /// How somebody stands with the shop.
    pub async fn leaving(&self, id: &AccountId) -> Result<Leaving> {
        let id = id.clone();
        self.db().read(move |tx| leaving(tx, &id)).await
    }

    /// What is kept about somebody beside their orders and their money; that they, or staff for
    /// them, took it along is on record.
    pub async fn known_about(&self, id: &AccountId, actor: &str) -> Result<Known> {
        let (id, actor) = (id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let row = tx.account(&id)?;
                tx.audit(&actor, "export-account", id.as_str(), "")?;
                Ok(Known {
                    mails: tx.mails_to(&id, &row.email, TOLD_MAX)?,
                    audit: tx.list_audit_of(id.as_str(), None, TOLD_MAX)?,
                })
            })
            .await
    }

    /// Closes an account: afterwards nobody can tell from it whose it was, and its address is free.
    pub async fn close_account(
        &self,
        id: &AccountId,
        confirmed: &Confirmed,
        actor: &str,
    ) -> Result<()> {
        let (id, confirmed, actor) = (id.clone(), confirmed.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                tx.lock_account(&id)?;
                let leaving = leaving(tx, &id)?;
                may_leave(&leaving, &confirmed)?;
                for money in &leaving.wallet {
                    give_up(tx, &id, *money)?;
                }
                let detail = match leaving.given_up() {
                    nothing if nothing.is_empty() => String::new(),
                    amount => format!("{amount} in the wallet was given up"),
                };
                tx.close_account(&id, &leaving.email, NOBODY)?;
                tx.audit(&actor, "close-account", id.as_str(), &detail)?;
                Ok(())
            })
            .await
    }
}

fn may_leave(leaving: &Leaving, confirmed: &Confirmed) -> Result<()> {
    if leaving.is_closed {
        return Err(Error::refused("not-now", "this account is closed already"));
    }
    if leaving.is_staff {
        return Err(Error::refused("account-tied", "an account of staff is not closed"));
    }
    if !leaving.is_free() {
        return Err(Error::refused("account-tied", leaving.reasons()));
    }
    if confirmed.email.trim().to_lowercase() != leaving.email {
        let why = "type the email address of the account, so that it is surely meant";
        return Err(Error::invalid("not-confirmed", why));
    }
    match leaving.given_up() {
        nothing if nothing.is_empty() => Ok(()),
        amount if amount == confirmed.given_up => Ok(()),
        amount => {
            let why = format!("say that you give up the {amount} in the wallet, or spend it first");
            Err(Error::invalid("not-confirmed", why))
        }
    }
}

/// What somebody leaves in their wallet makes good for what we gave away: nothing was sold for it.
fn give_up(tx: &mut Tx<'_>, id: &AccountId, money: Money) -> Result<()> {
    let cause = format!("given-up:{id}:{}", money.currency.code());
    let entry = Entry::moved(&cause, At::Goodwill, At::Wallet(id.clone()), money);
    let note = "Given up when the account was closed";
    if !tx.move_wallet(&Move { account: id, order: None, kind: Kind::Gift, note }, &entry)? {
        return Err(Error::refused("stale-version", "the wallet has changed meanwhile"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::tests::ada;
    use crate::database::for_each_database;
    use crate::secret::Secret;
    use crate::session::SignIn;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    fn sign_in() -> SignIn {
        let (email, agent) = ("ada@example.com".into(), "Firefox".into());
        SignIn { email, password: Secret::new(PASSWORD), agent, address: address(1) }
    }

    fn sure(email: &str, given_up: &str) -> Confirmed {
        Confirmed { email: email.into(), given_up: given_up.into() }
    }

    #[tokio::test]
    async fn a_closed_account_is_nobodys_and_its_address_is_free() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let engine = &shop.engine;
            let signed_in = engine.sign_up(ada()).await.unwrap();
            let id = &signed_in.account;
            let key = engine.create_api_key(id, &[], "test").await.unwrap().key;
            assert_eq!(engine.known_about(id, id.as_str()).await.unwrap().mails.len(), 1);
            for wrong in ["", "eve@example.com"] {
                let refused = engine.close_account(id, &sure(wrong, ""), "acc_1").await;
                assert!(matches!(refused, Err(Error::Invalid { slug: "not-confirmed", .. })));
            }
            engine.close_account(id, &sure(" ADA@example.com", ""), "acc_1").await.unwrap();

            let row = engine.account(id).await.unwrap();
            assert_eq!((row.name.as_str(), row.email.as_str()), (NOBODY, id.as_str()));
            assert_eq!(row.verified_at, None);
            let visitor = engine.who(&signed_in.token).await.unwrap();
            assert!(visitor.account().is_none());
            assert!(engine.who_by_key(&key).await.is_err());
            let known = engine.known_about(id, "acc_1").await.unwrap();
            assert!(known.mails.is_empty(), "{:?}", known.mails);
            assert!(known.audit.iter().all(|row| row.detail.is_empty()), "{:?}", known.audit);
            let closed = known.audit.iter().find(|row| row.action == "close-account").unwrap();
            assert_eq!(closed.actor, "acc_1");
            let again = engine.close_account(id, &sure(id.as_str(), ""), "acc_1").await;
            assert!(matches!(again, Err(Error::Refused { slug: "not-now", .. })));

            // To whoever tries it is as if it had never been, and it may be somebody's again.
            let told = async |email: &str| {
                let wish = SignIn { email: email.into(), ..sign_in() };
                format!("{:?}", engine.sign_in(wish).await.unwrap_err())
            };
            assert_eq!(told("ada@example.com").await, told("never@example.com").await);
            let anew = engine.sign_up(ada()).await.unwrap();
            assert_ne!(anew.account, *id);
            assert_eq!(engine.sign_in(sign_in()).await.unwrap().account, anew.account);
        })
        .await;
    }

    #[tokio::test]
    async fn staff_are_not_closed_and_nothing_of_others_is_taken() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let engine = &shop.engine;
            // Two typed one address: the mails there are both of theirs.
            let first = engine.sign_up(ada()).await.unwrap().account;
            let second = engine.sign_up(ada()).await.unwrap().account;
            let mails = engine.known_about(&first, "test").await.unwrap().mails;
            assert!(mails.is_empty(), "{mails:?}");
            engine.close_account(&second, &sure("ada@example.com", ""), "test").await.unwrap();
            assert_eq!(engine.sign_in(sign_in()).await.unwrap().account, first);
            assert_eq!(engine.known_about(&first, "test").await.unwrap().mails.len(), 2);

            let row = crate::account::NewAccount {
                email: "sue@example.com".into(),
                name: "Sue".into(),
                role: Role::Admin,
                password: Secret::new(PASSWORD),
            };
            let sue = engine.add_account(row, "test").await.unwrap();
            let refused = engine.close_account(&sue, &sure("sue@example.com", ""), "test").await;
            assert!(matches!(refused, Err(Error::Refused { slug: "account-tied", .. })));
        })
        .await;
    }
}
