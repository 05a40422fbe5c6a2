//! Everything that was ever found, every seed, and a few thousand changed ones: the short part of
//! fuzzing, the same in every run. The long part is `cargo xtask fuzz`.

use fuzz::mutate::{self, Chance};
use fuzz::{ALL, Target};

fn try_changed(target: &Target, rounds: usize) {
    let seeds = (target.seeds)();
    let mut chance = Chance::seeded(20_261_121);
    seeds.iter().for_each(|seed| (target.run)(seed));
    for _ in 0..rounds {
        (target.run)(&mutate::changed(&seeds, &mut chance));
    }
}

#[test]
fn what_was_found_once_stays_found() {
    for target in ALL {
        fuzz::files(&fuzz::cases(target.name)).iter().for_each(|case| (target.run)(case));
    }
}

#[test]
fn any_bytes_keep_what_must_hold() {
    for target in ALL {
        let dear = ["body", "talk", "settings"].contains(&target.name);
        try_changed(target, if dear { 500 } else { 3_000 });
    }
}

#[test]
fn a_case_lies_in_the_folder_of_a_target() {
    let folder = fuzz::cases("");
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(fuzz::named(&name).is_some(), "no target is called {name}");
    }
}
