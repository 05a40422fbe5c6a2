//! The shop in a real browser: Debian's Chromium, told what to do as a person would, before a
//! `berth demo` that really runs. Nothing here looks behind the pages; the lies outside are told
//! through the simulators' own commands.
#![cfg(test)]

mod browser {
    mod account;
    mod buying;
    mod chromium;
    mod incident;
    mod morning;
    mod office;
    mod phone;
    mod plain;
    mod shop;
    mod tab;
    mod trouble;
}
