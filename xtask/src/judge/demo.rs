//! A demo of the shop for judges: it runs until the judge is done with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::house::{cargo, succeed};

pub struct Demo {
    child: Child,
    pub url: String,
    people: Vec<Person>,
}

/// Somebody whom the demo knows.
pub struct Person {
    role: String,
    email: String,
    password: String,
    pub key: String,
}

impl Demo {
    /// A new one each time: what a judge leaves behind is nothing to the next.
    pub fn open(scratch: &Path) -> Result<Demo> {
        succeed(&mut cargo(&["build", "--locked", "-p", "berth"]))?;
        let data = scratch.join("demo");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let target = scratch.parent().unwrap_or(scratch);
        let mut command = Command::new(target.join("debug/berth"));
        // Unknown settings are refused, and some of the house's own tests have theirs.
        let foreign = std::env::vars_os().map(|(name, _)| name);
        for name in foreign.filter(|name| name.to_string_lossy().starts_with("BERTH_")) {
            command.env_remove(name);
        }
        command.args(["demo", "--json", "--no-wait", "--listen", "127.0.0.1:0", "--data-dir"]);
        let mut child = command.arg(&data).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().context("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let told: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("the demo said {line:?}"))?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let people = told["signIns"].as_array().cloned().unwrap_or_default();
        let person = |one: &serde_json::Value| Person {
            role: text(&one["role"]),
            email: text(&one["email"]),
            password: text(&one["password"]),
            key: text(&one["apiKey"]),
        };
        let people = people.iter().map(person).collect();
        Ok(Demo { child, url: text(&told["url"]), people })
    }

    pub fn person(&self, role: &str) -> Result<&Person> {
        self.people.iter().find(|one| one.role == role).with_context(|| format!("no {role}"))
    }

    /// Signs somebody in as a browser does; gives the cookie.
    pub fn cookie_of(&self, role: &str) -> Result<String> {
        let Person { email, password, .. } = self.person(role)?;
        let form = format!("email={}&password={password}&next=%2F", email.replace('@', "%40"));
        let head = format!(
            "POST /login HTTP/1.1\r\nOrigin: {}\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded",
            self.url,
            form.len()
        );
        let answer = self.ask(&head, &form)?;
        let cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookies.filter_map(|line| line.split(';').next()).next_back();
        cookie.map(ToOwned::to_owned).with_context(|| format!("{role} is not let in: {answer}"))
    }

    /// Whether a page is shown to a visitor.
    pub fn shows(&self, path: &str) -> Result<bool> {
        Ok(self.ask(&format!("GET {path} HTTP/1.1"), "")?.starts_with("HTTP/1.1 200"))
    }

    fn ask(&self, head: &str, body: &str) -> Result<String> {
        let address = self.url.strip_prefix("http://").context("the demo speaks plain HTTP")?;
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "{head}\r\nHost: {address}\r\nConnection: close\r\n\r\n{body}")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(!answer.is_empty(), "the demo at {} says nothing", self.url);
        Ok(answer)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
