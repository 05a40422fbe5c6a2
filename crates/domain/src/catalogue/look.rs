//! Before a purchase: may this PID be bought by its name of today? A name is never a key: a PID
//! that is gone is gone, also when another row bears its old name.

use super::{List, same_promise};
use crate::block::Promise;
use crate::package::{Listed, Pid};

/// What a reading says of a package that somebody paid for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// It can be bought, under this name.
    Buy {
        name: String,
        stock: i64,
        renamed_from: Option<String>,
    },
    /// The PID is in no row.
    Gone,
    Inactive {
        status: String,
    },
    /// None are left.
    Empty {
        stock: i64,
    },
    /// Only the buffer is left.
    AtCapacity {
        stock: i64,
    },
    /// It cannot be told which package a purchase would come from; in words.
    Ambiguous(String),
    /// Its name promises other addresses than were sold, or none.
    OtherBlock {
        name: String,
    },
}

impl List {
    /// Looks for a package that was sold under a name, with a promise.
    ///
    /// Doubt about what would be bought comes before whether it could be: such an order is held,
    /// while one that cannot be bought fails.
    pub fn look_up(&self, pid: &Pid, sold_as: &str, promise: &Promise, buffer: i64) -> Look {
        let row = match self.of_pid(pid)[..] {
            [] => return Look::Gone,
            [row] => row,
            ref several => return Look::Ambiguous(two_names(pid, several)),
        };
        let renamed = row.name != sold_as;
        // With neither a block nor ranges nothing says that the new name is the same thing.
        let unknown = matches!(promise, Promise::Nothing(_));
        if renamed && (unknown || !same_promise(sold_as, &row.name)) {
            return Look::OtherBlock { name: row.name.clone() };
        }
        if !row.active {
            return Look::Inactive { status: row.status.clone() };
        }
        if let Some(namesakes) = self.crowd_at(&row.name) {
            let name = &row.name;
            return Look::Ambiguous(format!("the name {name:?} stands on {namesakes} active rows"));
        }
        match row.stock {
            stock if stock <= 0 => Look::Empty { stock },
            stock if stock - buffer <= 0 => Look::AtCapacity { stock },
            stock => Look::Buy {
                name: row.name.clone(),
                stock,
                renamed_from: renamed.then(|| sold_as.to_owned()),
            },
        }
    }
}

fn two_names(pid: &Pid, rows: &[&Listed]) -> String {
    let names: Vec<String> = rows.iter().map(|row| format!("{:?}", row.name)).collect();
    format!("PID {pid} stands beside several names: {}", names.join(", "))
}
