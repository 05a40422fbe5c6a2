//! The catalogue of the demo: the package names that the incidents were about, and their kin.

use super::catalogue::Package;

/// Twenty packages: every form of a name, one nearly sold out, one at three, one suspended.
pub fn packages() -> Vec<Package> {
    vec![
        Package::new("5", "103.82.72", 71),
        Package::new("6", "103.181.91", 12),
        Package::new("7", "103.181.9", 30),
        Package::new("8", "103.184 (Diamond Pro AMD 3.1GHz)", 25),
        Package::new("9", "103.109.18x", 18),
        Package::new("11", "103.182.44", 40),
        Package::new("12", "103.83.x", 33),
        Package::new("13", "103.195", 60),
        Package::new("14", "103.73.222.xx", 22),
        Package::new("15", "103.93.17x", 16),
        Package::new("16", "157.254.25.xx", 27),
        Package::new("17", "45.157.xx (Gold Linux)", 45),
        Package::new("18", "103.227.xx (Gold Linux)", 4),
        Package::new("19", "103.47. 59.XX", 3),
        Package::new("20", "103.187.xx", 14).with_status("suspended"),
        Package::new("21", "Premium VPS", 20).from_pool("172.111.48"),
        Package::new("123", "103.195.160.2", 50),
        Package::new("456", "103.195.160.5", 10),
        Package::new("789", "103.195.160.8", 20),
        Package::new("790", "103.15.xx", 0),
    ]
}

/// As many packages as a benchmark asks for, each with a block of its own.
pub fn many(count: usize, stock: i64) -> Vec<Package> {
    (0..count)
        .map(|number| {
            let (a, b) = (11 + number / 65_536, number / 256 % 256);
            let name = format!("{a}.{b}.{}", number % 256);
            Package::new((1_000 + number).to_string(), name, stock)
        })
        .collect()
}
