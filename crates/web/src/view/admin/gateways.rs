//! Those who take money for us, as staff see them: how payments stand at each, and when it was last
//! heard of.

use askama::Template;

use super::providers::TestResult;
use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample, Tone};

/// `/admin/gateways`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/gateways.html")]
pub struct GatewaysPage {
    pub frame: Frame,
    pub gateways: Vec<GatewaySheet>,
    pub may_try: bool,
    pub tried: Option<TestResult>,
}

#[derive(Clone, Debug)]
pub struct GatewaySheet {
    pub id: String,
    pub name: String,
    pub state: Badge,
    /// Where buyers see it; nothing where they are not offered it.
    pub place: Option<usize>,
    /// How many are open, and where they are listed.
    pub open: (i64, String),
    /// With how long ago that was.
    pub oldest_open: Option<(Moment, String)>,
    /// Of the last 24 hours, as those that failed.
    pub captured: (i64, String),
    pub failed: (i64, String),
    pub last_failure: Option<(Moment, String)>,
    pub last_webhook: Option<(Moment, String)>,
    /// Why staff were told that it sends none.
    pub silent: Option<String>,
    pub waiting: i64,
    pub oldest_waiting: Option<(Moment, String)>,
    /// Whether webhooks are signed; elsewhere anybody may send one.
    pub signs: bool,
    /// Whether money goes back through it.
    pub refunds: bool,
}

impl Sample for GatewaysPage {
    fn samples(_: Language) -> Vec<(&'static str, GatewaysPage)> {
        let frame = Frame::staff_sample("Gateways", Here::StaffGateways);
        let at = |clock| frame.time(sample_time(clock));
        let list = crate::paths::staff_payments;
        let razorpay = GatewaySheet {
            id: "razorpay".into(),
            name: "Razorpay".into(),
            state: Badge::of(Tone::Good, "takes payments"),
            place: Some(1),
            open: (3, list("razorpay", "open")),
            oldest_open: Some((at("13:41:00"), "23 min ago".into())),
            captured: (84, list("razorpay", "captured")),
            failed: (2, list("razorpay", "failed")),
            last_failure: Some((at("09:10:00"), "the buyer's bank refused".into())),
            last_webhook: Some((at("14:03:40"), "30 s ago".into())),
            silent: None,
            waiting: 0,
            oldest_waiting: None,
            signs: true,
            refunds: true,
        };
        let why = "3 payments at upi or more were found by asking, and no webhook came for them \
                   (none ever came): look whether its dashboard has our address and secret";
        let upi = GatewaySheet {
            id: "upi".into(),
            name: "UPI".into(),
            open: (0, list("upi", "open")),
            oldest_open: None,
            state: Badge::of(Tone::Warn, "silent: sends no webhooks"),
            place: None,
            last_failure: None,
            last_webhook: None,
            silent: Some(why.into()),
            waiting: 7,
            oldest_waiting: Some((at("13:20:00"), "44 min ago".into())),
            signs: false,
            refunds: false,
            ..razorpay.clone()
        };
        let page = GatewaysPage {
            gateways: vec![razorpay, upi],
            may_try: true,
            tried: Some(TestResult {
                whom: "Razorpay".into(),
                tone: Tone::Bad,
                text: "Failed after 10000 ms: no answer within 10 seconds.".into(),
            }),
            frame,
        };
        let none = GatewaysPage { gateways: vec![], tried: None, ..page.clone() };
        vec![("two", page), ("none", none)]
    }
}
