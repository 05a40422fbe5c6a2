//! What SmartVPS' answers mean, in our words. Pure, and for every input: an answer that is not
//! understood is never success. Not for calls and not for what to do next.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use domain::os::Os;
use domain::package::{Listed, Pid, Ram};
use serde_json::{Map, Value};

use super::mask::Mask;
use super::settings::{Again, Refusals};
use super::wire::{self, Loose, Row, Status, Stock};
use super::{PROVIDER, expiry};
use crate::{Answer, Described, Fault, Meaning, OperationMeaning, Power};

/// More free addresses than the largest block that a name can promise has.
const STOCK_MAX: u64 = 1 << 24;
const TEXT_MAX: usize = 200;
/// A bare number beyond this is not gigabytes.
const RAM_MAX_GB: u16 = 1_024;

/// What the raw answer to a purchase means.
pub(super) fn purchase_meaning(answer: &Answer, refusals: &Refusals, mask: &Mask) -> Meaning {
    let (status, body) = match answer {
        Answer::NotSent { reason } => return Meaning::NotSent { reason: reason.clone() },
        Answer::Lost { reason } => return Meaning::Unheard { reason: reason.clone() },
        Answer::Http { status: status @ (401 | 403), .. } => {
            return Meaning::Unauthorized { status: *status };
        }
        Answer::Http { status, body } => (*status, body),
    };
    let unheard = |what: &str| {
        let shown = mask.body(body);
        Meaning::Unheard { reason: format!("HTTP {status}, {what}: {shown}") }
    };
    if status != 200 {
        return unheard("which says nothing of a purchase");
    }
    let text = wire::peel(body);
    match said(&text) {
        Said::Success(words) => match sold(words) {
            Ok(address) => Meaning::Sold(address),
            Err(why) => unheard(why),
        },
        Said::Failure(words) => match refusals.lookup(words) {
            Some(again) => Meaning::Rejected {
                text: mask.text(words.trim()),
                transient: again == Again::Later,
            },
            None => unheard("an error that does not prove a refusal"),
        },
        Said::Other if text.is_empty() => unheard("an empty answer"),
        Said::Other => unheard("neither success nor error"),
    }
}

/// What the raw answer to an operation means. The status code alone proves nothing: errors come
/// with HTTP 200 too.
pub(super) fn operation_meaning(answer: &Answer, mask: &Mask) -> OperationMeaning {
    let (status, body) = match answer {
        Answer::NotSent { reason } => return OperationMeaning::NotSent { reason: reason.clone() },
        Answer::Lost { reason } => return OperationMeaning::Unheard { reason: reason.clone() },
        Answer::Http { status, body } => (*status, body),
    };
    let text = wire::peel(body);
    match (status, said(&text)) {
        (200, Said::Success(_)) => OperationMeaning::Done,
        (200, Said::Failure(words)) => OperationMeaning::Refused { text: mask.text(words.trim()) },
        (401 | 403, _) => OperationMeaning::Refused {
            text: format!("HTTP {status}, our credentials were refused: {}", mask.body(body)),
        },
        _ => OperationMeaning::Unheard {
            reason: format!("HTTP {status}, neither success nor error: {}", mask.body(body)),
        },
    }
}

/// The word before the first pipe, and what stands behind it.
enum Said<'a> {
    Success(&'a str),
    Failure(&'a str),
    Other,
}

fn said(text: &str) -> Said<'_> {
    let Some((word, words)) = text.split_once('|') else {
        return Said::Other;
    };
    match word.trim().to_ascii_lowercase().as_str() {
        "success" => Said::Success(words),
        "error" | "failed" => Said::Failure(words),
        _ => Said::Other,
    }
}

/// The one address that a text names. One with a port, a mask or a letter glued to it is not
/// trusted, and makes another beside it doubtful.
fn sold(words: &str) -> Result<Ipv4Addr, &'static str> {
    let mut clean = BTreeSet::new();
    let mut named = BTreeSet::new();
    for (address, stands_alone) in addresses(words) {
        named.insert(address);
        if stands_alone {
            clean.insert(address);
        }
    }
    match (clean.pop_first(), named.len()) {
        (Some(address), 1) => Ok(address),
        (_, 0) => Err("success without a valid address"),
        (None, 1) => Err("success with an address that something is glued to"),
        _ => Err("success naming several addresses"),
    }
}

