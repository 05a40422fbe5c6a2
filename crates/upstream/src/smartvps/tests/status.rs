//! Reading the status of one server.

use std::net::Ipv4Addr;

use domain::os::Os;
use domain::package::Ram;

use super::super::map;
use super::super::mask::Mask;
use super::fixture;
use crate::{Described, Fault, Power};

fn read(body: &[u8]) -> Result<Described, Fault> {
    map::described(body, &Mask::new([]))
}

fn read_field(key: &str, value: serde_json::Value) -> Described {
    let status = serde_json::json!({"IP": "103.195.26.51", key: value});
    read(status.to_string().as_bytes()).unwrap()
}

#[test]
fn a_windows_server_is_described() {
    let server = read(fixture!("status_windows_ready.json")).unwrap();
    assert_eq!(server.address, Some(Ipv4Addr::new(103, 195, 26, 51)));
    assert_eq!(server.os_text.as_deref(), Some("Windows Server 2022"));
    assert_eq!(server.os, Some(Os::Windows2022));
    assert_eq!(server.ram, Some(Ram::gb(8)));
    assert_eq!(server.username.as_deref(), Some("Administrator"));
    assert_eq!(server.password.as_deref(), Some("Fixture-pass-1"));
    assert_eq!(server.expires_text.as_deref(), Some("2026-12-21T10:00:00"));
    let expires = server.expires_at.map(|at| at.rfc3339());
    assert_eq!(expires.as_deref(), Some("2026-12-21T10:00:00Z"));
    assert_eq!(server.power, Power::Running);
    assert!(server.exists);
}

#[test]
fn a_stopped_server_exists() {
    let server = read(fixture!("status_linux_stopped_plain.json")).unwrap();
    assert_eq!(server.power, Power::Stopped);
    assert!(server.exists);
    assert_eq!(server.os, Some(Os::Ubuntu22));
    assert_eq!(server.username.as_deref(), Some("root"));
    assert_eq!(server.ram, Some(Ram::gb(16)));
    assert_eq!(server.expires_text.as_deref(), Some("05/06/2027"));
    assert_eq!(server.expires_at, None, "May or June: nobody can tell");
}

#[test]
fn a_password_that_is_not_there_yet_is_absent() {
    let server = read(fixture!("status_no_password_yet.json")).unwrap();
    assert_eq!(server.password, None);
    assert_eq!(server.power, Power::Running);
    for empty in [serde_json::Value::Null, "".into(), "  ".into()] {
        assert_eq!(read_field("Password", empty).password, None);
    }
    let spaced = read_field("Password", " p|a\\s\"s ".into());
    assert_eq!(spaced.password.as_deref(), Some(" p|a\\s\"s "), "kept to the last byte");
    assert_eq!(read_field("Password", 12_345.into()).password.as_deref(), Some("12345"));
}

#[test]
fn the_address_is_the_providers_word_and_not_ours() {
    let server = read(fixture!("status_other_address.json")).unwrap();
    assert_eq!(server.address, Some(Ipv4Addr::new(103, 195, 26, 52)));
    for text in ["103.195.26", "103.195.26.51:3389", "n/a"] {
        let body = serde_json::json!({"IP": text, "MachineStatus": "active"}).to_string();
        assert_eq!(read(body.as_bytes()).unwrap().address, None, "{text}");
    }
}

#[test]
fn the_login_is_read_under_both_names() {
    let login = |fields: serde_json::Value| read(fields.to_string().as_bytes()).unwrap().username;
    let ip = "103.195.26.51";
    assert_eq!(login(serde_json::json!({"IP": ip, "Usernane": "ann"})).as_deref(), Some("ann"));
    assert_eq!(login(serde_json::json!({"IP": ip, "Username": "ann"})).as_deref(), Some("ann"));
    let both = serde_json::json!({"IP": ip, "Usernane": "ann", "Username": "bob"});
    assert_eq!(login(both).as_deref(), Some("ann"));
    let one_empty = serde_json::json!({"IP": ip, "Usernane": "", "Username": "bob"});
    assert_eq!(login(one_empty).as_deref(), Some("bob"));
    let windows = serde_json::json!({"IP": ip, "OS": "2019"});
    assert_eq!(login(windows).as_deref(), Some("Administrator"));
    let linux = serde_json::json!({"IP": ip, "OS": "CentOS 7", "Usernane": "administrator"});
    assert_eq!(login(linux).as_deref(), Some("root"));
    assert_eq!(login(serde_json::json!({"IP": ip})), None);
}

