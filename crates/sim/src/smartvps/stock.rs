//! `ipstock`: the list of packages, true or not.

use super::catalogue::{Row, write_list};
use super::lie::{Deed, Lie};
use super::world::World;

/// Writes the list. The true one is kept until something changes.
pub fn list(world: &mut World, lie: Option<&Lie>) -> String {
    let ids = world.settings.ids;
    let Some(lie) = lie.filter(|lie| lie.deed != Deed::Honest) else {
        return true_list(world);
    };
    if lie.deed == Deed::Refuse {
        return lie.text.clone().unwrap_or_else(|| "error|list not available".to_owned());
    }
    let mut rows = match lie.deed {
        Deed::NoPackages => Vec::new(),
        Deed::Stale => world.catalogue.stale_rows(),
        _ => world.catalogue.rows(),
    };
    spoil(&mut rows, lie);
    let text = write_list(&rows, ids);
    match lie.deed {
        Deed::GarbageRow => text.replacen("{\"packages\":[", "{\"packages\":[[\"??\"],", 1),
        _ => text,
    }
}

fn true_list(world: &mut World) -> String {
    let (version, ids) = (world.catalogue.version(), world.settings.ids);
    match &world.written {
        Some((written, with, text)) if *written == version && *with == ids => text.clone(),
        _ => {
            let text = write_list(&world.catalogue.rows(), ids);
            world.written = Some((version, ids, text.clone()));
            text
        }
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
