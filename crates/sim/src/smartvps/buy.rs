//! `buyvps`: sells a server, or does something else and calls it success.

use std::net::Ipv4Addr;

use super::lie::{Deed, Lie};
use super::world::{Sale, WhenEmpty, World};

/// Carries a purchase out and returns the vendor's sentence.
pub fn buy(world: &mut World, sale: &Sale<'_>, lie: Option<&Lie>) -> String {
    let truth = Lie::default();
    let lie = lie.unwrap_or(&truth);
    match lie.deed {
        Deed::Refuse => refusal(lie, sale),
        Deed::Nothing => success(&[would_be(world)]),
        Deed::Replay => replay(world, lie),
        Deed::Fallback => match fall_back(world, lie, sale) {
            Some(address) => success(&[address]),
            None => out_of_stock(sale),
        },
        deed => match sell_as_asked(world, sale) {
            Ok(address) => named(world, deed, address, sale),
            Err(sentence) => sentence,
        },
    }
}

fn success(addresses: &[Ipv4Addr]) -> String {
    let list: Vec<String> = addresses.iter().map(Ipv4Addr::to_string).collect();
    match list.as_slice() {
        [] => "success|Congratulations, your server is being installed.".to_owned(),
        list => format!(
            "success|Congratulations, your server is being installed. Your ip is: {}",
            list.join(" Your ip is: ")
        ),
    }
}

fn out_of_stock(sale: &Sale<'_>) -> String {
    format!("error|{} out of stock", sale.asked_for)
}

fn refusal(lie: &Lie, sale: &Sale<'_>) -> String {
    lie.text.clone().unwrap_or_else(|| out_of_stock(sale))
}

/// What is said of a server that was sold.
fn named(world: &mut World, deed: Deed, address: Ipv4Addr, sale: &Sale<'_>) -> String {
    match deed {
        Deed::NoAddress => success(&[]),
        Deed::TwoNamed => success(&[address, would_be(world)]),
        Deed::TwoSold => match sell_as_asked(world, sale) {
            Ok(second) => success(&[address, second]),
            Err(_) => success(&[address]),
        },
        _ => success(&[address]),
    }
}

/// An address that nobody has: no package of the demo reaches there.
fn would_be(world: &mut World) -> Ipv4Addr {
    let last = u8::try_from(world.chance.below(254)).unwrap_or(0) + 1;
    Ipv4Addr::new(103, 252, 9, last)
}

/// Sells by name, as the vendor does: the first active package of that name that has anything.
fn sell_as_asked(world: &mut World, sale: &Sale<'_>) -> Result<Ipv4Addr, String> {
    let places = world.catalogue.by_name(sale.asked_for).to_vec();
    let Some(first) = places.first().copied() else {
        return Err(format!("error|{} is no package", sale.asked_for));
    };
    let active: Vec<usize> =
        places.into_iter().filter(|place| world.catalogue.at(*place).is_active()).collect();
    if active.is_empty() {
        return Err(format!("error|{} is not active", sale.asked_for));
    }
    if let Some(address) = active.into_iter().find_map(|place| world.sell(place, sale)) {
        return Ok(address);
    }
    match world.settings.when_empty {
        WhenEmpty::Refuse => Err(out_of_stock(sale)),
        WhenEmpty::Fallback => sell_another(world, first, sale).ok_or_else(|| out_of_stock(sale)),
    }
}

/// Another package's server. A package whose pool has run dry is passed over.
fn sell_another(world: &mut World, except: usize, sale: &Sale<'_>) -> Option<Ipv4Addr> {
    for _ in 0..world.catalogue.count() {
        let place = world.another(except)?;
        if let Some(address) = world.sell(place, sale) {
            return Some(address);
        }
    }
    None
}

/// Sells what the lie names: an address, a package, or anything else than what was asked for.
fn fall_back(world: &mut World, lie: &Lie, sale: &Sale<'_>) -> Option<Ipv4Addr> {
    let asked = world.catalogue.by_name(sale.asked_for).first().copied().unwrap_or(0);
    let named = lie.pid.as_deref().and_then(|pid| world.catalogue.by_pid(pid));
    if let Some(address) = lie.address {
        let place = named.or_else(|| owner_of(world, address)).unwrap_or(asked);
        if world.catalogue.count() == 0 {
            return None;
        }
        // Pressed twice, the second buyer gets a neighbour.
        if world.is_taken(address) {
            return world.sell(place, sale);
        }
        world.catalogue.count_down(place);
        world.hand_over(address, place, sale);
        return Some(address);
    }
    match named {
        Some(place) => world.sell(place, sale),
        None => sell_another(world, asked, sale),
    }
}

/// The package whose name comes closest to an address, judged by its text.
fn owner_of(world: &World, address: Ipv4Addr) -> Option<usize> {
    let text = address.to_string();
    let fits = |name: &str| name.contains('.') && text.starts_with(&format!("{name}."));
    (0..world.catalogue.count())
        .filter(|place| fits(&world.catalogue.at(*place).name))
        .max_by_key(|place| world.catalogue.at(*place).name.len())
}

fn replay(world: &World, lie: &Lie) -> String {
    let last = world.record.sold.last().map(|sold| sold.address);
    match lie.address.or(last) {
        Some(address) => success(&[address]),
        None => success(&[]),
    }
}
