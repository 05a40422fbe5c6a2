//! Credit that staff give out of the shop's own pocket, to make good for something. What becomes
//! credit of an order's own money is the remedy of that name.

use domain::id::AccountId;
use domain::ledger::{Account, Entry};
use domain::money::Money;
use store::mail::{AccountFacts, Addressed};
use store::wallet::{Kind, Move};

use crate::mail::told::AccountNews;
use crate::{Engine, Error, Result, wording};

/// In whole units of the shop's currency: more than this is no gesture but a mistake.
const MOST: i64 = 100_000;
/// What the customer reads is no place for more.
const PUBLIC_MAX: usize = 200;

/// What somebody of the staff wants to give.
#[derive(Clone, Debug)]
pub struct Gift {
    pub amount: Money,
    /// Why; for staff.
    pub reason: String,
    /// What the customer reads of it.
    pub public: String,
    /// The same key by the same person is the same gift.
    pub key: Option<String>,
    pub preview: bool,
}

/// What was given, or with a preview what would be.
#[derive(Clone, Debug)]
pub struct Given {
    pub did: Vec<String>,
    pub balance: Money,
}

impl Engine {
    /// Gives credit, once for each key; or tells what giving it would come to.
    pub async fn give_credit(&self, to: &AccountId, gift: Gift, actor: &str) -> Result<Given> {
        let reason = wording::reason(&gift.reason)?;
        let public = wording::line(&gift.public, "what the customer reads", PUBLIC_MAX)?;
        let currency = self.settings().currency;
        if gift.amount.currency != currency {
            let text = format!("this shop gives credit in {currency}");
            return Err(Error::invalid("wrong-currency", text));
        }
        let most = Money::major(MOST, currency);
        if !(1..=most.minor).contains(&gift.amount.minor) {
            let text = format!("a credit is more than nothing and at most {most}");
            return Err(Error::invalid("invalid-amount", text));
        }
        let key = match (&gift.key, gift.preview) {
            (Some(key), _) => key.clone(),
            (None, true) => String::new(),
            (None, false) => {
                let text = "credit is given away: send an Idempotency-Key, so that it counts once";
                return Err(Error::NeedsVersion(text.into()));
            }
        };
        let cause = format!("gift:{actor}:{key}");
        let (to, actor) = (to.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let owner = tx.account(&to)?;
                let before = tx.wallet_balance(&to, currency)?;
                if tx.is_booked(&cause)? {
                    let did = vec!["this was given before; nothing was given again".to_owned()];
                    return Ok(Given { did, balance: before });
                }
                let balance = before.plus(gift.amount).map_err(|error| {
                    Error::invalid("invalid-amount", format!("too much for a wallet: {error}"))
                })?;
                let did = vec![
                    format!("{} is {}'s to pay with; it is our expense", gift.amount, owner.email),
                    format!("their wallet then holds {balance}"),
                    format!("they read: {public}"),
                ];
                if gift.preview {
                    return Ok(Given { did, balance });
                }
                let wallet = Account::Wallet(to.clone());
                let entry = Entry::moved(&cause, wallet, Account::Goodwill, gift.amount);
                let of = Move { account: &to, order: None, kind: Kind::Gift, note: &public };
                tx.move_wallet(&of, &entry)?;
                let told = Addressed::to(&owner, AccountNews::Credited.word(), &cause);
                tx.tell_person(told, &AccountFacts::of_money(gift.amount, Some(&public)))?;
                let detail = format!("{}: {reason}", gift.amount);
                tx.audit(&actor, "wallet-credit", to.as_str(), &detail)?;
                Ok::<_, Error>(Given { did, balance })
            })
            .await
    }
}
