//! `ipstock`: the list of packages, true or not.

use axum::body::Bytes;

use super::catalogue::{Row, write_list};
use super::encoding::Encoding;
use super::lie::{Deed, Lie};
use super::world::{World, Written};

/// Writes the list and wraps it. The true one is kept until something changes.
pub fn list(world: &mut World, encoding: Encoding, lie: Option<&Lie>) -> Bytes {
    match lie.filter(|lie| lie.deed != Deed::Honest) {
        Some(lie) => encoding.wrap(&lied(world, lie)).into(),
        None => true_list(world, encoding),
    }
}

fn true_list(world: &mut World, encoding: Encoding) -> Bytes {
    let (version, ids) = (world.catalogue.version(), world.settings.ids);
    let fits =
        |kept: &&Written| (kept.version, kept.ids, kept.encoding) == (version, ids, encoding);
    if let Some(kept) = world.written.as_ref().filter(fits) {
        return kept.body.clone();
    }
    let body = Bytes::from(encoding.wrap(&write_list(&world.catalogue.rows(), ids)));
    world.written = Some(Written { version, ids, encoding, body: body.clone() });
    body
}

fn lied(world: &World, lie: &Lie) -> String {
    if lie.deed == Deed::Refuse {
        return lie.text.clone().unwrap_or_else(|| "error|list not available".to_owned());
    }
    let mut rows = match lie.deed {
        Deed::NoPackages => Vec::new(),
        Deed::Stale => world.catalogue.stale_rows(),
        _ => world.catalogue.rows(),
    };
    spoil(&mut rows, lie);
    let text = write_list(&rows, world.settings.ids);
    match lie.deed {
        Deed::GarbageRow => text.replacen("{\"packages\":[", "{\"packages\":[[\"??\"],", 1),
        _ => text,
    }
}

/// Changes rows as the lie says. Without a PID it is about the first row.
fn spoil(rows: &mut Vec<Row>, lie: &Lie) {
    let about = match &lie.pid {
        Some(pid) => rows.iter().position(|row| row.id == *pid),
        None => (!rows.is_empty()).then_some(0),
    };
    let other_name = || lie.name.clone().unwrap_or_else(|| "103.252.9".to_owned());
    match (lie.deed, about) {
        (Deed::Duplicates, _) => {
            *rows = rows.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
        }
        (Deed::Vanished, _) if lie.pid.is_none() => rows.truncate(rows.len() / 2),
        (Deed::Vanished, Some(place)) => _ = rows.remove(place),
        (Deed::Renamed, Some(place)) => rows[place].name = other_name(),
        (Deed::Suspended, Some(place)) => rows[place].status = "suspended".to_owned(),
        (Deed::SharedPid, Some(place)) => {
            rows.push(Row { name: other_name(), ..rows[place].clone() });
        }
        (Deed::SameName, Some(place)) => {
            let id = format!("90{}", rows[place].id);
            rows.push(Row { id, ..rows[place].clone() });
        }
        _ => {}
    }
}
