//! What speaks for and against a purchase without a certain outcome. Hints for a person, never
//! proof: other shops buy from the same packages.

use engine::read::{Evidence, Other, Witnessed};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::maybe_time;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Evidence)]
pub(crate) struct EvidenceAnswer {
    attempt_id: String,
    went_unheard_at: Option<String>,
    /// The package's stock that the permit was based on.
    before: Option<WitnessedAnswer>,
    /// The same package's stock in the newest reading.
    now: Option<WitnessedAnswer>,
    /// Other purchases of the package about that time.
    others: Vec<OtherAnswer>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Witnessed)]
struct WitnessedAnswer {
    reading: i64,
    stock: i64,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OtherPurchase)]
struct OtherAnswer {
    attempt_id: String,
    order_id: String,
    state: &'static str,
    permitted_at: Option<String>,
}

impl From<Evidence> for EvidenceAnswer {
    fn from(evidence: Evidence) -> EvidenceAnswer {
        let witnessed = |seen: Witnessed| {
            let Witnessed { reading, stock } = seen;
            WitnessedAnswer { reading, stock }
        };
        let other = |other: Other| OtherAnswer {
            attempt_id: other.attempt.to_string(),
            order_id: other.order.to_string(),
            state: other.state.as_str(),
            permitted_at: maybe_time(other.permitted_at),
        };
        EvidenceAnswer {
            attempt_id: evidence.attempt.to_string(),
            went_unheard_at: maybe_time(evidence.went_unheard_at),
            before: evidence.before.map(witnessed),
            now: evidence.now.map(witnessed),
            others: evidence.others.into_iter().filter(|one| one.is_of_same).map(other).collect(),
        }
    }
}
