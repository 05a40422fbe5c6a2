//! What tax is on a price, and of which kind. Not for who pays what: that is `quote.rs`.

use std::fmt;

use crate::gst::Place;

/// A rate in hundredths of a per cent: 18 % is 1800.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Rate(u32);

impl Rate {
    pub const MAX: Rate = Rate(10_000);
    pub const ZERO: Rate = Rate(0);

    /// None above 100 %.
    pub const fn basis_points(points: u32) -> Option<Rate> {
        if points <= Rate::MAX.0 { Some(Rate(points)) } else { None }
    }

    pub const fn as_basis_points(self) -> u32 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Rate {
    /// `18 %`, `12.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match (part, part % 10) {
            (0, _) => write!(f, "{whole} %"),
            (_, 0) => write!(f, "{whole}.{} %", part / 10),
            _ => write!(f, "{whole}.{part:02} %"),
        }
    }
}

/// Whether a price already contains its tax.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    #[default]
    Exclusive,
    Inclusive,
}

impl Mode {
    pub const ALL: [Mode; 2] = [Mode::Exclusive, Mode::Inclusive];

    pub const fn as_str(self) -> &'static str {
        match self {
            Mode::Exclusive => "exclusive",
            Mode::Inclusive => "inclusive",
        }
    }

    pub fn parse(word: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// Which tax it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// The shop takes none, or the buyer is abroad.
    #[default]
    None,
    /// Between two states: one tax.
    Igst,
    /// Inside one state: two equal halves.
    CgstSgst,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::None, Kind::Igst, Kind::CgstSgst];

    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::None => "none",
            Kind::Igst => "igst",
            Kind::CgstSgst => "cgst_sgst",
        }
    }

    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The taxes that it is made of, in equal parts.
    pub const fn parts(self) -> &'static [Part] {
        match self {
            Kind::None => &[],
            Kind::Igst => &[Part::Igst],
            Kind::CgstSgst => &[Part::Cgst, Part::Sgst],
        }
    }
}

/// One tax with an account of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Igst,
    Cgst,
    Sgst,
}

impl Part {
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Igst => "igst",
            Part::Cgst => "cgst",
            Part::Sgst => "sgst",
        }
    }
}

/// How an order is taxed. Frozen with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tax {
    pub rate: Rate,
    pub mode: Mode,
    pub kind: Kind,
    /// Where it is supplied, where that is known.
    pub place: Option<Place>,
}

impl Tax {
    /// By the shop's rate and the two places. A buyer who gave no address is taxed as at home.
    pub fn of(rate: Rate, mode: Mode, seller: Option<Place>, buyer: Option<Place>) -> Tax {
        let place = buyer.or(seller);
        let kind = match (seller, buyer) {
            _ if rate.is_zero() => Kind::None,
            (_, Some(Place::Abroad(_))) => Kind::None,
            (Some(seller), Some(buyer)) if seller != buyer => Kind::Igst,
            _ => Kind::CgstSgst,
        };
        Tax { rate, mode, kind, place }
    }

    /// Splits the price of one line into what is taxed and its tax, both in minor units.
    pub fn split(&self, minor: i64) -> (i64, i64) {
        let parts = i64::try_from(self.kind.parts().len()).unwrap_or(0);
        if parts == 0 {
            return (minor, 0);
        }
        let rate = i64::from(self.rate.as_basis_points());
        let whole = i64::from(Rate::MAX.as_basis_points());
        match self.mode {
            Mode::Exclusive => (minor, parts * share(minor, rate, parts * whole)),
            Mode::Inclusive => {
                let tax = parts * share(minor, rate, parts * (whole + rate));
                (minor - tax, tax)
            }
        }
    }
}

