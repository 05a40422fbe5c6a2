//! From text to values: durations, counts, addresses and the like. Each function answers with
//! the value, or with the rest of a sentence that begins with the setting: what is right.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use domain::money::Currency;
use domain::tax::Rate;
use ipnet::IpNet;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::nearest::nearest;
use super::purchase::Limit;

/// Longer than any shop plans; keeps sums of times far from the end of the calendar.
const DURATION_MAX: Duration = Duration::from_secs(3_650 * 86_400);

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong =
        || "is not a duration: write a number and a unit, such as 500ms, 2s, 15m, 3h or 10d";
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let millis = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong().to_owned()),
    };
    let read = number.checked_mul(millis).map(Duration::from_millis);
    match read {
        Some(duration) if duration <= DURATION_MAX => Ok(duration),
        Some(_) | None => Err("is too long: at most 3650d".to_owned()),
    }
}

/// A duration that is more than nothing.
pub(super) fn pause(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("must be more than nothing, such as 500ms, 2s or 15m".to_owned()),
        pause => Ok(pause),
    }
}

pub(super) fn count(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "is not a whole number, such as 0, 3 or 10".to_owned())
}

pub(super) fn count_from_one(text: &str) -> Result<u32, String> {
    match count(text) {
        Ok(number) if number > 0 => Ok(number),
        Ok(_) | Err(_) => Err("is not a whole number of 1 or more".to_owned()),
    }
}

pub(super) fn count_or_off(text: &str) -> Result<Limit<u32>, String> {
    if text == "off" {
        return Ok(Limit::Off);
    }
    match count_from_one(text) {
        Ok(number) => Ok(Limit::At(number)),
        Err(_) => Err("is neither a whole number of 1 or more nor off".to_owned()),
    }
}

/// Whole units of money; small enough that it can be counted in any currency's smallest unit.
pub(super) fn amount_or_off(text: &str) -> Result<Limit<i64>, String> {
    const UNITS_MAX: i64 = 1_000_000_000_000;
    if text == "off" {
        return Ok(Limit::Off);
    }
    match text.parse() {
        Ok(units @ 0..=UNITS_MAX) => Ok(Limit::At(units)),
        Ok(_) | Err(_) => Err("is neither whole units of money, such as 25000, nor off".to_owned()),
    }
}

/// `10,5`: counts, each smaller than the one before; `off` for none.
pub(super) fn falling_counts(text: &str) -> Result<Vec<u32>, String> {
    if text == "off" {
        return Ok(Vec::new());
    }
    let wrong = |_| "is not a list of whole numbers, highest first, such as 10,5; nor off";
    let counts: Result<Vec<u32>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    let counts = counts.map_err(wrong)?;
    if counts.is_sorted_by(|before, after| before > after) {
        return Ok(counts);
    }
    let mut right = counts;
    right.sort_unstable_by(|one, other| other.cmp(one));
    right.dedup();
    let right: Vec<String> = right.iter().map(u32::to_string).collect();
    Err(format!("must name the highest first, each once: {}", right.join(",")))
}

pub(super) fn per_cent(text: &str) -> Result<Rate, String> {
    let wrong =
        || "is not a percentage from 0 to 100 with at most two decimals, such as 18 or 18.5";
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 || whole.len() > 3 {
        return Err(wrong().to_owned());
    }
    let points: u32 = format!("{whole}{part:0<2}").parse().map_err(|_| wrong())?;
    Rate::basis_points(points).ok_or_else(|| wrong().to_owned())
}

pub(super) fn currency(text: &str) -> Result<Currency, String> {
    match (Currency::parse(text), Currency::parse(&text.to_ascii_uppercase())) {
        (Ok(currency), _) => Ok(currency),
        (Err(_), Ok(currency)) => Err(format!("is written in capitals: {}", currency.code())),
        (Err(_), Err(_)) => {
            Err("is not a currency: write the three letters of ISO 4217, such as INR".to_owned())
        }
    }
}

pub(super) fn timezone(text: &str) -> Result<TimeZone, String> {
    if let Ok(zone) = TimeZone::get(text) {
        return Ok(zone);
    }
    let names: Vec<String> =
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    match nearest(text, names.iter().map(String::as_str)) {
        Some(name) => Err(format!("is not a time zone; the nearest is {name}")),
        None => Err("cannot be looked up: this machine has no time zone data".to_owned()),
    }
}

