//! Wapiti crawls a demo as a visitor, as a customer and as staff, and tries at every page and form
//! what people try who want to break in. Whatever it finds is a failure, but for what `EXPLAINED`
//! gives a reason for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::demo::Demo;
use super::from_pypi;
use crate::house::succeed;

const FROM_PYPI: &str = "wapiti3==3.2.3";
/// Left out are those that look for other people's software, guess passwords and file names, or
/// judge the encryption that a proxy brings; and LDAP, which nothing here speaks: what that module
/// takes for a hole is that a text with a NUL in it is refused, and one without is read.
const MODULES: &str = "cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,\
    permanentxss,redirect,sql,ssrf,upload,xss,xxe";
/// Who crawls.
struct Crawler {
    name: &'static str,
    /// Where they begin, beside the first page.
    start: &'static str,
    /// A form that only they come to. Wapiti always has something to say of it; where it has not,
    /// it was not let in, and has judged nothing.
    form: &'static str,
}

const VISITOR: &str = "visitor";
const CRAWLERS: [Crawler; 3] = [
    Crawler { name: VISITOR, start: "/login", form: "/login" },
    Crawler { name: "customer", start: "/account", form: "/account/name" },
    Crawler { name: "admin", start: "/admin", form: "/admin/shop" },
];
/// What would end the crawler's own session, or change whose it is. What stands behind such a
/// button is looked at by tests.
const KEPT_OUT: [&str; 9] = [
    "/sign-out",
    "/account/close*",
    "/account/password*",
    "/account/email*",
    "/account/sessions/*",
    "/account/second-factor*",
    "/admin/customers/*/act",
    "/admin/customers/*/sessions/end",
    "/demo/*",
];
/// In seconds: to find pages and forms, and for each kind of attack.
const CRAWL_FOR: &str = "180";
const ATTACK_FOR: &str = "120";
/// How long, and for how many bytes, whoever calls the ear is listened to.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_HEAD: u64 = 64 * 1024;

/// A finding that is none.
struct Explained {
    name: &'static str,
    /// How the path begins.
    path: &'static str,
    why: &'static str,
}

const EXPLAINED: &[Explained] = &[
    Explained {
        name: "Cross Site Request Forgery",
        path: "/",
        why: "forms carry no token: what a page of another site sends is known by its headers \
              (`crates/web/src/origin.rs`), and the session's cookie does not travel with it",
    },
    Explained {
        name: "Secure Flag cookie",
        path: "/",
        why: "the demo speaks plain HTTP; where the shop's address is https, cookies have the flag",
    },
];

pub fn judge(scratch: &Path) -> Result<()> {
    let wapiti = from_pypi(&scratch.join("wapiti"), FROM_PYPI, "wapiti")?;
    let mut found = Vec::new();
    for crawler in CRAWLERS {
        // A new shop for each: what one has planted must not be found by another as its own.
        let (demo, ear) = (Demo::open(scratch)?, Ear::open()?);
        let name = crawler.name;
        let findings = crawl(&wapiti, &demo, &crawler, &ear)?;
        let was_in = findings.iter().any(|finding| finding.path == crawler.form);
        ensure!(was_in, "{name} never came to {}: that is no judgement", crawler.form);
        let (all, explained) = (findings.len(), explained(&findings));
        println!("{name}: {all} findings, {explained} of them explained");
        let open = findings.iter().filter(|finding| finding.why().is_none());
        found.extend(open.map(|finding| format!("{name}: {}", finding.told())));
        found.extend(ear.heard().iter().map(|path| format!("{name}: the shop asked for {path}")));
        ensure!(demo.shows("/")?, "{name} left the shop broken");
    }
    ensure!(found.is_empty(), "wapiti found\n{}", found.join("\n"));
    Ok(())
}

fn crawl(wapiti: &Path, demo: &Demo, crawler: &Crawler, ear: &Ear) -> Result<Vec<Finding>> {
    let kept = |file: &str| wapiti.with_file_name(format!("{}-{file}", crawler.name));
    let mut command = Command::new(wapiti);
    command.args(["--url", &format!("{}/", demo.url), "--scope", "folder", "--module", MODULES]);
    command.args(["--start", &format!("{}{}", demo.url, crawler.start)]);
    // As a browser says it: without, half of the forms would be refused unread.
    command.args(["--header", &format!("Origin: {}", demo.url)]);
    if crawler.name != VISITOR {
        std::fs::write(kept("jar.json"), jar(&demo.cookie_of(crawler.name)?)?)?;
        command.arg("--cookie").arg(kept("jar.json"));
    }
    for path in KEPT_OUT {
        command.args(["--exclude", &format!("{}{path}", demo.url)]);
    }
    command.args(["--endpoint", &ear.url, "--no-bugreport", "--flush-session", "--tasks", "4"]);
    command.args(["--max-scan-time", CRAWL_FOR, "--max-attack-time", ATTACK_FOR]);
    command.arg("--store-session").arg(kept("session")).arg("--store-config").arg(kept("config"));
    command.args(["--format", "json", "--output"]).arg(kept("report.json"));
    succeed(command.args(["--verbose", "0"]))?;
    let report = std::fs::read_to_string(kept("report.json")).context("wapiti left no report")?;
    Ok(findings(&serde_json::from_str(&report)?))
}

