//! INV-22 and INV-23: nobody reads of a server that is not theirs, and no secret is told.

use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;

use super::Report;
use super::look::Look;

pub fn check(look: &Look<'_>, report: &mut Report) {
    others_servers(look, report);
    let secrets = Secrets::of(look);
    secrets_in_rows(look, &secrets, report);
    for told in look.evidence.told {
        secrets.search(&told.place, told.text.as_bytes(), report);
    }
    sealed(look, report);
    links(look, report);
}

/// INV-22, in whatever customers could read: what the harness saw, and what is kept to be
/// answered again.
fn others_servers(look: &Look<'_>, report: &mut Report) {
    let addresses = addresses(look);
    let theirs = delivered_to(look);
    let public = named_by_packages(look);
    let mut search = |by: Option<&str>, place: &str, text: &str| {
        let own = by.and_then(|account| theirs.get(account));
        for address in addresses_in(text) {
            let known = addresses.contains(&address) && !public.contains(&address);
            let own = own.is_some_and(|own| own.contains(&address));
            report.unless(!known || own, "INV-22", || {
                let by = by.unwrap_or("anybody");
                format!("{by} reads of {address} in {place}, and it was never delivered to them")
            });
        }
    };
    for seen in look.evidence.seen {
        search(seen.by.as_deref(), &seen.place, &seen.text);
    }
    let accounts = look.rows().accounts.iter().filter(|account| account.role == "customer");
    let customers: HashSet<&str> = accounts.map(|account| account.id.as_str()).collect();
    for request in &look.rows().requests {
        let text = request.body.as_deref().and_then(|body| std::str::from_utf8(body).ok());
        if let Some(text) = text.filter(|_| customers.contains(request.account_id.as_str())) {
            let place = format!("the kept answer to {}", request.route);
            search(Some(&request.account_id), &place, text);
        }
    }
    for order in &look.rows().orders {
        if let Some(text) = &order.public_error {
            let place = format!("the public error of {}", order.number);
            search(Some(&order.account_id), &place, text);
        }
    }
    for mail in &look.rows().mails {
        let order = mail.order_id.as_deref().and_then(|id| look.orders.get(id));
        let Some(order) = order else { continue };
        let place = format!("mail {} ({})", mail.id, mail.kind);
        for text in [Some(&mail.facts), mail.subject.as_ref(), mail.body.as_ref()] {
            search(Some(&order.account_id), &place, text.map_or("", |text| text));
        }
    }
}

/// Every address that the shop or the upstream knows as a server.
fn addresses(look: &Look<'_>) -> HashSet<Ipv4Addr> {
    let booked = look.rows().servers.iter().filter_map(|server| server.address.parse().ok());
    let sold = look.evidence.upstream.iter().flat_map(|record| &record.sold);
    booked.chain(sold.map(|sold| sold.address)).collect()
}

fn delivered_to<'a>(look: &Look<'a>) -> HashMap<&'a str, HashSet<Ipv4Addr>> {
    let mut theirs: HashMap<&str, HashSet<Ipv4Addr>> = HashMap::new();
    for server in look.rows().servers.iter().filter(|server| server.delivered_at.is_some()) {
        let order = server.order_id.as_deref().and_then(|id| look.orders.get(id));
        if let (Some(order), Ok(address)) = (order, server.address.parse()) {
            theirs.entry(order.account_id.as_str()).or_default().insert(address);
        }
    }
    theirs
}

/// A package may be called by a whole address: that is a name, and everybody may read it.
fn named_by_packages(look: &Look<'_>) -> HashSet<Ipv4Addr> {
    let packages = look.rows().packages.iter().map(|package| package.name.as_str());
    let sold = look.rows().orders.iter().map(|order| order.package_name.as_str());
    let shown = look.rows().products.iter().map(|product| product.name.as_str());
    packages.chain(sold).chain(shown).flat_map(addresses_in).collect()
}

/// Whole addresses in a text: four numbers with dots between them, and no digit or dot that would
/// make them part of something longer.
fn addresses_in(text: &str) -> impl Iterator<Item = Ipv4Addr> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|piece| piece.trim_matches('.'))
        .filter(|piece| piece.len() >= 7)
        .filter_map(|piece| piece.parse().ok())
}

/// Secrets, found in one pass over a text however many there are.
struct Secrets<'a> {
    /// By their first bytes, of which a window of the text is looked up.
    by_head: HashMap<[u8; HEAD], Vec<(&'a str, &'a [u8])>>,
    /// Which first bytes there are: nearly every place of a text is done with here.
    begins: [bool; 256],
}

const HEAD: usize = 4;