/// An address and a port; port 0 takes any free one.
pub fn listen(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.split_once(':') {
        Some(("localhost", port)) => format!("127.0.0.1:{port}"),
        _ => text.to_owned(),
    };
    numeric.parse().map_err(|_| {
        "is not an IP address with a port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080"
            .to_owned()
    })
}

/// Addresses and networks of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Networks(pub Vec<IpNet>);

/// `10.0.0.5,10.1.0.0/16`; `off` for none.
pub(super) fn networks(text: &str) -> Result<Networks, String> {
    match text {
        "off" => Ok(Networks(Vec::new())),
        text => {
            text.split(',').map(|part| network(part.trim())).collect::<Result<_, _>>().map(Networks)
        }
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address));
    }
    let net: IpNet = text.parse().map_err(|_| {
        format!(
            "names {text:?}, which is neither an IP address nor a network, such as 10.0.0.5 or \
             10.1.0.0/16; write off for none"
        )
    })?;
    match net {
        // Then every visitor could say that he comes from anywhere.
        _ if net.prefix_len() == 0 => Err(format!("must not name all addresses, as {text} does")),
        _ if net.trunc() != net => Err(format!("names {text}; the network is {}", net.trunc())),
        net => Ok(net),
    }
}

/// An absolute web address without a slash at its end.
pub(super) fn http_url(text: &str) -> Result<String, String> {
    let wrong = || "is not an absolute web address, such as https://shop.example.com".to_owned();
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || !text.contains("://") {
        return Err(wrong());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a ? or # part".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "must not hold a user name or password: they have settings of their own".to_owned()
        );
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A path inside a web address, without slashes at its ends.
pub(super) fn url_path(text: &str) -> Result<String, String> {
    let path = text.trim_matches('/');
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    if path.is_empty() || !path.chars().all(allowed) || path.split('/').any(|step| step == "..") {
        return Err("is not a path, such as api/oceansmart".to_owned());
    }
    Ok(path.to_owned())
}

pub(super) fn smtp_url(text: &str) -> Result<SecretString, String> {
    let wrong =
        "is not the address of a mail server, such as smtps://user:password@mail.example.com";
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "smtp" | "smtps") && url.has_host() => {
            Ok(SecretString::from(text))
        }
        Ok(_) | Err(_) => Err(wrong.to_owned()),
    }
}

/// `shop@example.com` or `My Shop <shop@example.com>`.
pub(super) fn mailbox(text: &str) -> Result<String, String> {
    let address = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((_, address)) => address,
        None => text,
    };
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>,@".contains(c))
    };
    match address.rsplit_once('@') {
        Some((name, host)) if plain(name) && plain(host) => Ok(text.to_owned()),
        _ => Err("is not a mail address, such as shop@example.com or My Shop <shop@example.com>"
            .to_owned()),
    }
}

/// A bare mail address, as people sign in with.
pub fn email(text: &str) -> Result<String, String> {
    match mailbox(text) {
        Ok(address) if !address.contains('<') => Ok(address),
        Ok(_) | Err(_) => Err("is not a mail address, such as ada@example.com".to_owned()),
    }
}

/// A file or directory. A leading `~` is refused: only shells know it.
pub fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() || text.starts_with('~') {
        return Err("must name the whole path, such as /var/lib/berth (no ~)".to_owned());
    }
    Ok(PathBuf::from(text))
}

pub(super) fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

pub(super) fn secret(text: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(text))
}