/// A cookie as wapiti wants its jar.
fn jar(cookie: &str) -> Result<String> {
    let (name, value) = cookie.split_once('=').context("a cookie without a value")?;
    let session = json!({
        "version": 0, "value": value, "secure": false, "expires": null, "port": null
    });
    Ok(json!({ "127.0.0.1": { "/": { name: session } } }).to_string())
}

struct Finding {
    name: String,
    method: String,
    path: String,
    parameter: String,
    info: String,
}

impl Finding {
    fn why(&self) -> Option<&'static str> {
        let fits = |one: &&Explained| self.name == one.name && self.path.starts_with(one.path);
        EXPLAINED.iter().find(fits).map(|one| one.why)
    }

    fn told(&self) -> String {
        let Finding { name, method, path, parameter, info } = self;
        format!("{name}: {method} {path} {parameter}: {info}")
    }
}

fn explained(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.why().is_some()).count()
}

/// What a report says of holes, and of answers that broke or never came.
fn findings(report: &Value) -> Vec<Finding> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let kinds =
        ["vulnerabilities", "anomalies"].into_iter().filter_map(|of| report[of].as_object());
    let all = kinds.flatten().flat_map(|(name, found)| {
        found.as_array().into_iter().flatten().map(move |one| Finding {
            name: name.clone(),
            method: text(one, "method"),
            path: text(one, "path"),
            parameter: text(one, "parameter"),
            info: text(one, "info"),
        })
    });
    all.collect()
}

/// Where the shop would call if somebody could talk it into calling. Nobody outside this machine
/// is asked for that, as wapiti would by itself.
struct Ear {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Ear {
    fn open() -> Result<Ear> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/", listener.local_addr()?);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever hangs up does not hear the answer.
                drop(answered(stream, &kept));
            }
        });
        Ok(Ear { url, heard })
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes down what is asked for, and answers that nobody came by. The head is read to its end: an
/// answer to half of it would cut off whoever still writes.
fn answered(mut stream: TcpStream, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(&stream).take(LONGEST_HEAD).lines();
    let asked = head.next().transpose()?.unwrap_or_default();
    while head.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = asked.split(' ').nth(1).unwrap_or_default();
    // Wapiti itself asks who came by.
    if !path.starts_with("/get_") {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    }
    let kind = "content-type: application/json";
    write!(
        stream,
        "HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_without_a_reason_is_told_and_one_with_a_reason_is_not() {
        let report = json!({
            "vulnerabilities": {
                "Reflected Cross Site Scripting": [
                    { "method": "GET", "path": "/?q=x", "parameter": "q", "info": "it is there" }
                ],
                "Cross Site Request Forgery": [{ "method": "POST", "path": "/cart/lines" }],
                "SQL Injection": []
            },
            "anomalies": { "Internal Server Error": [{ "method": "POST", "path": "/login" }] },
            "additionals": { "Fingerprint web technology": [{ "path": "/" }] }
        });
        let findings = findings(&report);
        let open: Vec<_> = findings.iter().filter(|one| one.why().is_none()).collect();
        let mut names: Vec<_> = open.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Internal Server Error", "Reflected Cross Site Scripting"]);
        assert_eq!(explained(&findings), 1);
        assert!(open.iter().any(|one| one.told().contains("GET /?q=x q: it is there")));
    }

    #[test]
    fn a_cookie_lies_in_the_jar_under_its_name() {
        let jar: Value = serde_json::from_str(&jar("berth_session=abc=").unwrap()).unwrap();
        assert_eq!(jar["127.0.0.1"]["/"]["berth_session"]["value"], "abc=");
    }

    #[test]
    fn whoever_calls_is_heard_but_for_the_crawler_itself() {
        let ear = Ear::open().unwrap();
        let address = ear.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        for path in ["/get_ssrf.php?session_id=x", "/ssrf/x/1/"] {
            let mut stream = TcpStream::connect(&address).unwrap();
            // Word by word, as slow callers write.
            for word in ["GET ", path, " HTTP/1.1\r\n", "\r\n"] {
                stream.write_all(word.as_bytes()).unwrap();
            }
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.ends_with("{}"), "{answer}");
        }
        assert_eq!(ear.heard(), ["/ssrf/x/1/"]);
    }
}
