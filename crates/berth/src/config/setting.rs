//! What a setting is, and the macro that makes one list of them serve for reading, checking,
//! showing and explaining. Not for the settings themselves: each section has a file.

/// One thing that can be set, in the environment or in `berth.toml`.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub env: &'static str,
    pub section: &'static str,
    pub key: &'static str,
    pub otherwise: Otherwise,
    pub help: &'static str,
    pub shown: Shown,
    /// The type that it is read as.
    pub is: &'static str,
}

impl Setting {
    /// What it is counted in, where the explanation alone does not say how it is written.
    pub fn unit(&self) -> Option<&'static str> {
        Some(match self.is {
            "Duration" => "a length of time: 500ms, 2s, 15m, 3h or 10d",
            "u32" => "a whole number",
            "Vec<u32>" => "whole numbers with commas between",
            "Limit<u32>" | "Limit<i64>" => "a whole number, or off",
            "Rate" => "a number of per cent",
            _ => return None,
        })
    }

    /// Its place in `berth.toml`: `stock.warn_at`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }
}

/// What holds while nothing is given.
#[derive(Debug, Clone, Copy)]
pub enum Otherwise {
    /// This value, written as one would set it.
    Value(&'static str),
    /// No value; the text says what that means.
    Meaning(&'static str),
}

/// How much of a value people may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Plain,
    /// An address that may carry a password: shown without it.
    WithoutPassword,
    Never,
}

/// Makes one section: its struct, its rows in the list of settings, and how it is read.
///
/// A row is: what it means (the help sentence), the environment's name, the field (also the key
/// in `berth.toml`), its type, what holds otherwise, and the function that reads the text.
/// `default` gives a plain field; `unset`, `secret` and `address` (may carry a password) an
/// `Option`.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident = $section:literal;
        $(
            $(#[doc = $help:literal])+
            $env:literal $field:ident: $type:ty, $mode:ident $otherwise:literal, $parse:expr;
        )+
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $help])+ pub $field: section!(@type $mode $type), )+
        }

        impl $name {
            pub const SETTINGS: &'static [$crate::config::Setting] = &[$(
                $crate::config::Setting {
                    env: $env,
                    section: $section,
                    key: stringify!($field),
                    otherwise: section!(@otherwise $mode $otherwise),
                    help: concat!($($help),+),
                    shown: section!(@shown $mode),
                    is: stringify!($type),
                },
            )+];

            pub(super) fn read(given: &mut $crate::config::reader::Reader) -> Option<$name> {
                // All fields are read before the first `?`: every mistake is told at once.
                $( let $field = section!(@read $mode given, $env, $parse); )+
                Some($name { $( $field: $field? ),+ })
            }
        }
    };
    (@type default $type:ty) => { $type };
    (@type $mode:ident $type:ty) => { Option<$type> };
    (@otherwise default $text:literal) => { $crate::config::Otherwise::Value($text) };
    (@otherwise $mode:ident $text:literal) => { $crate::config::Otherwise::Meaning($text) };
    (@shown secret) => { $crate::config::Shown::Never };
    (@shown address) => { $crate::config::Shown::WithoutPassword };
    (@shown $mode:ident) => { $crate::config::Shown::Plain };
    (@read default $given:ident, $env:literal, $parse:expr) => { $given.required($env, $parse) };
    (@read $mode:ident $given:ident, $env:literal, $parse:expr) => {
        $given.optional($env, $parse)
    };
}
pub(super) use section;
