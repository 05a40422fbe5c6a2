//! The client against servers of plain bytes: what is sent, what is not, and what is lost.

use std::io::{Read, Write};
use std::net::TcpStream;

use http::Method;

use super::*;
use crate::raw::{HandClock, Raw, answer, guard, guard_by, impatient, read_request};

const BODY_MAX: usize = 64 << 10;
const ENOUGH: Duration = Duration::from_secs(20);

fn dialer(raw: &Raw) -> Dialer {
    dialer_to(&format!("http://{}", raw.address))
}

fn dialer_to(url: &str) -> Dialer {
    Dialer::new(&Url::parse(url).unwrap(), ENOUGH).unwrap()
}

fn request() -> Request<Full<Bytes>> {
    let body = r#"{"ip":"103.181.91","ram":"8"}"#;
    Request::builder()
        .method(Method::POST)
        .uri("/api/buyvps")
        .header("host", "shop.example")
        .header("content-length", body.len())
        .body(Full::new(Bytes::from(body)))
        .unwrap()
}

async fn ask(raw: &Raw, guard: Guard) -> Reply {
    let silent = dialer(raw).dial().await.unwrap();
    silent.ask(request(), Terms::permitted(guard, BODY_MAX)).await
}

fn whole(status: u16, body: &str) -> Reply {
    Reply::Whole { status, body: body.as_bytes().to_vec() }
}

fn assert_broken(reply: Reply, with: &str) {
    let Reply::Broken(reason) = reply else { panic!("{reply:?}") };
    assert!(reason.contains(with), "{reason}");
}

fn assert_not_sent(reply: Reply, with: &str) {
    let Reply::NotSent(reason) = reply else { panic!("{reply:?}") };
    assert!(reason.contains(with), "{reason}");
}

