//! Money that customers pay into their wallets, at any gateway, apart from every order. All that
//! comes in for a wallet is its owner's: once, twice, late, or another amount than was asked for.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AccountId, PaymentId};
use domain::ledger::{Account, Entry};
use domain::money::Money;
use payment::Capture;
use store::db::Tx;
use store::mail::{AccountFacts, Addressed};
use store::payment::{Payment, PaymentState, Purpose};
use store::wallet::{Kind, Move, NewTopUp};

use crate::checkout::open::Opened;
use crate::checkout::{Due, Paying};
use crate::mail::told::AccountNews;
use crate::pay::{book_fee, till};
use crate::{Engine, Error, Result};

/// What it is, as its buyer reads it at a gateway.
pub(crate) const TOP_UP: &str = "Wallet top-up";

/// Alert kinds: another amount came in than was asked for, and some came for who has left.
pub(crate) const DIFFERS: &str = "top-up-differs";
pub(crate) const OF_NOBODY: &str = "top-up-of-nobody";

/// In whole units of the shop's currency.
const LEAST: i64 = 50;
const MOST: i64 = 100_000;
/// So many of the newest are shown, and for so long.
const SHOWN: i64 = 5;
const SHOWN_FOR: Duration = Duration::from_secs(24 * 3_600);

/// A payment for a wallet that may still come in.
#[derive(Clone, Debug)]
pub struct Unsettled {
    pub payment: PaymentId,
    pub method: String,
    pub amount: Money,
    pub url: Option<String>,
    pub began_at: Timestamp,
}

impl Engine {
    /// Between which amounts a wallet can be topped up.
    pub fn top_up_limits(&self) -> (Money, Money) {
        let currency = self.settings().currency;
        (Money::major(LEAST, currency), Money::major(MOST, currency))
    }

    /// Opens a payment for a wallet.
    pub async fn top_up(
        &self,
        account: &AccountId,
        amount: Money,
        method: Option<&str>,
    ) -> Result<Paying> {
        let (least, most) = self.top_up_limits();
        if amount.currency != least.currency {
            let text = format!("this shop takes {} for a wallet", least.currency);
            return Err(Error::invalid("wrong-currency", text));
        }
        if !(least.minor..=most.minor).contains(&amount.minor) {
            let text = format!("a wallet is topped up with {least} to {most} at once");
            return Err(Error::invalid("invalid-amount", text));
        }
        if let Some(method) = method {
            self.offered_gateway(method)?;
        }
        let due = Due {
            purpose: Purpose::TopUp(account.clone()),
            account: account.clone(),
            amount,
            shares: Vec::new(),
            words: TOP_UP.to_owned(),
        };
        match self.open_payment(&due, method).await? {
            Opened::At(paying, _) => Ok(paying),
            Opened::Nowhere | Opened::Refused => Err(Error::refused(
                "payment-unavailable",
                "no way to pay answers at the moment; nothing was charged, try again",
            )),
        }
    }

    /// The newest payments for a wallet that may still come in.
    pub async fn unsettled_top_ups(&self, account: &AccountId) -> Result<Vec<Unsettled>> {
        let wanted = account.clone();
        let (found, now) = self
            .db()
            .read(move |tx| Ok::<_, Error>((tx.payments_for_wallet(&wanted, SHOWN)?, tx.now()?)))
            .await?;
        let is_open = |payment: &Payment| {
            payment.state == PaymentState::Open && now.since(payment.created_at) < SHOWN_FOR
        };
        let unsettled = |payment: Payment| Unsettled {
            payment: payment.id,
            method: payment.gateway,
            amount: payment.amount,
            url: payment.pay_url,
            began_at: payment.created_at,
        };
        Ok(found.into_iter().filter(is_open).map(unsettled).collect())
    }

    /// Asks the gateway what became of a payment for one's own wallet.
    pub async fn confirm_top_up(&self, account: &AccountId, id: &PaymentId) -> Result<Payment> {
        let payment = self.payment(id).await?;
        if payment.purpose != Purpose::TopUp(account.clone()) {
            return Err(Error::missing("payment", id));
        }
        self.ask_gateway(id).await
    }

    /// Books one movement that a gateway itself told of, for the wallet that it was asked for.
    pub(crate) async fn book_top_up(
        &self,
        account: &AccountId,
        payment: &Payment,
        capture: &Capture,
    ) -> Result<()> {
        let (account, payment, capture) = (account.clone(), payment.clone(), capture.clone());
        self.db()
            .write(move |tx| {
                let Payment { gateway, id, .. } = &payment;
                let amount = capture.amount;
                let new = NewTopUp {
                    gateway,
                    gateway_payment: &capture.gateway_payment,
                    payment: id.as_str(),
                    account: &account,
                    amount,
                };
                if tx.insert_top_up(&new)? {
                    let cause = format!("capture:{gateway}:{}", capture.gateway_payment);
                    let wallet = Account::Wallet(account.clone());
                    let entry = Entry::moved(&cause, wallet, till(gateway, &account), amount);
                    let of =
                        Move { account: &account, order: None, kind: Kind::TopUp, note: gateway };
                    tx.move_wallet(&of, &entry)?;
                    if amount != payment.amount {
                        let asked = payment.amount;
                        let text = format!("{amount} came in for {id}, which asked for {asked}");
                        tx.raise_alert(DIFFERS, account.as_str(), &text)?;
                    }
                    tracing::info!("{amount} came in for the wallet of {account}");
                    tell_owner(tx, &account, amount, &cause)?;
                }
                book_fee(tx, &payment, &capture)?;
                tx.end_payment(id, PaymentState::Captured, None)?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// Whoever has left reads no mail: staff send back what comes in for them.
fn tell_owner(tx: &mut Tx<'_>, account: &AccountId, amount: Money, cause: &str) -> Result<()> {
    let owner = tx.account(account)?;
    if owner.closed_at.is_some() {
        let text = format!(
            "{amount} came in for the wallet of {account}, whose account is closed: send it back at \
             the gateway ({cause})"
        );
        return Ok(tx.raise_alert(OF_NOBODY, account.as_str(), &text)?);
    }
    let to = Addressed::to(&owner, AccountNews::ToppedUp.word(), cause);
    Ok(tx.tell_person(to, &AccountFacts::of_money(amount, None))?)
}