/// One word of a few.
pub(crate) fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, String> {
    if let Some((_, value)) = known.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let close = nearest(text, names.iter().copied()).unwrap_or_default();
    Err(format!("is not one of {}; the nearest is {close}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let read = |text| duration(text).unwrap();
        assert_eq!(read("500ms"), Duration::from_millis(500));
        assert_eq!(read("2s"), Duration::from_secs(2));
        assert_eq!(read("15m"), Duration::from_secs(900));
        assert_eq!(read("3h"), Duration::from_secs(10_800));
        assert_eq!(read("10d"), Duration::from_secs(864_000));
        for text in ["", "15", "m", "-2s", "1.5h", "15 minutes", "2w", "1h30m", "٣s"] {
            assert!(duration(text).unwrap_err().contains("500ms"), "{text:?}");
        }
        assert!(duration("99999999999999999999d").is_err());
        assert!(duration("9999999d").unwrap_err().contains("too long"));
        assert!(pause("0s").is_err());
    }

    #[test]
    fn a_tax_rate_is_counted_in_whole_hundredths() {
        let read = |text| per_cent(text).unwrap().as_basis_points();
        assert_eq!(read("18"), 1_800);
        assert_eq!(read("18.5"), 1_850);
        assert_eq!(read("0.05"), 5);
        assert_eq!(read("100"), 10_000);
        for text in ["", "-1", "100.01", "18.555", "18.", ".5", "18%", "1e1", "+18", "९"] {
            assert!(per_cent(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn warnings_name_the_highest_stock_first() {
        assert_eq!(falling_counts("10, 5").unwrap(), [10, 5]);
        assert!(falling_counts("off").unwrap().is_empty());
        assert!(falling_counts("5,10").unwrap_err().ends_with("10,5"));
        assert!(falling_counts("10,10").is_err());
        assert!(falling_counts("10,,5").is_err());
    }

    #[test]
    fn a_limit_may_be_lifted_with_one_word() {
        assert_eq!(count_or_off("5").unwrap(), Limit::At(5));
        assert_eq!(count_or_off("off").unwrap(), Limit::Off);
        assert_eq!(amount_or_off("0").unwrap(), Limit::At(0));
        for text in ["Off", "none", "-1", "2.5"] {
            assert!(count_or_off(text).is_err() && amount_or_off(text).is_err(), "{text}");
        }
        assert!(count_or_off("0").is_err(), "pausing after nothing would never buy");
    }

    #[test]
    fn web_addresses_are_absolute_and_carry_no_password() {
        assert_eq!(http_url("https://shop.example/").unwrap(), "https://shop.example");
        assert_eq!(http_url("http://127.0.0.1:9/x/").unwrap(), "http://127.0.0.1:9/x");
        for text in
            ["shop.example", "/shop", "ftp://x", "https:shop", "https://u:p@x", "https://x?y"]
        {
            assert!(http_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_time_zone_is_answered_with_the_nearest() {
        assert!(timezone("Asia/Kolkata").is_ok());
        assert!(timezone("Asia/Kolkatta").unwrap_err().ends_with("Asia/Kolkata"));
    }

    #[test]
    fn a_currency_in_small_letters_is_answered_with_capitals() {
        assert!(currency("inr").unwrap_err().ends_with("INR"));
        assert!(currency("rupees").is_err());
    }

    #[test]
    fn addresses_to_listen_on_have_a_port() {
        assert_eq!(listen("localhost:0").unwrap(), listen("127.0.0.1:0").unwrap());
        assert!(listen("[::1]:8080").is_ok());
        for text in ["8080", "127.0.0.1", "shop.example:80", "127.0.0.1:99999"] {
            assert!(listen(text).is_err(), "{text}");
        }
    }

    #[test]
    fn mail_addresses_may_have_a_name_before_them() {
        assert!(mailbox("shop@example.com").is_ok());
        assert!(mailbox("My Shop <shop@example.com>").is_ok());
        for text in ["shop", "@x", "a@", "a b@c", "My Shop <>", "a@b,c@d"] {
            assert!(mailbox(text).is_err(), "{text}");
        }
    }

    #[test]
    fn networks_are_addresses_and_cidrs_and_never_everybody() {
        let read = |text| networks(text).unwrap().0;
        assert_eq!(read("10.0.0.5, 10.1.0.0/16,::1").len(), 3);
        assert!(read("off").is_empty());
        for (text, said) in [
            ("", "neither an IP address nor a network"),
            ("10.0.0.5,", "neither an IP address nor a network"),
            ("proxy.local", "\"proxy.local\""),
            ("10.0.0.300", "neither"),
            ("10.1.2.3/8", "the network is 10.0.0.0/8"),
            ("0.0.0.0/0", "must not name all"),
            ("::/0", "must not name all"),
        ] {
            let told = networks(text).unwrap_err();
            assert!(told.contains(said), "{text:?}: {told}");
        }
    }
}
