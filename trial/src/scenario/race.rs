//! Stories in which faults are part of the plot: two workers after one another with one thing in
//! their hands, and a process that dies with an answer in its own. Other faults strike besides.

use domain::order::Stage;
use sim::smartvps::{Lie, Op};

use super::{DELIVERED, Ends, People, Told};
use crate::fault::Strike;
use crate::world::{Given, SOLD};

const LONG_S: u64 = 150;

fn with(given: Given, plot: &[&str]) -> Given {
    let strike =
        |text: &&str| Strike::parse(text).unwrap_or_else(|| panic!("{text:?} is no strike"));
    Given { strikes: plot.iter().map(strike).collect(), ..given }
}

/// Who wakes first has lost its claim, and who has it stands still just as well.
pub fn both_before_the_permit(given: Given) -> Given {
    with(given, &["before-permit@1=stands", "before-permit@2=stands"])
}

pub fn both_before_the_end(given: Given) -> Given {
    with(given, &["purchase/before::stop@1=stands", "purchase/before::stop@2=stands"])
}

/// Who wakes does not know whether it got its permit; the one that there is belongs to another.
pub fn unknown_after_another(given: Given) -> Given {
    with(given, &["before-permit@1=stands", "purchase/permit::permit@2=unknown-undone"])
}

/// Somebody else has the claim when the answer is stored.
pub fn stands_with_an_answer(given: Given) -> Given {
    with(given, &["answer-read@1=stands"])
}

pub async fn anothers_permit(people: People) -> Told<Ends> {
    // Until the first one wakes, and before the deadline of the second one.
    people.0.upstream().next(Op::Buyvps, Lie::slow(18_000));
    super::purchase::good(people).await
}

const DIES_WITH_AN_ANSWER: &[&str] =
    &["journal::put_answer@1=fails", "journal::put_answer@2=crash"];

pub fn dies_with_an_answer(given: Given) -> Given {
    with(given, DIES_WITH_AN_ANSWER)
}

pub async fn answer_kept(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    let kept = people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    // Staff would name the server, too: but the answer was read, and could be written down.
    let struck = people.0.script().struck();
    let struck: Vec<String> = struck.iter().map(ToString::to_string).collect();
    if !kept && struck == DIES_WITH_AN_ANSWER {
        return Err("an answer that was read died with its process".to_owned());
    }
    Ok(vec![(order, DELIVERED)])
}
