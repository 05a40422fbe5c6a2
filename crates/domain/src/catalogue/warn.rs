//! Low stock: one warning per level and crossing.

/// What changed between the levels that were told and those that hold now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Crossed {
    /// Levels that the stock fell to or below, highest first.
    pub down: Vec<i64>,
    /// Levels that it left again.
    pub up: Vec<i64>,
    /// The lowest level that holds now: what to remember.
    pub told: Option<i64>,
}

/// Compares the stock with the levels. Having told a low level includes every higher one.
pub(super) fn crossed(levels: &[i64], told: Option<i64>, stock: i64) -> Crossed {
    let mut levels = levels.to_vec();
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.dedup();
    let was = |level: i64| told.is_some_and(|told| told <= level);
    let is = |level: i64| stock <= level;
    let of = |wanted: &dyn Fn(i64) -> bool| levels.iter().copied().filter(|l| wanted(*l)).collect();
    Crossed {
        down: of(&|level| is(level) && !was(level)),
        up: of(&|level| was(level) && !is(level)),
        told: levels.iter().copied().filter(|level| is(*level)).min(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_is_told_once_per_crossing() {
        let mut told = None;
        let mut steps = Vec::new();
        for stock in [12, 10, 9, 5, 4, 3, 7, 5, 30, 4] {
            let crossed = crossed(&[10, 5], told, stock);
            told = crossed.told;
            steps.push((stock, crossed.down, crossed.up));
        }
        let none = Vec::new;
        let expected = [
            (12, none(), none()),
            (10, vec![10], none()),
            (9, none(), none()),
            (5, vec![5], none()),
            (4, none(), none()),
            (3, none(), none()),
            (7, none(), vec![5]),
            (5, vec![5], none()),
            (30, none(), vec![10, 5]),
            (4, vec![10, 5], none()),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn levels_may_stand_in_any_order() {
        assert_eq!(crossed(&[5, 10, 5], None, 1).down, [10, 5]);
        assert_eq!(crossed(&[], Some(5), 1), Crossed { down: vec![], up: vec![], told: None });
    }
}