/// Every address in a text, and whether it stands alone.
fn addresses(text: &str) -> impl Iterator<Item = (Ipv4Addr, bool)> {
    let inside = |c: char| c.is_alphanumeric() || c == '.';
    let mut found = Vec::new();
    let mut rest = text;
    let mut before = ['\0'; 2];
    while let Some(start) = rest.find(inside) {
        for c in rest[..start].chars() {
            before = [before[1], c];
        }
        let token = &rest[start..];
        let end = token.find(|c| !inside(c)).unwrap_or(token.len());
        let (token, after) = token.split_at(end);
        if let Ok(address) = token.trim_end_matches('.').parse::<Ipv4Addr>() {
            found.push((address, !glued_before(before) && !glued_after(after)));
        }
        for c in token.chars() {
            before = [before[1], c];
        }
        rest = after;
    }
    found.into_iter()
}

fn glued_before([earlier, last]: [char; 2]) -> bool {
    match last {
        '_' | char::REPLACEMENT_CHARACTER => true,
        // A range, a path or a port; but `NEW-103…` and `ip:103…` are labels.
        '-' | '/' | ':' => earlier.is_numeric(),
        _ => false,
    }
}

fn glued_after(after: &str) -> bool {
    let mut after = after.chars();
    match after.next() {
        Some('_' | char::REPLACEMENT_CHARACTER) => true,
        Some('-' | '/' | ':') => after.next().is_some_and(char::is_alphanumeric),
        _ => false,
    }
}

/// The rows of a list. One that cannot be read makes the whole list unreadable: what it left out
/// would be taken for gone.
pub(super) fn packages(body: &[u8], mask: &Mask) -> Result<Vec<Listed>, Fault> {
    let text = wire::peel(body);
    if !text.starts_with('{') {
        return Err(no_object(&text, mask));
    }
    let stock: Stock = serde_json::from_str(&text)
        .map_err(|error| unreadable(mask.text(&format!("the list of packages: {error}"))))?;
    if let Some(error) = wire::complaint(&stock.error) {
        return Err(refused(mask.text(&error)));
    }
    match stock.packages {
        Some(rows) => rows
            .0
            .iter()
            .enumerate()
            .map(|(nth, row)| {
                listed(row).map_err(|why| {
                    unreadable(mask.text(&format!(
                        "row {} (id {}): {why}",
                        nth + 1,
                        shown(&row.id)
                    )))
                })
            })
            .collect(),
        None => Err(match wire::complaint(&stock.message) {
            Some(message) => refused(mask.text(&message)),
            None => unreadable(format!("no list of packages: {}", mask.text(&text))),
        }),
    }
}

fn listed(row: &Row) -> Result<Listed, String> {
    let pid = match &row.id {
        Loose::Text(text) if plain(text) => Pid::new(text.as_str()),
        Loose::Number(number) => Pid::new(number.to_string()),
        _ => None,
    };
    let pid = pid.ok_or_else(|| "the id is neither a number nor a short text".to_owned())?;
    let name = match &row.name {
        Loose::Text(text) if plain(text) && !text.trim().is_empty() => text.clone(),
        _ => return Err(format!("the name {} is no plain text", shown(&row.name))),
    };
    let stock = stock(&row.ipv4)
        .ok_or_else(|| format!("{name:?}: {} is no number of free addresses", shown(&row.ipv4)))?;
    let status = match &row.status {
        Loose::Text(text) if plain(text) => text.clone(),
        Loose::Number(number) => number.to_string(),
        _ => return Err(format!("{name:?}: the status {} is no word", shown(&row.status))),
    };
    let active = status.trim().eq_ignore_ascii_case("active");
    Ok(Listed { pid, name, stock, status, active })
}

fn stock(field: &Loose) -> Option<i64> {
    let number = match field {
        Loose::Number(number) => *number,
        Loose::Text(text) => {
            let digits = text.trim();
            let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| all_digits)?
        }
        Loose::Missing | Loose::Other(_) => return None,
    };
    i64::try_from(number).ok().filter(|_| number <= STOCK_MAX)
}

/// Text that is short and in which nothing hides.
fn plain(text: &str) -> bool {
    text.chars().count() <= TEXT_MAX && !text.contains(char::is_control)
}

fn shown(field: &Loose) -> String {
    match field {
        Loose::Missing => "(missing)".to_owned(),
        Loose::Text(text) => format!("{:?}", text.chars().take(40).collect::<String>()),
        Loose::Number(number) => number.to_string(),
        Loose::Other(json) => json.chars().take(40).collect(),
    }
}

