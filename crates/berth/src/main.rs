//! The binary: reads the command line, runs one command, ends with its exit code.
//! What the commands do lies in `command/`.

use std::process::ExitCode;

use berth::command;
use berth::exit::{self, Exit};
use berth::paint::Paint;

fn main() -> ExitCode {
    let exit = match command::run(command::parse()) {
        Ok(exit) => exit,
        Err(error) => {
            let exit = exit::code_of(&error);
            if exit != Exit::Done {
                eprintln!("{} {error:#}", Paint::stderr().bad("berth:"));
            }
            exit
        }
    };
    exit.into()
}