#[tokio::test]
async fn a_whole_answer_is_read_whatever_its_status() {
    for status in [200, 201, 404, 429, 500, 503] {
        let raw = Raw::answering(answer(status, b"some words"));
        assert_eq!(ask(&raw, guard()).await, whole(status, "some words"));
        let heard = raw.heard_once();
        assert!(heard.starts_with("POST /api/buyvps HTTP/1.1\r\n"), "{heard}");
        assert!(heard.ends_with(r#"{"ip":"103.181.91","ram":"8"}"#), "{heard}");
    }
}

#[tokio::test]
async fn chunks_and_bodies_without_a_length_are_read_to_their_end() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunked = format!("{head}4\r\nsome\r\n6\r\n words\r\n0\r\n\r\n");
    assert_eq!(ask(&Raw::answering(chunked), guard()).await, whole(200, "some words"));
    let to_the_end = "HTTP/1.0 200 OK\r\n\r\nsome words";
    assert_eq!(ask(&Raw::answering(to_the_end), guard()).await, whole(200, "some words"));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_a_way() {
    let raw = Raw::start(|mut caller| {
        let own = caller.local_addr().unwrap();
        let heard = read_request(&mut caller);
        let head = format!("HTTP/1.1 302 Found\r\nlocation: http://{own}/x\r\n");
        caller.write_all(format!("{head}content-length: 0\r\n\r\n").as_bytes()).unwrap();
        heard
    });
    assert_eq!(ask(&raw, guard()).await, whole(302, ""));
    raw.heard_once();
}

#[tokio::test]
async fn a_connection_is_silent_until_something_is_asked() {
    let raw = Raw::listening();
    drop(dialer(&raw).dial().await.unwrap());
    assert_eq!(raw.heard(), b"");
}

#[tokio::test]
async fn a_truncated_body_is_no_answer() {
    for cut in [
        "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\nsuccess|Your ip is: 103.181.91.5",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\nsuccess|Your ip is: 1",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nsome\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 4",
        "",
    ] {
        let raw = Raw::answering(cut);
        let reply = ask(&raw, guard()).await;
        assert!(matches!(reply, Reply::Broken(_)), "{cut:?} was {reply:?}");
        raw.heard_once();
    }
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    for noise in [
        "success|Your ip is: 103.181.91.5",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nsome",
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nwords",
        "\u{0}\u{1}\u{2}\r\n\r\n",
    ] {
        let reply = ask(&Raw::answering(noise), guard()).await;
        assert!(matches!(reply, Reply::Broken(_)), "{noise:?} was {reply:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_lost() {
    let announced = answer(200, &vec![b' '; BODY_MAX + 1]);
    assert_broken(ask(&Raw::answering(announced), guard()).await, "too long");
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 4 * BODY_MAX]].concat();
    assert_broken(ask(&Raw::answering(endless), guard()).await, "too long");
    let just_right = answer(200, &vec![b' '; BODY_MAX]);
    let reply = ask(&Raw::answering(just_right), guard()).await;
    assert!(matches!(reply, Reply::Whole { .. }), "{reply:?}");
}

#[tokio::test]
async fn silence_ends_when_the_time_to_listen_does() {
    let raw = Raw::listening();
    let reply = ask(&raw, impatient()).await;
    assert_eq!(reply, Reply::Silence("no answer within 50 ms".to_owned()));
    assert!(raw.heard_once().contains("103.181.91"));
}

#[tokio::test]
async fn half_an_answer_at_the_end_of_the_time_is_silence() {
    let raw = Raw::start(|mut caller| {
        let heard = read_request(&mut caller);
        caller.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\nsuccess|").unwrap();
        crate::raw::read_to_end(&mut caller);
        heard
    });
    assert!(matches!(ask(&raw, impatient()).await, Reply::Silence(_)));
    raw.heard_once();
}

#[tokio::test]
async fn a_reset_after_the_first_byte_is_lost() {
    let raw = Raw::start(|mut caller| {
        let mut first = [0];
        caller.read_exact(&mut first).unwrap();
        // Bytes left unread make the system reset the connection.
        first.to_vec()
    });
    assert!(matches!(ask(&raw, guard()).await, Reply::Broken(_)));
    assert_eq!(raw.heard(), b"P");
}

#[tokio::test]
async fn a_peer_that_hung_up_before_the_first_byte_got_nothing() {
    let raw = Raw::start(|caller| {
        drop(caller);
        Vec::new()
    });
    let silent = dialer(&raw).dial().await.unwrap();
    raw.heard();
    let reply = silent.ask(request(), Terms::permitted(guard(), BODY_MAX)).await;
    assert_not_sent(reply, "the connection took nothing");
}

#[tokio::test]
async fn a_peer_that_speaks_before_it_is_asked_gets_nothing() {
    let raw = Raw::start(|mut caller| {
        caller.write_all(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n").unwrap();
        Vec::new()
    });
    let silent = dialer(&raw).dial().await.unwrap();
    raw.heard();
    let reply = silent.ask(request(), Terms::permitted(guard(), BODY_MAX)).await;
    assert_not_sent(reply, "the connection took nothing");
}

#[tokio::test]
async fn a_permit_that_grew_old_sends_nothing() {
    let raw = Raw::listening();
    let silent = dialer(&raw).dial().await.unwrap();
    let boot = Arc::new(HandClock::default());
    let guard = guard_by(boot.clone());
    boot.advance(Duration::from_millis(5_001));
    let reply = silent.ask(request(), Terms::permitted(guard, BODY_MAX)).await;
    assert_not_sent(reply, "5001 ms have passed since the permit was asked for, 5000 are allowed");
    assert_eq!(raw.heard(), b"");
}

#[tokio::test]
async fn a_permit_is_good_to_its_last_millisecond() {
    let raw = Raw::answering(answer(200, b"ok"));
    let silent = dialer(&raw).dial().await.unwrap();
    let boot = Arc::new(HandClock::default());
    let guard = guard_by(boot.clone());
    boot.advance(Duration::from_millis(5_000));
    let reply = silent.ask(request(), Terms::permitted(guard, BODY_MAX)).await;
    assert_eq!(reply, whole(200, "ok"));
}

#[tokio::test]
async fn a_boot_clock_before_the_permit_sends_nothing() {
    let raw = Raw::listening();
    let silent = dialer(&raw).dial().await.unwrap();
    let guard = Guard { asked_at: Duration::from_secs(9), ..guard() };
    let reply = silent.ask(request(), Terms::permitted(guard, BODY_MAX)).await;
    assert_not_sent(reply, "the boot clock stands before");
    assert_eq!(raw.heard(), b"");
}

#[tokio::test]
async fn dropping_the_question_closes_the_connection() {
    let (told, mut asked) = tokio::sync::oneshot::channel();
    let raw = Raw::start(|mut caller| {
        let heard = read_request(&mut caller);
        told.send(()).unwrap();
        // Ends when the client hangs up.
        [heard, crate::raw::read_to_end(&mut caller)].concat()
    });
    let silent = dialer(&raw).dial().await.unwrap();
    let asking = silent.ask(request(), Terms::permitted(guard(), BODY_MAX));
    tokio::select! {
        reply = asking => panic!("{reply:?}"),
        told = &mut asked => told.unwrap(),
    }
    raw.heard_once();
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_no_line() {
    // Nobody listens on port 1.
    let refused = dialer_to("http://127.0.0.1:1").dial().await.err().unwrap();
    assert!(refused.0.starts_with("connection to 127.0.0.1:1: "), "{refused}");
    let nowhere = Url::parse("http://no-such-host.invalid/").unwrap();
    let nowhere = Dialer::new(&nowhere, Duration::from_secs(5)).unwrap();
    let unknown = nowhere.dial().await.err().unwrap();
    assert!(unknown.0.starts_with("name lookup: "), "{unknown}");
}

#[tokio::test]
async fn a_name_is_looked_up() {
    let raw = Raw::answering(answer(200, b"ok"));
    let dialer = dialer_to(&format!("http://localhost:{}", raw.address.port()));
    let reply = dialer.dial().await.unwrap().ask(request(), Terms::question(ENOUGH, 10)).await;
    assert_eq!(reply, whole(200, "ok"));
}

#[test]
fn only_web_addresses_are_taken() {
    for (url, why) in [("ftp://a.example/", BadAddress::Scheme), ("file:/x", BadAddress::Scheme)] {
        assert_eq!(Dialer::new(&Url::parse(url).unwrap(), ENOUGH).err(), Some(why));
    }
    assert!(Dialer::new(&Url::parse("https://a.example/").unwrap(), ENOUGH).is_ok());
}

/// The same over TLS, where bytes can also lie in the cipher's own buffers.
mod over_tls {
    use super::*;
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    type Secured = StreamOwned<ServerConnection, TcpStream>;

    /// A server with a certificate of its own making, and a client that trusts it.
    fn start(script: impl FnOnce(Secured) -> Vec<u8> + Send + 'static) -> (Raw, Dialer) {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let raw = Raw::start(move |caller| {
            let mut stream =
                StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), caller);
            while stream.conn.is_handshaking() {
                if stream.conn.complete_io(&mut stream.sock).is_err() {
                    return b"no handshake".to_vec();
                }
            }
            script(stream)
        });
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let dialer = Dialer { tls: Some(Arc::new(trust(roots).unwrap())), ..dialer(&raw) };
        (raw, dialer)
    }

    fn bid_farewell(stream: &mut Secured) {
        stream.conn.send_close_notify();
        stream.conn.complete_io(&mut stream.sock).unwrap();
    }

    #[tokio::test]
    async fn a_whole_answer_is_read() {
        let (raw, dialer) = start(|mut stream| {
            let heard = read_request(&mut stream);
            stream.write_all(&answer(200, b"some words")).unwrap();
            heard
        });
        let silent = dialer.dial().await.unwrap();
        let reply = silent.ask(request(), Terms::permitted(guard(), BODY_MAX)).await;
        assert_eq!(reply, whole(200, "some words"));
        assert!(raw.heard_once().ends_with(r#"{"ip":"103.181.91","ram":"8"}"#));
    }

    #[tokio::test]
    async fn a_body_without_a_length_needs_a_farewell_to_be_whole() {
        for farewell in [true, false] {
            let (_raw, dialer) = start(move |mut stream| {
                let heard = read_request(&mut stream);
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nip is: 103.181.91.5").unwrap();
                if farewell {
                    bid_farewell(&mut stream);
                }
                heard
            });
            let silent = dialer.dial().await.unwrap();
            let reply = silent.ask(request(), Terms::permitted(guard(), BODY_MAX)).await;
            match reply {
                Reply::Whole { .. } if farewell => {}
                Reply::Broken(_) if !farewell => {}
                other => panic!("farewell {farewell}: {other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_peer_that_hung_up_before_the_first_byte_got_nothing() {
        for farewell in [true, false] {
            let (raw, dialer) = start(move |mut stream| {
                if farewell {
                    bid_farewell(&mut stream);
                }
                Vec::new()
            });
            let silent = dialer.dial().await.unwrap();
            raw.heard();
            let reply = silent.ask(request(), Terms::permitted(guard(), BODY_MAX)).await;
            assert_not_sent(reply, "the connection took nothing");
        }
    }

    #[tokio::test]
    async fn a_permit_that_grew_old_sends_nothing() {
        let (raw, dialer) = start(|mut stream| crate::raw::read_to_end(&mut stream));
        let silent = dialer.dial().await.unwrap();
        let boot = Arc::new(HandClock::default());
        let guard = guard_by(boot.clone());
        boot.advance(Duration::from_secs(60));
        let reply = silent.ask(request(), Terms::permitted(guard, BODY_MAX)).await;
        assert_not_sent(reply, "60000 ms have passed");
        assert_eq!(raw.heard(), b"");
    }

    #[tokio::test]
    async fn a_reset_after_the_request_is_lost() {
        let (raw, dialer) = start(|mut stream| read_request(&mut stream));
        let silent = dialer.dial().await.unwrap();
        let reply = silent.ask(request(), Terms::permitted(guard(), BODY_MAX)).await;
        assert!(matches!(reply, Reply::Broken(_)), "{reply:?}");
        assert!(raw.heard_once().contains("103.181.91"));
    }

    #[tokio::test]
    async fn a_certificate_that_nobody_vouches_for_is_no_line() {
        let (raw, dialer) = start(|_| Vec::new());
        let strict = Dialer { tls: Some(Arc::new(public_trust().unwrap())), ..dialer };
        let error = strict.dial().await.err().unwrap();
        assert!(error.0.starts_with("TLS: "), "{error}");
        assert_eq!(raw.heard(), b"no handshake");
    }

    #[tokio::test]
    async fn a_peer_that_is_silent_in_the_handshake_is_no_line() {
        let raw = Raw::listening();
        let url = Url::parse(&format!("https://{}", raw.address)).unwrap();
        let dialer = Dialer::new(&url, Duration::from_millis(50)).unwrap();
        assert_eq!(dialer.dial().await.err(), Some(NoLine("TLS: took too long".to_owned())));
    }
}
