//! The shop as it really runs: the built program is started, killed, frozen and cut off from its
//! database while orders are under way, and the upstream outlives it. Whatever happens, at most
//! one request leaves per permit, each paid order ends right, and the books add up.
#![cfg(test)]

mod survive {
    mod abuse;
    mod chaos;
    mod cluster;
    mod copied;
    mod crowd;
    mod cut;
    mod desk;
    mod disk;
    mod frozen;
    mod killed;
    mod line;
    mod moment;
    mod nodes;
    mod overload;
    mod postgres;
    mod random;
    mod serve;
    mod shop;
    mod told_to_stop;
    mod upstream_away;
}
