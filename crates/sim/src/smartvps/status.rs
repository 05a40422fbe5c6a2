//! `status`: what the vendor says of one server.

use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use super::lie::{Deed, Lie};
use super::server::Server;
use super::world::{ExpiryFormat, World};
use crate::clock::civil;

/// Describes a server as JSON text, or answers with a sentence where there is none.
pub fn describe(
    world: &mut World,
    address: Option<Ipv4Addr>,
    now_ms: i64,
    lie: Option<&Lie>,
) -> String {
    let truth = Lie::default();
    let lie = lie.unwrap_or(&truth);
    if lie.deed == Deed::Refuse {
        return lie.text.clone().unwrap_or_else(|| "error|status not available".to_owned());
    }
    let Some(server) = address.and_then(|address| world.servers.get_mut(&address)) else {
        return "error|no such server".to_owned();
    };
    let shown = spoilt(server, lie);
    let password = match lie.deed {
        Deed::NoPassword => None,
        _ => server.ready_password(now_ms).map(str::to_owned),
    };
    server.ready_after_polls = server.ready_after_polls.saturating_sub(1);
    let action = if password.is_some() { "completed" } else { "pending" };
    let mut out = Map::new();
    let mut put = |key: &str, value: String| _ = out.insert(key.to_owned(), Value::from(value));
    put("IP", shown.address.to_string());
    put("OS", shown.os);
    put(&world.settings.user_key, shown.user);
    put("Password", password.unwrap_or_default());
    put("RAM", shown.ram);
    put("ExpiryDate", date(shown.expiry_ms, world.settings.expiry_format));
    put("PowerStatus", if shown.online { "Online" } else { "Offline" }.to_owned());
    put("MachineStatus", "active".to_owned());
    put("ActionStatus", action.to_owned());
    Value::Object(out).to_string()
}

/// The server as the lie shows it.
fn spoilt(server: &Server, lie: &Lie) -> Server {
    let mut shown = server.clone();
    match lie.deed {
        Deed::OtherAddress => {
            let next = Ipv4Addr::from(u32::from(server.address) ^ 1);
            shown.address = lie.address.unwrap_or(next);
        }
        Deed::OtherOs => {
            let unlikely = if server.os == "CentOS 7" { "Windows 11" } else { "CentOS 7" };
            shown.os = lie.os.clone().unwrap_or_else(|| unlikely.to_owned());
        }
        Deed::SmallerRam => {
            shown.ram = server.ram.parse::<u32>().map_or(1, |gb| (gb / 2).max(1)).to_string();
        }
        _ => {}
    }
    shown
}

fn date(moment_ms: i64, format: ExpiryFormat) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let [year, month, day, hour, minute, second] = civil(moment_ms);
    match format {
        ExpiryFormat::Iso => {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
        }
        ExpiryFormat::American => {
            let (twelve, half) = ((hour + 11) % 12 + 1, if hour < 12 { "AM" } else { "PM" });
            format!("{month}/{day}/{year} {twelve}:{minute:02}:{second:02} {half}")
        }
        ExpiryFormat::Words => {
            let month = usize::try_from(month - 1).ok().and_then(|place| MONTHS.get(place));
            format!("{} {day}, {year} {hour:02}:{minute:02}", month.unwrap_or(&"Jan"))
        }
        ExpiryFormat::Unreadable => "soon".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_the_ways_that_vendors_write_them() {
        let moment = 1_795_269_780_000;
        assert_eq!(date(moment, ExpiryFormat::Iso), "2026-11-21T14:03:00");
        assert_eq!(date(moment, ExpiryFormat::American), "11/21/2026 2:03:00 PM");
        assert_eq!(date(moment, ExpiryFormat::Words), "Nov 21, 2026 14:03");
        assert_eq!(date(0, ExpiryFormat::American), "1/1/1970 12:00:00 AM");
    }
}