/// `amount × of ÷ whole`, half up. None of them is below zero, and `whole` is above it.
pub fn share(amount: i64, of: i64, whole: i64) -> i64 {
    let (amount, of, whole) = (i128::from(amount), i128::from(of), i128::from(whole));
    let halves = 2 * amount * of + whole;
    i64::try_from(halves / (2 * whole)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gst::State;

    const GST: Rate = Rate(1_800);

    fn at_home(mode: Mode) -> Tax {
        let here = State::parse("27").map(Place::State);
        Tax::of(GST, mode, here, here)
    }

    fn between_states(mode: Mode) -> Tax {
        let place = |code| State::parse(code).map(Place::State);
        Tax::of(GST, mode, place("27"), place("29"))
    }

    #[test]
    fn tax_inside_999_between_states_is_152_39() {
        assert_eq!(between_states(Mode::Inclusive).split(99_900), (84_661, 15_239));
    }

    #[test]
    fn tax_inside_999_in_one_state_is_two_equal_halves_of_76_19() {
        assert_eq!(at_home(Mode::Inclusive).split(99_900), (84_662, 2 * 7_619));
    }

    #[test]
    fn tax_on_2240_is_403_20() {
        assert_eq!(between_states(Mode::Exclusive).split(224_000), (224_000, 40_320));
        assert_eq!(at_home(Mode::Exclusive).split(224_000), (224_000, 40_320));
    }

    #[test]
    fn tax_on_33504_is_exactly_6030_72() {
        assert_eq!(between_states(Mode::Exclusive).split(3_350_400), (3_350_400, 603_072));
    }

    #[test]
    fn nobody_abroad_pays_tax() {
        let seller = State::parse("27").map(Place::State);
        let abroad = Place::parse("US");
        for mode in Mode::ALL {
            let tax = Tax::of(GST, mode, seller, abroad);
            assert_eq!((tax.kind, tax.split(99_900)), (Kind::None, (99_900, 0)));
        }
    }

    #[test]
    fn who_gives_no_address_is_taxed_as_in_the_sellers_state() {
        let seller = State::parse("27").map(Place::State);
        let tax = Tax::of(GST, Mode::Exclusive, seller, None);
        assert_eq!((tax.kind, tax.place), (Kind::CgstSgst, seller));
    }

    #[test]
    fn a_rate_reads_like_a_rate() {
        let shown = |points| Rate(points).to_string();
        assert_eq!([shown(1_800), shown(1_250), shown(5)], ["18 %", "12.5 %", "0.05 %"]);
        assert_eq!(Rate::basis_points(10_001), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_taxed_and_its_tax_make_the_price(
            minor in 0_i64..1_000_000_000_000, points in 0_u32..=10_000, home: bool,
        ) {
            let seller = State::parse("27").map(Place::State);
            let buyer = if home { seller } else { State::parse("29").map(Place::State) };
            let rate = Rate::basis_points(points).unwrap();
            let (net, tax) = Tax::of(rate, Mode::Inclusive, seller, buyer).split(minor);
            proptest::prop_assert!(net + tax == minor && tax >= 0 && net >= 0);
            let (net, tax) = Tax::of(rate, Mode::Exclusive, seller, buyer).split(minor);
            proptest::prop_assert!(net == minor && tax >= 0);
            let parts = i64::from(rate.is_zero() || !home) + 2 * i64::from(home && !rate.is_zero());
            proptest::prop_assert_eq!(tax % parts, 0);
            // Never further from the exact tax than half a minor unit for each tax.
            let exact = i128::from(net) * i128::from(points);
            let off = (i128::from(tax) * 10_000 - exact).abs();
            proptest::prop_assert!(off <= 5_000 * i128::from(parts));
        }
    }

    #[test]
    fn a_shop_without_a_rate_takes_no_tax_wherever_it_is() {
        let here = State::parse("27").map(Place::State);
        assert_eq!(Tax::of(Rate::ZERO, Mode::Exclusive, here, here).kind, Kind::None);
        assert!(Rate::ZERO.is_zero() && !GST.is_zero());
    }

    #[test]
    fn modes_and_kinds_are_read_back_as_they_are_written() {
        assert_eq!(Mode::ALL.map(Mode::as_str), ["exclusive", "inclusive"]);
        assert_eq!(Mode::ALL.map(|mode| Mode::parse(mode.as_str())), Mode::ALL.map(Some));
        assert_eq!(Kind::ALL.map(Kind::as_str), ["none", "igst", "cgst_sgst"]);
        assert_eq!(Kind::ALL.map(|kind| Kind::parse(kind.as_str())), Kind::ALL.map(Some));
        assert_eq!((Mode::parse("Exclusive"), Kind::parse("")), (None, None));
    }
}
