//! Low stock: one warning at a time, of the lowest level that is reached.

/// What changed between the levels that were told and those that hold now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Crossed {
    /// The level that is told from now on.
    pub begun: Option<i64>,
    /// Levels that are told no more, highest first.
    pub over: Vec<i64>,
    /// The lowest level that holds now: what to remember.
    pub told: Option<i64>,
}

/// Compares the stock with the levels. A low level says all that a higher one says.
pub(super) fn crossed(levels: &[i64], told: Option<i64>, stock: i64) -> Crossed {
    let mut levels = levels.to_vec();
    levels.sort_unstable_by(|a, b| b.cmp(a));
    levels.dedup();
    let was = |level: i64| told.is_some_and(|told| told <= level);
    let now = levels.iter().copied().filter(|level| stock <= *level).min();
    if now == told {
        return Crossed { begun: None, over: vec![], told };
    }
    let over = levels.into_iter().filter(|level| was(*level) && Some(*level) != now).collect();
    Crossed { begun: now, over, told: now }
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
            steps.push((stock, crossed.begun, crossed.over));
        }
        let none = Vec::new;
        let expected = [
            (12, None, none()),
            (10, Some(10), none()),
            (9, None, none()),
            (5, Some(5), vec![10]),
            (4, None, none()),
            (3, None, none()),
            (7, Some(10), vec![5]),
            (5, Some(5), vec![10]),
            // The higher one too: it may be open from a time when both were told.
            (30, None, vec![10, 5]),
            (4, Some(5), none()),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn levels_may_stand_in_any_order() {
        assert_eq!(crossed(&[5, 10, 5], None, 1).begun, Some(5));
        assert_eq!(crossed(&[], Some(5), 1), Crossed { begun: None, over: vec![], told: None });
    }
}
