//! Operating systems that a server can be sold with. One list for the shop, the order and the
//! check; how a provider spells them is translated in its adapter.

use std::fmt;

/// An operating system a customer can choose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Os {
    Windows2012,
    Windows2016,
    Windows2019,
    Windows2022,
    Windows2025,
    Windows11,
    Centos7,
    Ubuntu22,
}

/// What a person may read of an operating system that we do not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an operating system we offer; use one of {known}", known = Os::codes())]
pub struct UnknownOs(pub String);

impl Os {
    pub const ALL: [Os; 8] = [
        Os::Ubuntu22,
        Os::Centos7,
        Os::Windows2012,
        Os::Windows2016,
        Os::Windows2019,
        Os::Windows2022,
        Os::Windows2025,
        Os::Windows11,
    ];

    /// The word that programs use and that the database keeps.
    pub fn code(self) -> &'static str {
        match self {
            Os::Windows2012 => "2012",
            Os::Windows2016 => "2016",
            Os::Windows2019 => "2019",
            Os::Windows2022 => "2022",
            Os::Windows2025 => "2025",
            Os::Windows11 => "11",
            Os::Centos7 => "centos",
            Os::Ubuntu22 => "ubuntu",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Os::Windows2012 => "Windows Server 2012",
            Os::Windows2016 => "Windows Server 2016",
            Os::Windows2019 => "Windows Server 2019",
            Os::Windows2022 => "Windows Server 2022",
            Os::Windows2025 => "Windows Server 2025",
            Os::Windows11 => "Windows 11",
            Os::Centos7 => "CentOS 7",
            Os::Ubuntu22 => "Ubuntu 22",
        }
    }

    pub fn is_windows(self) -> bool {
        !matches!(self, Os::Centos7 | Os::Ubuntu22)
    }

    /// Reads the exact code, as the database and the API write it.
    pub fn parse(code: &str) -> Result<Os, UnknownOs> {
        Os::ALL
            .into_iter()
            .find(|os| os.code() == code)
            .ok_or_else(|| UnknownOs(code.chars().take(40).collect()))
    }

    /// Reads what people and providers write: `Ubuntu 22.04`, `windows2019`, `Windows 2022 64`.
    /// The family and the version must both be there; nothing is guessed.
    pub fn read(text: &str) -> Result<Os, UnknownOs> {
        if let Ok(os) = Os::parse(text.trim()) {
            return Ok(os);
        }
        let unknown = || UnknownOs(text.chars().take(40).collect());
        let lower = text.to_lowercase();
        let version = lower
            .split(|c: char| !c.is_ascii_digit())
            .find(|digits| !digits.is_empty())
            .ok_or_else(unknown)?;
        let family = ["windows", "win", "centos", "ubuntu"]
            .into_iter()
            .find(|family| lower.contains(family))
            .ok_or_else(unknown)?;
        match (family, version) {
            ("centos", "7") => Ok(Os::Centos7),
            ("ubuntu", "22") => Ok(Os::Ubuntu22),
            ("windows" | "win", "11" | "2012" | "2016" | "2019" | "2022" | "2025") => {
                Os::parse(version)
            }
            _ => Err(unknown()),
        }
    }

    fn codes() -> String {
        Os::ALL.map(Os::code).join(", ")
    }
}

impl fmt::Display for Os {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_old_shops_are_understood() {
        for (text, os) in [
            ("Ubuntu 22", Os::Ubuntu22),
            ("ubuntu-22.04", Os::Ubuntu22),
            ("ubuntu22", Os::Ubuntu22),
            ("centos7", Os::Centos7),
            ("Windows 2022 64", Os::Windows2022),
            ("Windows Server 2022", Os::Windows2022),
            ("windows2019", Os::Windows2019),
            ("win11", Os::Windows11),
        ] {
            assert_eq!(Os::read(text), Ok(os), "{text}");
        }
    }

    #[test]
    fn an_unknown_version_is_not_guessed() {
        for text in ["ubuntu20", "centos8", "windows", "", "debian 12"] {
            assert!(Os::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_code_and_label_reads_back() {
        for os in Os::ALL {
            assert_eq!(Os::parse(os.code()), Ok(os));
            assert_eq!(Os::read(os.label()), Ok(os));
        }
    }

    #[test]
    fn windows_is_what_is_reached_by_its_desktop() {
        let others: Vec<Os> = Os::ALL.into_iter().filter(|os| !os.is_windows()).collect();
        assert_eq!(others, [Os::Ubuntu22, Os::Centos7]);
    }
}
