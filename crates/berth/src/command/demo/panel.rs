//! The strings behind the demo's panel: the simulators' own handles, in this process.
//! Not for how the panel looks: that is the web's.

use std::sync::Arc;

use async_trait::async_trait;
use engine::secret::Secret;
use serde_json::Value;
use sim::smartvps::{Doorway, Op};
use sim::{Outside, gateway, smartvps};
use web::demo::{About, Demo, DemoControl, Door, KnownLie, Person, Sale, Truth};
use web::view::when::Zone;

use super::people::SignIn;
use crate::config::Settings;

/// So many sales are shown.
const SALES_MAX: usize = 12;
/// Who is offered first.
const FIRST: &str = "customer";

/// How the demo's pages look.
pub fn look(settings: &Settings, outside: &Outside, sign_ins: &[SignIn]) -> web::Look {
    let mut people: Vec<Person> = sign_ins
        .iter()
        .map(|sign_in| Person {
            role: sign_in.role.clone(),
            email: sign_in.email.clone(),
            password: Secret::new(sign_in.password.clone()),
        })
        .collect();
    people.sort_by_key(|person| person.role != FIRST);
    let links = vec![("Read the mail".to_owned(), outside.mail.control_url())];
    let demo = Demo { control: Arc::new(Strings(outside.clone())), people, links };
    web::Look::new(Zone::of(settings.shop.timezone.clone()), Some(demo))
}

struct Strings(Outside);

#[async_trait]
impl DemoControl for Strings {
    fn lies(&self) -> Vec<KnownLie> {
        let known = |name: &str, sentence: &str, about| KnownLie {
            name: name.to_owned(),
            sentence: sentence.to_owned(),
            about,
        };
        let provider = smartvps::NAMED.iter();
        let provider = provider.map(|lie| known(lie.name, lie.sentence, about(lie.op)));
        let money = gateway::NAMED.iter();
        let money = money.map(|lie| known(lie.name, lie.sentence, About::Money));
        provider.chain(money).collect()
    }

    async fn tell(&self, lie: &str) -> Result<(), String> {
        if let Some(known) = smartvps::NAMED.iter().find(|known| known.name == lie) {
            let lie = smartvps::Lie::named(lie).unwrap_or_default();
            self.0.smartvps.next(known.op, lie);
            return Ok(());
        }
        let known = gateway::NAMED.iter().find(|known| known.name == lie);
        let known = known.ok_or_else(|| format!("nobody can tell the lie {lie:?}"))?;
        // Wherever somebody pays next.
        for gateway in self.0.gateways() {
            gateway.next(known.op, gateway::Lie::named(lie).unwrap_or_default());
        }
        Ok(())
    }

    async fn honest_again(&self) -> Result<(), String> {
        self.0.smartvps.honest_again().await;
        for gateway in self.0.gateways() {
            gateway.honest_again().await;
        }
        Ok(())
    }

    async fn door(&self, door: Door) -> Result<(), String> {
        let doorway = match door {
            Door::Open => Doorway::Open,
            Door::Refuse => Doorway::Refuse,
            Door::Drop => Doorway::Drop,
        };
        self.0.smartvps.doorway(doorway).await;
        Ok(())
    }

    async fn truth(&self) -> Result<Truth, String> {
        let provider = self.0.smartvps.control();
        let (permits, sold) = (provider.requests_per_permit(), provider.sold());
        let (waiting, standing) = told(&provider.lies(), provider_sentence);
        let (also_waiting, also_standing) = told_anywhere(&self.0);
        let sale = |sold: &smartvps::Sold| Sale {
            address: sold.address.to_string(),
            asked_for: sold.asked_for.clone(),
            from: sold.name.clone(),
            permit: sold.permit.clone().unwrap_or_default(),
            wrong: sold.asked_for != sold.name,
        };
        Ok(Truth {
            door: match provider.door() {
                Doorway::Open => "open".into(),
                Doorway::Refuse => "refuses".into(),
                Doorway::Drop | Doorway::Reset => "plug pulled".into(),
                Doorway::Shut => "gone".into(),
            },
            waiting: waiting.into_iter().chain(also_waiting).collect(),
            standing: standing.into_iter().chain(also_standing).collect(),
            permits: permits.len() as u64,
            most_per_permit: permits.values().copied().max().unwrap_or(0),
            sold: sold.len() as u64,
            sales: sold.iter().rev().take(SALES_MAX).map(sale).collect(),
            silent: false,
        })
    }
}

fn about(op: Op) -> About {
    match op {
        Op::Buyvps | Op::Renewvps => About::Purchase,
        Op::Ipstock => About::Stock,
        Op::Status => About::Status,
        Op::Start | Op::Stop => About::Power,
        Op::Format | Op::Changeos => About::Installing,
    }
}

/// The lies that wait and those that stand at any gateway, each sentence once.
fn told_anywhere(outside: &Outside) -> (Vec<String>, Vec<String>) {
    let (mut waiting, mut standing) = (Vec::new(), Vec::new());
    for gateway in outside.gateways() {
        let (next, always) = told(&gateway.lies(), money_sentence);
        waiting.extend(next);
        standing.extend(always);
    }
    for sentences in [&mut waiting, &mut standing] {
        sentences.sort_unstable();
        sentences.dedup();
    }
    (waiting, standing)
}

/// The lies that wait and those that stand, in words.
fn told(lies: &Value, sentence: fn(&Value) -> Option<&'static str>) -> (Vec<String>, Vec<String>) {
    let words = |ordered: &Value| {
        let op = ordered["op"].as_str().unwrap_or_default();
        let lie = sentence(ordered).map_or_else(|| ordered["lie"].to_string(), str::to_owned);
        format!("{op}: {lie}")
    };
    let all = |kind: &str| lies[kind].as_array().into_iter().flatten().map(words).collect();
    (all("next"), all("standing"))
}

fn provider_sentence(ordered: &Value) -> Option<&'static str> {
    let is_it = |known: &&smartvps::Named| {
        same(&known.op, &ordered["op"]) && same(&smartvps::Lie::named(known.name), &ordered["lie"])
    };
    smartvps::NAMED.iter().find(is_it).map(|known| known.sentence)
}

fn money_sentence(ordered: &Value) -> Option<&'static str> {
    let is_it = |known: &&gateway::Named| {
        same(&known.op, &ordered["op"]) && same(&gateway::Lie::named(known.name), &ordered["lie"])
    };
    gateway::NAMED.iter().find(is_it).map(|known| known.sentence)
}

fn same(known: &impl serde::Serialize, found: &Value) -> bool {
    serde_json::to_value(known).is_ok_and(|known| known == *found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_lie_of_the_panel_can_be_told_and_is_named_while_it_waits() {
        let outside = sim::serve_all(smartvps::Config::default(), vec![]).await.unwrap();
        let strings = Strings(outside);
        for lie in strings.lies() {
            strings.tell(&lie.name).await.unwrap();
            let waiting = strings.truth().await.unwrap().waiting;
            assert!(waiting[0].ends_with(&lie.sentence), "{}: {waiting:?}", lie.name);
            strings.honest_again().await.unwrap();
        }
        assert!(strings.tell("the truth").await.is_err());
    }

    #[tokio::test]
    async fn the_door_says_how_it_stands() {
        let outside = sim::serve_all(smartvps::Config::default(), vec![]).await.unwrap();
        let strings = Strings(outside);
        for (door, word) in
            [(Door::Drop, "plug pulled"), (Door::Refuse, "refuses"), (Door::Open, "open")]
        {
            strings.door(door).await.unwrap();
            assert_eq!(strings.truth().await.unwrap().door, word);
        }
    }
}
