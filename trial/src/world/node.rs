//! One process of the shop: started, killed at a point, started anew by whoever watches over it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::Result;
use domain::clock::Clock;
use domain::id::NodeId;
use engine::{Engine, Parts, Provider};
use store::point::Points;
use store::seal::Seal;

use super::hand::Hand;
use super::life::{Life, State};
use super::{World, detached, outside, place};

/// So long after its end a process is started anew.
const STARTED_AFTER: Duration = Duration::from_secs(5);
const START_TRIED_AFTER: Duration = Duration::from_secs(1);

/// One process, as long as it lives.
pub struct Node {
    pub number: usize,
    pub engine: Engine,
    pub(crate) points: Points,
    pub(crate) life: Arc<Life>,
}

impl Node {
    pub fn lives(&self) -> bool {
        self.life.state() != State::Over
    }
}

impl World {
    /// Starts a process, and starts it anew whenever it has died.
    pub(super) async fn start(&self, number: usize) -> Result<()> {
        let mut life = self.start_once(number).await?;
        let world = Arc::downgrade(&self.0);
        detached(async move {
            loop {
                life.ends().await;
                tokio::time::sleep(STARTED_AFTER).await;
                let Some(world) = world.upgrade().map(World) else { return };
                life = match world.start_once(number).await {
                    Ok(life) => life,
                    Err(error) => panic!("node {number} cannot be started anew: {error}"),
                };
            }
        });
        Ok(())
    }

    async fn start_once(&self, number: usize) -> Result<Arc<Life>> {
        let node = self.node(number).await?;
        let life = node.life.clone();
        detached(node.points.tied(serve(node.engine.clone())));
        let mut nodes = self.0.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.retain(|node| node.number != number);
        nodes.push(node);
        nodes.sort_by_key(|node| node.number);
        Ok(life)
    }

    async fn node(&self, number: usize) -> Result<Node> {
        let inner = &self.0;
        let life = Arc::new(Life::default());
        let points = Points::planned(Arc::new(Hand {
            node: number,
            script: inner.script.clone(),
            life: life.clone(),
            time: inner.time.clone(),
            world: Arc::downgrade(inner),
        }));
        let theirs: Arc<dyn Clock> = inner.time.clone();
        let db = place::open(&inner.ground.place, &theirs, points.clone()).await?;
        let clock = inner.clocks[number].clone();
        let engine = Engine::new(Parts {
            db: Arc::new(db),
            seal: Seal::new([7; 32]),
            clock: clock.clone(),
            boot: inner.time.clone(),
            chance: inner.chance.clone(),
            provider: Provider {
                id: "smartvps",
                upstream: Arc::new(outside::upstream(&inner.upstream)?),
            },
            gateways: vec![Arc::new(outside::gateway(&inner.gateway)?)],
            mail: inner.given.mails.then(|| outside::mailing(&inner.mail)).transpose()?,
            notices: outside::noticing(&inner.chats, (inner.given.chats)(number))?,
            host: None,
            settings: inner.given.settings.clone(),
            node: NodeId::mint(clock.now(), &*inner.chance),
            journal: Some(inner.ground.journal(number)?),
        });
        Ok(Node { number, engine, points, life })
    }
}

/// What a process does until it dies. One that cannot start is started anew at once.
async fn serve(engine: Engine) {
    loop {
        let ready = async {
            engine.prepare_provider().await?;
            engine.replay_journal().await
        };
        match ready.await {
            Ok(_) => break,
            Err(_) => tokio::time::sleep(START_TRIED_AFTER).await,
        }
    }
    let (worked, ()) = futures_util::join!(engine.work(), engine.tend());
    if let Err(error) = worked {
        panic!("workers ended: {error}");
    }
}
