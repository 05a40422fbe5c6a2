//! The words that SmartVPS understands: one per path.

use serde::{Deserialize, Serialize};

/// What can be asked of SmartVPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    Ipstock,
    Buyvps,
    Status,
    Start,
    Stop,
    Format,
    Changeos,
    Renewvps,
}

impl Op {
    pub const ALL: [Op; 8] = [
        Op::Ipstock,
        Op::Buyvps,
        Op::Status,
        Op::Start,
        Op::Stop,
        Op::Format,
        Op::Changeos,
        Op::Renewvps,
    ];

    /// The last part of the path.
    pub fn word(self) -> &'static str {
        match self {
            Op::Ipstock => "ipstock",
            Op::Buyvps => "buyvps",
            Op::Status => "status",
            Op::Start => "start",
            Op::Stop => "stop",
            Op::Format => "format",
            Op::Changeos => "changeos",
            Op::Renewvps => "renewvps",
        }
    }

    pub fn parse(word: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|op| op.word() == word)
    }
}

/// Operating systems by the code that `changeos` takes, and as `status` writes them.
pub const SYSTEMS: [(&str, &str); 8] = [
    ("2012", "Windows Server 2012"),
    ("2016", "Windows Server 2016"),
    ("2019", "Windows Server 2019"),
    ("2022", "Windows Server 2022"),
    ("2025", "Windows Server 2025"),
    ("11", "Windows 11"),
    ("centos", "CentOS 7"),
    ("ubuntu", "Ubuntu 22"),
];

/// The label of a code; nothing for a word that is no code.
pub fn label_of(code: &str) -> Option<&'static str> {
    SYSTEMS.into_iter().find(|(known, _)| *known == code).map(|(_, label)| label)
}

/// The login that comes with a system.
pub fn user_of(label: &str) -> &'static str {
    if label.starts_with("Windows") { "Administrator" } else { "root" }
}