impl<'a> Secrets<'a> {
    fn of(look: &Look<'a>) -> Secrets<'a> {
        let mut secrets = Secrets { by_head: HashMap::new(), begins: [false; 256] };
        let made = look.evidence.upstream.iter().flat_map(|record| &record.passwords);
        made.for_each(|made| secrets.add("the password of a server", &made.text));
        let given = look.evidence.secrets.iter();
        given.for_each(|secret| secrets.add(&secret.name, &secret.text));
        secrets
    }

    fn add(&mut self, name: &'a str, text: &'a str) {
        if let Some(head) = text.as_bytes().first_chunk::<HEAD>() {
            self.begins[usize::from(head[0])] = true;
            self.by_head.entry(*head).or_default().push((name, text.as_bytes()));
        }
    }

    fn search(&self, place: &str, text: &[u8], report: &mut Report) {
        if self.by_head.is_empty() || text.len() < HEAD {
            return;
        }
        let places = text.iter().enumerate().filter(|(_, byte)| self.begins[usize::from(**byte)]);
        for (at, _) in places {
            let Some(head) = text[at..].first_chunk::<HEAD>() else { return };
            let Some(secrets) = self.by_head.get(head) else { continue };
            for (name, _) in secrets.iter().filter(|(_, secret)| text[at..].starts_with(secret)) {
                report.say("INV-23", format!("{place} tells {name}"));
            }
        }
    }
}

/// Columns that people and programs read, and that no seal protects.
fn secrets_in_rows(look: &Look<'_>, secrets: &Secrets<'_>, report: &mut Report) {
    let rows = look.rows();
    let mut search = |place: String, text: &Option<String>| {
        if let Some(text) = text {
            secrets.search(&place, text.as_bytes(), report);
        }
    };
    for order in &rows.orders {
        search(format!("the error of {}", order.number), &order.error);
        search(format!("the public error of {}", order.number), &order.public_error);
    }
    for server in &rows.servers {
        search(format!("the verdict on {}", server.id), &server.verdict_why);
        search(format!("the reason of {}", server.id), &server.reason);
        search(format!("the OS of {}", server.id), &server.os_text);
    }
    rows.answers
        .iter()
        .for_each(|row| search(format!("the answer of {}", row.permit), &row.reason));
    rows.operations.iter().for_each(|row| search(format!("operation {}", row.id), &row.detail));
    rows.errands.iter().for_each(|row| search(format!("errand {}", row.id), &row.detail));
    rows.payments.iter().for_each(|row| search(format!("payment {}", row.id), &row.reason));
    rows.jobs.iter().for_each(|row| search(format!("job {}", row.id), &row.note));
    for mail in &rows.mails {
        for text in [&mail.error, &mail.subject, &mail.body, &mail.html] {
            search(format!("mail {}", mail.id), text);
        }
    }
    for reading in &rows.readings {
        search(format!("reading {}", reading.request_number), &reading.failure);
    }
    for event in &rows.events {
        let place = format!("event {} of {}", event.seq, event.order_id);
        secrets.search(&place, event.data.as_bytes(), report);
    }
    for mail in &rows.mails {
        secrets.search(&format!("mail {}", mail.id), mail.facts.as_bytes(), report);
    }
    for alert in &rows.alerts {
        secrets.search(&format!("alert {}", alert.id), alert.text.as_bytes(), report);
    }
    for row in &rows.audit {
        secrets.search(&format!("audit row {}", row.id), row.detail.as_bytes(), report);
    }
    for setting in &rows.settings {
        secrets.search(&format!("setting {}", setting.name), setting.value.as_bytes(), report);
    }
    for request in &rows.requests {
        let place = format!("the kept answer to {}", request.route);
        secrets.search(&place, request.body.as_deref().unwrap_or_default(), report);
    }
}

/// Staff read the mails that are kept: the links in them open nothing.
fn links(look: &Look<'_>, report: &mut Report) {
    for mail in &look.rows().mails {
        for text in [&mail.subject, &mail.body, &mail.html] {
            let links = text.iter().flat_map(|text| text.split("?token=").skip(1));
            for link in links {
                report.unless(link.starts_with("hidden"), "INV-23", || {
                    format!("mail {} ({}) keeps a link that opens something", mail.id, mail.kind)
                });
            }
        }
    }
}

/// Answers, credentials and second factors are sealed before they reach a table: nobody can read
/// them there.
fn sealed(look: &Look<'_>, report: &mut Report) {
    let answers = look.rows().answers.iter();
    let answers = answers.map(|row| (format!("the answer of {}", row.permit), &row.body));
    let servers = look.rows().servers.iter();
    let servers = servers.map(|row| (format!("the credentials of {}", row.id), &row.credentials));
    let factors = look.rows().second_factors.iter();
    let factors =
        factors.map(|row| (format!("the second factor of {}", row.account_id), &row.secret));
    for (place, bytes) in answers.chain(servers).chain(factors) {
        let Some(bytes) = bytes else { continue };
        let readable = !bytes.is_empty() && std::str::from_utf8(bytes).is_ok();
        report.unless(!readable, "INV-23", || format!("{place} can be read by anybody"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_whole_or_not_at_all() {
        let found = |text| addresses_in(text).map(|a| a.to_string()).collect::<Vec<_>>();
        assert_eq!(found("Your IP is: 103.181.91.50."), ["103.181.91.50"]);
        assert_eq!(found("<b>103.181.91.50</b>:22, 1.2.3.4"), ["103.181.91.50", "1.2.3.4"]);
        assert_eq!(found("103.181.91 and 103.181.91.256 and 1.103.181.91.50"), [""; 0]);
    }
}
