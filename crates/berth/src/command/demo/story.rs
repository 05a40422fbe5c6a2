//! The first run, told: a good order, a wrong block, a lost answer, and what became of each.
//! Everything is bought and paid like a customer would, over the same HTTP as in real life.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::id::OrderId;
use domain::order::{Stage, Stop};
use engine::Engine;
use engine::checkout::NewOrder;
use engine::read::{Moment, Viewer};
use sim::Outside;
use sim::gateway::How;
use sim::smartvps::{Answer, Lie, Op};

use super::people::SignIn;
use crate::paint::{Paint, print};
use crate::wire;

const PACKAGE: &str = "103.181.91";
const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// A told order is given up after this long; the shop itself goes on.
const PATIENCE: Duration = Duration::from_secs(60);

/// Buys three times and tells what happens.
pub async fn tell(
    engine: &Engine,
    outside: &Outside,
    sign_ins: &[SignIn],
    pauses: bool,
) -> anyhow::Result<()> {
    let Some(customer) = sign_ins.iter().find(|sign_in| sign_in.role == "customer") else {
        return Ok(());
    };
    let teller = Teller { engine, outside, customer, pauses };
    teller.chapter("A good order").await?;
    teller.buy().await?;

    teller.chapter("The upstream quietly sells from another block").await?;
    outside.smartvps.next(Op::Buyvps, Lie::hand_out(WRONG));
    teller.buy().await?;

    teller.chapter("The answer to a purchase is lost").await?;
    outside.smartvps.next(Op::Buyvps, Lie::answering(Answer::Lost));
    teller.buy().await
}

struct Teller<'a> {
    engine: &'a Engine,
    outside: &'a Outside,
    customer: &'a SignIn,
    pauses: bool,
}

impl Teller<'_> {
    async fn chapter(&self, title: &str) -> anyhow::Result<()> {
        if self.pauses {
            tokio::time::sleep(Duration::from_millis(800)).await;
        }
        print(&format!("\n{}\n", Paint::stdout().bold(title)))?;
        Ok(())
    }

    /// Orders, pays at the gateway, and tells each step as it happens.
    async fn buy(&self) -> anyhow::Result<()> {
        let account =
            self.engine.account_by_email(&self.customer.email).await.map_err(wire::stop)?;
        let wish = NewOrder {
            account: account.id.clone(),
            product: self.product().await?,
            memory: "8GB".into(),
            os: None,
            coupon: None,
            payment_method: None,
            from_wallet: None,
        };
        let (order, paying) = self.engine.create_order(wish).await.map_err(wire::stop)?;
        print(&format!("  {}  {}\n", order.number, order.sold.receipt()))?;
        if let Some(paying) = paying {
            self.outside.gateway.pay(paying.payment.as_str(), How::Pay);
        }
        self.watch(&order.id).await
    }

    async fn product(&self) -> anyhow::Result<domain::id::ProductId> {
        let shown = self.engine.shop(None, 1_000).await.map_err(wire::stop)?;
        let found = shown.into_iter().find(|shown| shown.package.name == PACKAGE);
        Ok(found.ok_or_else(|| anyhow::anyhow!("{PACKAGE} is not in the catalogue"))?.product.id)
    }

    async fn watch(&self, id: &OrderId) -> anyhow::Result<()> {
        let mut told = 0;
        let watching = async {
            loop {
                let view = self.engine.order_view(id, &Viewer::Staff).await.map_err(wire::stop)?;
                for moment in view.timeline.iter().skip(told) {
                    self.say(moment)?;
                }
                told = view.timeline.len();
                let order = self.engine.order(id).await.map_err(wire::stop)?;
                if let Some(end) = end_of(&order.standing.stage) {
                    return print(&format!("  {end}\n")).map_err(anyhow::Error::from);
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        match tokio::time::timeout(PATIENCE, watching).await {
            Ok(watched) => watched,
            Err(_) => Ok(print("  (this takes longer; it goes on in the shop)\n")?),
        }
    }

    fn say(&self, moment: &Moment) -> anyhow::Result<()> {
        let time = moment.at.rfc3339();
        let time = time.get(11..19).unwrap_or(&time);
        Ok(print(&format!("  {}  {}\n", Paint::stdout().dim(time), moment.what))?)
    }
}

/// What became of it, in one sentence.
fn end_of(stage: &Stage) -> Option<String> {
    let paint = Paint::stdout();
    Some(match stage {
        Stage::Delivered(_) => paint.good("✓ delivered: exactly the server that was sold"),
        Stage::Stopped(Stop::WrongServer) => paint.bad(
            "✗ not delivered: the customer sees neither address nor password; the server is in \
             quarantine, and staff decide",
        ),
        Stage::Unheard(_) => paint.warn(
            "? one request left and no answer came: it is never repeated by itself; staff see the \
             evidence, the customer may wait or have the money back",
        ),
        Stage::Stopped(_) | Stage::OnHold(_) => paint.warn("staff decide what happens next"),
        _ => return None,
    })
}
