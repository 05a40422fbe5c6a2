//! Providers: the switch of each, paused by itself or by staff and resumed by staff; and those
//! without an API, whom staff enter. What these sell is `catalogue/plan.rs`.

use std::time::Duration;

use domain::package::Package;
use domain::provider::ByHand;
pub use store::by_hand::{LISTED_AS, Waiting};
use store::catalogue::Shown;
use store::db::Tx;
use store::job::Kind;

use crate::reconcile::watch::LOSSES;
use crate::{Engine, Error, Result, wording};

const NAME_MAX: usize = 80;
const NOTE_MAX: usize = 500;

impl Engine {
    /// Pauses because of what the provider answered; permits stop, what was permitted goes on.
    pub(crate) async fn pause_provider_by_itself(&self, why: &str) -> Result<()> {
        self.pause(self.parts.provider.id, why, "worker").await
    }

    pub async fn pause_provider(&self, provider: &str, why: &str, actor: &str) -> Result<()> {
        self.known_provider(provider).await?;
        self.pause(provider, &wording::reason(why)?, actor).await
    }

    async fn pause(&self, provider: &str, why: &str, actor: &str) -> Result<()> {
        let (provider, why, actor) = (provider.to_owned(), why.to_owned(), actor.to_owned());
        self.db()
            .write(move |tx| {
                if tx.pause_provider(&provider, &why)? {
                    tx.raise_alert("provider-paused", &provider, &why)?;
                    tx.audit(&actor, "pause-provider", &provider, &why)?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Lets purchases go on; those that wait start at once.
    pub async fn resume_provider(&self, provider: &str, why: &str, actor: &str) -> Result<()> {
        self.known_provider(provider).await?;
        let (provider, why, actor) = (provider.to_owned(), wording::reason(why)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                tx.resume_provider(&provider)?;
                tx.resolve_alert("provider-paused", &provider)?;
                tx.audit(&actor, "resume-provider", &provider, &why)?;
                tx.hurry_jobs(Kind::Purchase)?;
                Ok::<_, Error>(())
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    /// Counts an unheard purchase; too many in a row pause the provider.
    pub(crate) fn count_unheard(&self, tx: &mut Tx<'_>) -> Result<()> {
        let provider = self.parts.provider.id;
        let in_row = tx.count_unheard(provider)?;
        let limit = self.settings().pause_after_unheard;
        if limit.is_some_and(|limit| in_row >= limit) {
            let why = format!("{in_row} purchases in a row had no usable answer");
            if tx.pause_provider(provider, &why)? {
                tx.raise_alert("provider-paused", provider, &why)?;
            }
        }
        if let Some(why) = self.over_budget_now(tx)? {
            tx.raise_alert(LOSSES, provider, &why)?;
        }
        Ok(())
    }

    /// Lifts the loss budget: what was lost until now no longer counts.
    pub async fn resume_purchasing(&self, reason: &str, actor: &str) -> Result<()> {
        let (provider, reason, actor) =
            (self.parts.provider.id, wording::reason(reason)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                let now = tx.now()?;
                tx.lift_budget(now, &actor)?;
                tx.resolve_alert(LOSSES, provider)?;
                tx.audit(&actor, "resume-purchasing", provider, &reason)?;
                tx.hurry_jobs(Kind::Purchase)?;
                Ok::<_, Error>(())
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    pub(crate) async fn known_provider(&self, provider: &str) -> Result<()> {
        if provider == self.parts.provider.id {
            return Ok(());
        }
        let wanted = provider.to_owned();
        let known = self.db().read(move |tx| tx.by_hand(&wanted)).await?;
        known.map(drop).ok_or_else(|| Error::missing("provider", provider))
    }

    /// Enters a provider without an API. Its id comes of its name and stays.
    pub async fn add_by_hand(&self, new: NewByHand, actor: &str) -> Result<ByHand> {
        let id = ByHand::id_of(&new.name).ok_or_else(|| {
            let text = "name: give some letters a to z or digits; the provider's id comes of them";
            Error::invalid("invalid-provider", text)
        })?;
        let provider = described(ByHand { id, ..new.into() })?;
        let (made, actor) = (provider.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                if !tx.add_by_hand(&made)? {
                    let text = format!("there is a provider {} already", made.id);
                    return Err(Error::refused("name-taken", text));
                }
                Ok(tx.audit(&actor, "add-provider", &made.id, &made.name)?)
            })
            .await?;
        Ok(provider)
    }

    /// Changes what a provider without an API is called, when it is due, and its note.
    pub async fn change_by_hand(
        &self,
        id: &str,
        patch: ByHandPatch,
        actor: &str,
    ) -> Result<ByHand> {
        let (id, actor) = (id.to_owned(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let before = tx.lock_by_hand(&id)?;
                let before = before.ok_or_else(|| Error::missing("provider", &id))?;
                let ByHandPatch { name, due_within, note } = patch.clone();
                let changed = described(ByHand {
                    id: id.clone(),
                    name: name.unwrap_or_else(|| before.name.clone()),
                    due_within: due_within.unwrap_or(before.due_within),
                    note: note.unwrap_or_else(|| before.note.clone()),
                })?;
                tx.change_by_hand(&changed)?;
                let minutes = |provider: &ByHand| provider.due_within.as_secs() / 60;
                let detail = format!(
                    "{} due within {} minutes → {} within {}",
                    before.name,
                    minutes(&before),
                    changed.name,
                    minutes(&changed)
                );
                tx.audit(&actor, "change-provider", &id, &detail)?;
                Ok::<_, Error>(changed)
            })
            .await
    }

    /// Providers without an API, by name, each with why it is paused, if it is.
    pub async fn all_by_hand(&self) -> Result<Vec<(ByHand, Option<String>)>> {
        Ok(self.db().read(|tx| tx.all_by_hand()).await?)
    }

    /// The same, each with what is on its shelf.
    pub async fn shelves(&self) -> Result<Vec<Stocked>> {
        let read = |tx: &mut Tx<'_>| {
            let sellers = tx.all_by_hand()?;
            let ids: Vec<&str> = sellers.iter().map(|(seller, _)| &*seller.id).collect();
            let all = tx.products_of(&ids)?;
            Ok::<_, Error>((sellers, all))
        };
        let (sellers, all) = self.db().read(read).await?;
        let stocked = |(seller, paused): (ByHand, Option<String>)| {
            let its = |shown: &&Shown| shown.package.provider == seller.id;
            Stocked { plans: all.iter().filter(its).cloned().collect(), seller, paused }
        };
        Ok(sellers.into_iter().map(stocked).collect())
    }

    /// How soon after payment a person is to have delivered; nothing where a machine buys.
    pub async fn due_by_hand(&self, package: &Package) -> Result<Option<Duration>> {
        if !package.is_by_hand() {
            return Ok(None);
        }
        let provider = package.provider.clone();
        let known = self.db().read(move |tx| tx.by_hand(&provider)).await?;
        Ok(known.map(|known| known.due_within))
    }

    /// How the orders stand that wait for a person to deliver.
    pub async fn waiting_by_hand(&self) -> Result<Waiting> {
        Ok(self.db().read(|tx| tx.waiting_by_hand()).await?)
    }
}

/// A provider without an API, with what is on its shelf.
#[derive(Clone, Debug)]
pub struct Stocked {
    pub seller: ByHand,
    /// Why nothing of it is delivered at the moment, if that is so.
    pub paused: Option<String>,
    /// By name.
    pub plans: Vec<Shown>,
}

/// A provider without an API, as staff describe it.
#[derive(Clone, Debug)]
pub struct NewByHand {
    pub name: String,
    pub due_within: Duration,
    /// Where its servers are ordered, and how; may be empty.
    pub note: String,
}

/// What staff change of one. Absent fields stay as they are.
#[derive(Clone, Debug, Default)]
pub struct ByHandPatch {
    pub name: Option<String>,
    pub due_within: Option<Duration>,
    pub note: Option<String>,
}

impl From<NewByHand> for ByHand {
    fn from(new: NewByHand) -> ByHand {
        let NewByHand { name, due_within, note } = new;
        ByHand { id: String::new(), name, due_within, note }
    }
}

fn described(provider: ByHand) -> Result<ByHand> {
    let name = wording::line(&provider.name, "name", NAME_MAX)?;
    let note = match provider.note.trim() {
        "" => String::new(),
        note => wording::line(note, "note", NOTE_MAX)?,
    };
    if !(ByHand::DUE_MIN..=ByHand::DUE_MAX).contains(&provider.due_within) {
        let text =
            "dueMinutes: say so many minutes after payment, from 1 to 43200, it is to be delivered";
        return Err(Error::invalid("invalid-provider", text));
    }
    Ok(ByHand { name, note, ..provider })
}
