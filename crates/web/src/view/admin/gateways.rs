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
    pub name: String,
    pub state: Badge,
    /// Where buyers see it; nothing where they are not offered it.
    pub place: Option<usize>,
    pub open: i64,
    pub oldest_open: Option<Moment>,
    pub captured: i64,
    pub failed: i64,
    pub last_failure: Option<(Moment, String)>,
    pub last_webhook: Option<Moment>,
    /// Why staff were told that it sends none.
    pub silent: Option<String>,
    pub waiting: i64,
    pub oldest_waiting: Option<Moment>,
    /// Whether webhooks are signed; elsewhere anybody may send one.
    pub signs: bool,
    /// Whether money goes back through it.
    pub refunds: bool,
}

impl Sample for GatewaysPage {
    fn samples(_: Language) -> Vec<(&'static str, GatewaysPage)> {
        let frame = Frame::staff_sample("Gateways", Here::StaffGateways);
        let at = |clock| frame.time(sample_time(clock));
        let razorpay = GatewaySheet {
            name: "razorpay".into(),
            state: Badge::of(Tone::Good, "takes payments"),
            place: Some(1),
            open: 3,
            oldest_open: Some(at("13:41:00")),
            captured: 84,
            failed: 2,
            last_failure: Some((at("09:10:00"), "the buyer's bank refused".into())),
            last_webhook: Some(at("14:03:40")),
            silent: None,
            waiting: 0,
            oldest_waiting: None,
            signs: true,
            refunds: true,
        };
        let why = "3 payments at upi or more were found by asking, and no webhook came for them \
                   (none ever came): look whether its dashboard has our address and secret";
        let upi = GatewaySheet {
            name: "upi".into(),
            state: Badge::of(Tone::Warn, "silent: sends no webhooks"),
            place: None,
            last_failure: None,
            last_webhook: None,
            silent: Some(why.into()),
            waiting: 7,
            oldest_waiting: Some(at("13:20:00")),
            signs: false,
            refunds: false,
            ..razorpay.clone()
        };
        let page = GatewaysPage {
            gateways: vec![razorpay, upi],
            may_try: true,
            tried: Some(TestResult {
                whom: "razorpay".into(),
                tone: Tone::Bad,
                text: "Failed after 10000 ms: no answer within 10 seconds.".into(),
            }),
            frame,
        };
        let none = GatewaysPage { gateways: vec![], tried: None, ..page.clone() };
        vec![("two", page), ("none", none)]
    }
}
