//! Asking for something to be done to a server: whose it is, whether it can be done now, and what
//! is written down before anything leaves. Not for doing it: that is a worker's.

use domain::block::Verdict;
use domain::errand::Wish;
use domain::id::{AccountId, ErrandId, OrderId};
use domain::order::{Stage, Terms};
use domain::os::Os;
use store::db::{StoreError, Tx};
use store::job::{Kind, NewJob};
use store::operation::{Operation, OperationState};
use store::order::Order;
use store::server::Server;

use crate::{Engine, Error, Result};

/// What somebody wants done with their server.
#[derive(Clone, Debug)]
pub struct NewErrand {
    pub wish: Wish,
    /// The code of the system to change to.
    pub os: Option<String>,
    /// The server's address as it was typed, where everything on it is lost.
    pub confirmed: Option<String>,
    /// The newest errand that whoever asks knew of; one that came since refuses theirs. Nobody
    /// knew of any: an empty text. Not said: none refuses.
    pub seen: Option<String>,
}

/// What was read under the order's lock.
struct Theirs {
    order: Order,
    server: Server,
    terms: Terms,
}

impl Engine {
    /// Writes down what is to be done with a customer's server, at their wish. A worker does it.
    pub async fn ask_errand(
        &self,
        id: &OrderId,
        new: NewErrand,
        account: &AccountId,
    ) -> Result<ErrandId> {
        self.ask_errand_by(id, new, account, account.as_str()).await
    }

    /// The same, where somebody else may sit there: `actor` is who it is.
    pub async fn ask_errand_by(
        &self,
        id: &OrderId,
        new: NewErrand,
        account: &AccountId,
        actor: &str,
    ) -> Result<ErrandId> {
        let os = chosen(&new)?;
        if let Some(why) = self.hindrance().await? {
            tracing::info!("[SMARTVPS] {} of {id} is refused: {why}", new.wish);
            return Err(Error::refused(
                "provider-paused",
                "nothing can be sent to this server's provider just now; our staff know, and \
                 your server runs on as it is",
            ));
        }
        let errand = ErrandId::mint(self.now(), &*self.parts.chance);
        let (id, account, actor) = (id.clone(), account.clone(), actor.to_owned());
        let (own, minted) = (self.own_claim(), errand.clone());
        let claimed = own.is_some();
        let lane = self
            .db()
            .write(move |tx| {
                let theirs = theirs(tx, &id, &account)?;
                confirmed(&new, &theirs.server)?;
                alone(tx, &new, &theirs.server)?;
                let operations = tx.operations(&theirs.server.id)?;
                let target = target(new.wish, os, &theirs);
                let wanted = store::errand::NewErrand {
                    id: &minted,
                    server: &theirs.server.id,
                    order: &theirs.order.id,
                    wish: new.wish,
                    os: target,
                    chooses_os: target.is_some() && another_may_be_chosen(&operations),
                    sign_in_stood: theirs.server.verdict == Some(Verdict::Match),
                    asked_by: account.as_str(),
                };
                tx.insert_errand(&wanted)?;
                let (run_at, subject) = (tx.now()?, minted.as_str());
                let lane = format!("check:{}", theirs.terms.package);
                tx.put_job(
                    &NewJob { kind: Kind::Errand, subject, lane: &lane, run_at },
                    own.as_ref(),
                )?;
                let what = format!("{} {}", new.wish, theirs.server.address);
                tx.audit(&actor, "operate-server", id.as_str(), &what)?;
                Ok::<_, Error>(lane)
            })
            .await?;
        self.start_own(Kind::Errand, errand.as_str(), lane, claimed);
        Ok(errand)
    }
}

