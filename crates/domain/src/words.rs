//! Amounts in words, as papers in India write them: lakh and crore, then paise.
//! Not for numbers on pages: `Money::for_people` writes those.

use crate::money::Money;

const BELOW_TWENTY: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const TENS: [&str; 10] =
    ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];
/// How the parts below a crore are named, largest first.
const PARTS: [(u64, &str); 3] = [(100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred")];
const CRORE: u64 = 10_000_000;

/// `Rupees Thirty-Nine Thousand Five Hundred Thirty-Four and Seventy-Two Paise Only`. Of other
/// currencies the code stands for the name, and what is below one of them is a fraction.
pub fn amount(money: Money) -> String {
    let per_major = money.currency.minor_per_major().unsigned_abs();
    let (whole, part) =
        (money.minor.unsigned_abs() / per_major, money.minor.unsigned_abs() % per_major);
    let (name, rest) = match (money.currency.code(), part) {
        (code, 0) => (named(code), String::new()),
        ("INR", part) => (named("INR"), format!(" and {} Paise", number(part))),
        (code, part) => (named(code), format!(" and {part}/{per_major}")),
    };
    let minus = if money.minor < 0 { "Minus " } else { "" };
    format!("{minus}{name} {}{rest} Only", number(whole))
}

fn named(code: &str) -> &str {
    if code == "INR" { "Rupees" } else { code }
}

/// `One Lakh Two Thousand Three Hundred Forty-Five`.
fn number(count: u64) -> String {
    let mut words = Vec::new();
    say(count, &mut words);
    words.join(" ")
}

fn say(count: u64, words: &mut Vec<String>) {
    let mut rest = count;
    if rest >= CRORE {
        say(rest / CRORE, words);
        words.push("Crore".into());
        rest %= CRORE;
    }
    for (size, name) in PARTS {
        if rest >= size {
            say(rest / size, words);
            words.push(name.into());
            rest %= size;
        }
    }
    if rest > 0 || count == 0 {
        words.push(below_hundred(rest));
    }
}

fn below_hundred(count: u64) -> String {
    let word = |list: &[&str], at: u64| {
        usize::try_from(at).ok().and_then(|at| list.get(at).copied()).unwrap_or_default().to_owned()
    };
    match (count / 10, count % 10) {
        (0 | 1, _) => word(&BELOW_TWENTY, count),
        (tens, 0) => word(&TENS, tens),
        (tens, ones) => format!("{}-{}", word(&TENS, tens), word(&BELOW_TWENTY, ones)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn rupees(minor: i64) -> String {
        amount(Money::new(minor, Currency::INR))
    }

    #[test]
    fn rupees_are_said_with_lakh_crore_and_paise() {
        for (minor, words) in [
            (0, "Rupees Zero Only"),
            (100, "Rupees One Only"),
            (5, "Rupees Zero and Five Paise Only"),
            (264_320, "Rupees Two Thousand Six Hundred Forty-Three and Twenty Paise Only"),
            (
                3_953_472,
                "Rupees Thirty-Nine Thousand Five Hundred Thirty-Four and Seventy-Two Paise Only",
            ),
            (10_000_000, "Rupees One Lakh Only"),
            (
                1_234_567_800,
                "Rupees One Crore Twenty-Three Lakh Forty-Five Thousand Six Hundred \
              Seventy-Eight Only",
            ),
            (1_000_000_000, "Rupees One Crore Only"),
            (12_345 * 10_i64.pow(9), "Rupees Twelve Thousand Three Hundred Forty-Five Crore Only"),
            (1_900, "Rupees Nineteen Only"),
            (-5_000, "Minus Rupees Fifty Only"),
        ] {
            assert_eq!(rupees(minor), words);
        }
    }

    #[test]
    fn other_currencies_are_said_with_their_code_and_their_own_fraction() {
        let of = |minor, code| amount(Money::new(minor, Currency::parse(code).unwrap()));
        assert_eq!(of(1_999, "USD"), "USD Nineteen and 99/100 Only");
        assert_eq!(of(500, "JPY"), "JPY Five Hundred Only");
        assert_eq!(of(1_505, "KWD"), "KWD One and 505/1000 Only");
    }

    proptest::proptest! {
        /// No two amounts are said alike.
        #[test]
        fn words_say_an_amount_and_no_other(
            one in 0_i64..10_i64.pow(15), two in 0_i64..10_i64.pow(15),
        ) {
            proptest::prop_assert_eq!(rupees(one) == rupees(two), one == two);
        }
    }
}