#[test]
fn power_is_read_without_regard_to_case_and_existence_apart_from_it() {
    let read = |power: &str, machine: &str, action: &str| {
        let fields = serde_json::json!({"IP": "103.195.26.51", "PowerStatus": power,
            "MachineStatus": machine, "ActionStatus": action});
        let server = read(fields.to_string().as_bytes()).unwrap();
        (server.power, server.exists)
    };
    assert_eq!(read("ONLINE", "Active", "pending"), (Power::Running, true));
    assert_eq!(read("offline", "active", "completed"), (Power::Stopped, true));
    assert_eq!(read("", "active", "Pending"), (Power::Busy, true));
    assert_eq!(read("rebooting", "", "completed"), (Power::Unknown, true));
    assert_eq!(read("Offline", "Terminated", "completed"), (Power::Stopped, false));
}

#[test]
fn an_operating_system_is_read_by_code_and_by_label() {
    for (text, os) in [
        ("2025", Some(Os::Windows2025)),
        ("11", Some(Os::Windows11)),
        ("Ubuntu", Some(Os::Ubuntu22)),
        ("CENTOS", Some(Os::Centos7)),
        ("ubuntu-22.04", Some(Os::Ubuntu22)),
        ("Windows Server 2012 R2", Some(Os::Windows2012)),
        ("Windows", None),
        ("ubuntu20", None),
        ("Debian 12", None),
    ] {
        let server = read_field("OS", text.into());
        assert_eq!(server.os, os, "{text}");
        assert_eq!(server.os_text.as_deref(), Some(text));
    }
}

#[test]
fn every_code_is_the_vendors_own() {
    let codes = Os::ALL.map(map::os_code);
    assert_eq!(codes, ["ubuntu", "centos", "2012", "2016", "2019", "2022", "2025", "11"]);
}

#[test]
fn memory_is_never_guessed() {
    for (value, ram) in [
        (serde_json::json!("8"), Some(8)),
        (serde_json::json!(8), Some(8)),
        (serde_json::json!("8 GB"), Some(8)),
        (serde_json::json!("8192MB"), Some(8)),
        (serde_json::json!("8192"), None),
        (serde_json::json!("a lot"), None),
        (serde_json::json!(null), None),
    ] {
        assert_eq!(read_field("RAM", value.clone()).ram, ram.map(Ram::gb), "{value}");
    }
}

#[test]
fn the_providers_own_no_is_told_apart() {
    for (body, said) in [
        (fixture!("status_error_text.txt"), "no such server"),
        (fixture!("status_error_object.json"), "ip not found in your account"),
        (br#""{\"error\":\"busy\",\"IP\":\"\"}""#, "busy"),
    ] {
        match read(body) {
            Err(Fault::Refused { text, .. }) => assert_eq!(text, said),
            other => panic!("{:?}", other.err()),
        }
    }
}

#[test]
fn what_is_no_status_is_unreadable() {
    for body in [
        b"".as_slice(),
        b"{}",
        b"[]",
        b"Unauthorized",
        br#"[{"IP":"103.195.26.51"}]"#,
        br#"{"OS":"Ubuntu 22"}"#,
        br#"{"IP":"103.195.26.51""#,
        br#"{"packages":[]}"#,
        fixture!("any_html_page.html"),
    ] {
        let fault = read(body).err();
        let unreadable = matches!(fault, Some(Fault::Unreadable { .. }));
        assert!(unreadable, "{}: {fault:?}", String::from_utf8_lossy(body));
    }
}

#[test]
fn long_and_nested_fields_do_no_harm() {
    let body = serde_json::json!({"IP": "103.195.26.51", "OS": "o".repeat(100_000),
        "ExpiryDate": "9".repeat(100_000), "RAM": {"gb": 8}, "PowerStatus": ["Online"]});
    let server = read(body.to_string().as_bytes()).unwrap();
    assert_eq!(server.os_text.map(|text| text.len()), Some(200));
    assert_eq!((server.ram, server.power), (None, Power::Unknown));
}