/// What SmartVPS says of one server.
pub(super) fn described(body: &[u8], mask: &Mask) -> Result<Described, Fault> {
    let text = wire::peel(body);
    if !text.starts_with('{') {
        return Err(no_object(&text, mask));
    }
    let fields: Map<String, Value> = serde_json::from_str(&text)
        .map_err(|error| unreadable(mask.text(&format!("the status of a server: {error}"))))?;
    let status = Status::read(fields);
    if let Some(error) = &status.error {
        return Err(refused(mask.text(error)));
    }
    if !status.is_about_a_server() {
        return Err(match &status.message {
            Some(message) => refused(mask.text(message)),
            None => unreadable(format!("no status of a server: {}", mask.text(&text))),
        });
    }
    let os = status.os.as_deref().and_then(read_os);
    Ok(Described {
        address: status.ip.as_deref().and_then(|ip| ip.trim().parse().ok()),
        os,
        os_text: status.os.as_deref().map(short),
        ram: status.ram.as_deref().and_then(read_ram),
        username: username(os, status.username.as_deref()),
        expires_at: status.expiry_date.as_deref().and_then(expiry::read),
        expires_text: status.expiry_date.as_deref().map(short),
        power: power(status.power_status.as_deref(), status.action_status.as_deref()),
        exists: exists(status.machine_status.as_deref(), status.ip.is_some()),
        password: status.password,
    })
}

/// Linux is entered as `root`, whatever the answer says; Windows as it says.
fn username(os: Option<Os>, reported: Option<&str>) -> Option<String> {
    let reported = reported.map(short);
    match os {
        Some(os) if os.is_windows() => reported.or_else(|| Some("Administrator".to_owned())),
        Some(_) => Some("root".to_owned()),
        None => reported,
    }
}

fn power(power: Option<&str>, action: Option<&str>) -> Power {
    let is = |field: Option<&str>, word: &str| {
        field.is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
    };
    if is(power, "online") {
        Power::Running
    } else if is(power, "offline") {
        Power::Stopped
    } else if is(action, "pending") {
        Power::Busy
    } else {
        Power::Unknown
    }
}

/// Says whether the machine is there. Only a word that says it is gone counts as gone, or an
/// answer that has neither that word nor an address.
fn exists(machine: Option<&str>, has_address: bool) -> bool {
    const GONE: [&str; 12] = [
        "inactive",
        "terminated",
        "deleted",
        "destroyed",
        "removed",
        "cancelled",
        "canceled",
        "expired",
        "not found",
        "notfound",
        "none",
        "false",
    ];
    match machine.map(|text| text.trim().to_ascii_lowercase()) {
        Some(word) => !GONE.contains(&word.as_str()),
        None => has_address,
    }
}

/// An operating system as SmartVPS writes it: by its code, in any case, or by a label.
fn read_os(text: &str) -> Option<Os> {
    let code = text.trim().to_ascii_lowercase();
    Os::ALL.into_iter().find(|os| os_code(*os) == code).or_else(|| Os::read(text).ok())
}

/// The word that `changeos` takes.
pub(super) fn os_code(os: Os) -> &'static str {
    match os {
        Os::Windows2012 => "2012",
        Os::Windows2016 => "2016",
        Os::Windows2019 => "2019",
        Os::Windows2022 => "2022",
        // Not on the vendor's sheet: old shops send it.
        Os::Windows2025 => "2025",
        Os::Windows11 => "11",
        Os::Centos7 => "centos",
        Os::Ubuntu22 => "ubuntu",
    }
}

/// Memory in gigabytes. A bare 8192 would pass for more than was sold: it is not read.
fn read_ram(text: &str) -> Option<Ram> {
    Ram::parse(text).filter(|ram| ram.as_gb() <= RAM_MAX_GB)
}

fn short(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect()
}

/// An answer that is no JSON object: the provider's own no, or nothing that we understand.
fn no_object(text: &str, mask: &Mask) -> Fault {
    match said(text) {
        Said::Failure(words) => refused(mask.text(words.trim())),
        _ if text.is_empty() => unreadable("an empty answer".to_owned()),
        _ => unreadable(format!("neither a list nor an error: {}", mask.text(text))),
    }
}

fn refused(text: String) -> Fault {
    Fault::Refused { provider: PROVIDER, text }
}

fn unreadable(reason: String) -> Fault {
    Fault::Unreadable { provider: PROVIDER, reason }
}

/// What a person may read of an answer with another status than 200.
pub(super) fn status_fault(status: u16, body: &[u8], mask: &Mask) -> Fault {
    match status {
        401 | 403 => Fault::Unauthorized { provider: PROVIDER, status },
        _ => {
            let text = wire::peel(body);
            let fields: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
            let told = ["message", "error"]
                .into_iter()
                .find_map(|key| fields.get(key).and_then(wire::complaint));
            let text = told.map_or_else(|| mask.body(body), |told| mask.text(&told));
            Fault::Status { provider: PROVIDER, status, text }
        }
    }
}