/// The system to change to; nobody else chooses one.
fn chosen(new: &NewErrand) -> Result<Option<Os>> {
    let invalid = |text: String| Error::invalid("invalid-os", text);
    match (new.wish, &new.os) {
        (Wish::ChangeOs, Some(code)) => {
            Os::parse(code.trim()).map(Some).map_err(|error| invalid(error.to_string()))
        }
        (Wish::ChangeOs, None) => Err(invalid("choose the system to change to".into())),
        (_, Some(_)) => Err(invalid(format!("a {} chooses no system", new.wish))),
        (_, None) => Ok(None),
    }
}

/// The customer's delivered server, under its order's lock.
fn theirs(tx: &mut Tx<'_>, id: &OrderId, account: &AccountId) -> Result<Theirs> {
    let order = tx.lock_order(id)?;
    if order.account != *account {
        return Err(Error::missing("order", id));
    }
    let server = match (&order.standing.stage, &order.standing.replaces) {
        (Stage::Delivered(server), _) => tx.server(server)?,
        (_, Some(_)) => {
            return Err(Error::refused(
                "server-over",
                "another server is on its way in this one's place",
            ));
        }
        _ if order.delivered_at.is_some() => {
            return Err(Error::refused("server-over", "this server is not yours any more"));
        }
        _ => return Err(Error::refused("not-delivered", "the server is not delivered yet")),
    };
    let now = tx.now()?;
    if order.sold_until.is_some_and(|until| until <= now) {
        return Err(Error::refused("server-over", "the time of this server is over"));
    }
    let terms = tx.terms_in_force(&order)?;
    if domain::provider::is_by_hand(&server.provider) {
        return Err(Error::refused(
            "not-operable",
            "this server's provider takes no orders from us; write to our staff",
        ));
    }
    Ok(Theirs { order, server, terms })
}

fn confirmed(new: &NewErrand, server: &Server) -> Result<()> {
    let typed = new.confirmed.as_deref().unwrap_or_default().trim();
    if !new.wish.wipes() || typed == server.address.to_string() {
        return Ok(());
    }
    let address = server.address;
    Err(Error::invalid(
        "not-confirmed",
        format!(
            "everything on the server is lost; type its address, {address}, to say that you \
                 mean it"
        ),
    ))
}

/// One thing at a time, and nothing by somebody who does not know of the last one.
fn alone(tx: &mut Tx<'_>, new: &NewErrand, server: &Server) -> Result<()> {
    let newest = tx.errands(&server.id, 1)?.pop();
    if newest.as_ref().is_some_and(|errand| errand.outcome.is_none()) {
        return Err(busy());
    }
    let newest = newest.map(|errand| errand.id.to_string()).unwrap_or_default();
    match &new.seen {
        Some(seen) if *seen != newest => Err(StoreError::Stale("the server").into()),
        _ => Ok(()),
    }
}

fn busy() -> Error {
    Error::refused(
        "server-busy",
        "something is being done to this server already; one thing at a time",
    )
}

/// The system that is to be there afterwards, where it is known.
fn target(wish: Wish, chosen: Option<Os>, theirs: &Theirs) -> Option<Os> {
    match wish {
        Wish::ChangeOs => chosen,
        Wish::Reinstall => installed(&theirs.server, &theirs.terms),
        Wish::Start | Wish::Stop | Wish::Restart => None,
    }
}

/// The system that a server has: as it was last asked for, or as its provider tells it.
pub(crate) fn installed(server: &Server, terms: &Terms) -> Option<Os> {
    let told = || server.os_text.as_deref().and_then(|text| Os::read(text).ok());
    server.os_wanted.or(terms.os).or_else(told)
}

/// A choice of a system that was not installed since, or of which nobody knows whether it was made.
fn another_may_be_chosen(operations: &[Operation]) -> bool {
    use OperationState::{Done, Unheard};
    let last = |kind: &str, may: &[OperationState]| {
        let found = operations.iter().filter(|one| one.kind == kind && may.contains(&one.state));
        found.map(|one| one.planned_at).max()
    };
    // Nothing is before everything.
    last("changeos", &[Done, Unheard]) > last("format", &[Done])
}
