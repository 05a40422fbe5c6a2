//! A buyer's browser: goes where the shop sends it, presses a button there, and comes back with
//! what the gateway gave it.

use payment::{Created, Form, Wish};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::far::Far;

/// Pays, or presses another button, and tells the fields that the browser brings back.
pub async fn goes_and_comes_back(far: &Far, payment: &str, button: &str) -> Vec<(String, String)> {
    let wish = far.wish(payment);
    match far.gateway().create(&wish).await {
        Created::Open { gateway_order, pay_url, .. } => {
            arrives(far, &wish, &gateway_order, pay_url).await;
        }
        other => panic!("{other:?}"),
    }
    let order = far.sim.payment(payment).unwrap().order;
    let page = format!("{}/pay/{order}", far.sim.url());
    brings(&asks(&page, Some(format!("do={button}"))).await)
}

/// The page opens for this browser.
async fn arrives(far: &Far, wish: &Wish, order: &str, pay_url: Option<String>) {
    let answer = match (pay_url, far.gateway().form(wish, order)) {
        (Some(url), None) => asks(&url, None).await,
        (None, Some(Form { action, fields })) => {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            asks(&action, Some(body.extend_pairs(fields).finish())).await
        }
        both => panic!("one way to pay, not {both:?}"),
    };
    let word = answer.split(' ').nth(1).unwrap();
    assert!(word.starts_with('2') || word.starts_with('3'), "{answer}");
}

/// One request as a browser sends it; the whole answer as text, redirects not followed.
async fn asks(url: &str, form: Option<String>) -> String {
    let url = Url::parse(url).unwrap();
    let host = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(host).await.unwrap();
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let (method, body) = match form {
        Some(body) => ("POST", body),
        None => ("GET", String::new()),
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{body}",
        host.0,
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn brings(answer: &str) -> Vec<(String, String)> {
    if let Some((_, rest)) = answer.split_once("location: ") {
        let to = Url::parse(rest.split("\r\n").next().unwrap()).unwrap();
        return to.query_pairs().into_owned().collect();
    }
    // A page that posts the browser on: its hidden inputs.
    let inputs = answer.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|input| {
            let mut parts = input.split('"');
            let (name, value) = (parts.next().unwrap(), parts.nth(1).unwrap());
            (name.to_owned(), value.to_owned())
        })
        .collect()
}
