//! One conversation by SMTP (RFC 5321), as far as those who hand mail in need it: greeting, sender,
//! recipients, text; one mail after the other until somebody says goodbye.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};

use super::guard::decoded;
use super::handle::{Control, Lie};
use super::read::Caught;
use crate::serve::{Caller, Lines};

/// A line, or a whole mail, that is longer ends the talk.
const LINE_MAX: u64 = 8 * 1024;
const TEXT_MAX: usize = 4 * 1024 * 1024;

impl Lines for Control {
    fn talk(&self, caller: Box<dyn Caller>) -> BoxFuture<'static, ()> {
        let control = self.clone();
        async move {
            // However it ended, the caller has heard or seen it.
            drop(Talk::begin(control, caller).await);
        }
        .boxed()
    }
}

/// Why a talk is over.
enum Over {
    Goodbye,
    Broken,
}

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Over {
        Over::Broken
    }
}

type Told<T> = Result<T, Over>;

/// One mail on its way in.
#[derive(Default)]
struct Mail {
    from: Option<String>,
    to: Vec<String>,
    lie: Option<Lie>,
}

struct Talk {
    control: Control,
    line: BufStream<Box<dyn Caller>>,
    mail: Mail,
    is_secured: bool,
    has_signed_in: bool,
}

impl Talk {
    async fn begin(control: Control, caller: Box<dyn Caller>) -> Told<()> {
        let guard = control.guard().filter(|guard| guard.from_the_start);
        let (caller, is_secured) = match guard {
            Some(guard) => (guard.secured(caller).await?, true),
            None => (caller, false),
        };
        let line = BufStream::new(caller);
        Talk { control, line, mail: Mail::default(), is_secured, has_signed_in: false }.hold().await
    }

    async fn hold(mut self) -> Told<()> {
        self.say("220 catcher.example takes everything and delivers nothing").await?;
        loop {
            let line = self.read_line().await?;
            let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match word.to_ascii_uppercase().as_str() {
                "EHLO" => self.greet().await?,
                "STARTTLS" if self.control.guard().is_some() && !self.is_secured => {
                    self = self.start_tls().await?;
                }
                "AUTH" => self.sign_in(rest).await?,
                "MAIL" if self.control.guard().is_some() && !self.has_signed_in => {
                    self.say("530 sign in first").await?;
                }
                "HELO" | "NOOP" => self.say("250 well").await?,
                "RSET" => {
                    self.mail = Mail::default();
                    self.say("250 forgotten").await?;
                }
                "MAIL" => self.sender(rest).await?,
                "RCPT" => self.recipient(rest).await?,
                "DATA" => self.text().await?,
                "QUIT" => {
                    self.say("221 goodbye").await?;
                    return Err(Over::Goodbye);
                }
                _ => self.say("502 not here").await?,
            }
        }
    }

    async fn greet(&mut self) -> Told<()> {
        let more = match self.control.guard() {
            None => "",
            Some(_) if self.is_secured => "250-AUTH PLAIN LOGIN\r\n",
            Some(_) => "250-STARTTLS\r\n",
        };
        self.say(&format!("250-catcher.example\r\n{more}250-8BITMIME\r\n250 SMTPUTF8")).await
    }

    /// What was said before counts no more.
    async fn start_tls(mut self) -> Told<Talk> {
        let Some(guard) = self.control.guard() else { return Err(Over::Broken) };
        self.say("220 go on").await?;
        let caller = guard.secured(self.line.into_inner()).await?;
        let (line, mail) = (BufStream::new(caller), Mail::default());
        Ok(Talk { line, mail, is_secured: true, ..self })
    }

    async fn sign_in(&mut self, rest: &str) -> Told<()> {
        let Some(guard) = self.control.guard().filter(|_| self.is_secured) else {
            return self.say("503 not here").await;
        };
        let (way, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let said = match way.to_ascii_uppercase().as_str() {
            "PLAIN" => decoded(first).and_then(|text| {
                let mut parts = text.split('\0').skip(1);
                Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
            }),
            "LOGIN" => {
                self.say("334 VXNlcm5hbWU6").await?;
                let user = decoded(&self.read_line().await?);
                self.say("334 UGFzc3dvcmQ6").await?;
                user.zip(decoded(&self.read_line().await?))
            }
            _ => return self.say("504 in another way").await,
        };
        self.has_signed_in = said.is_some_and(|(user, password)| guard.knows(&user, &password));
        match self.has_signed_in {
            true => self.say("235 welcome").await,
            false => self.say("535 nobody of that name and password").await,
        }
    }

    async fn sender(&mut self, rest: &str) -> Told<()> {
        let Some(from) = address(rest, "FROM:") else {
            return self.say("501 from whom?").await;
        };
        let lie = self.control.begins();
        self.mail = Mail { from: Some(from), to: Vec::new(), lie };
        self.say("250 well").await
    }

    async fn recipient(&mut self, rest: &str) -> Told<()> {
        let (Some(to), true) = (address(rest, "TO:"), self.mail.from.is_some()) else {
            return self.say("503 from whom, and to whom?").await;
        };
        if let Some(Lie::Refuse(code)) = self.mail.lie {
            return self.say(&format!("{code} {to} is not taken, as it was asked for")).await;
        }
        self.mail.to.push(to);
        self.say("250 well").await
    }

    async fn text(&mut self) -> Told<()> {
        if self.mail.to.is_empty() {
            return self.say("503 to whom?").await;
        }
        self.say("354 the text, and a dot alone at its end").await?;
        let text = self.read_text().await?;
        let Mail { from, to, lie } = std::mem::take(&mut self.mail);
        let caught = || Caught::read(from.unwrap_or_default(), to, &text);
        match lie {
            Some(Lie::RefuseText(code)) => self.say(&format!("{code} not this text")).await,
            Some(Lie::Drop) => Err(Over::Broken),
            Some(Lie::Hang) => std::future::pending().await,
            Some(Lie::KeepAndDrop) => {
                self.control.keep(caught());
                Err(Over::Broken)
            }
            Some(Lie::KeepAndHang) => {
                self.control.keep(caught());
                std::future::pending().await
            }
            Some(Lie::Refuse(_)) | None => {
                self.control.keep(caught());
                self.say("250 taken").await
            }
        }
    }

    async fn say(&mut self, words: &str) -> Told<()> {
        self.line.write_all(words.as_bytes()).await?;
        self.line.write_all(b"\r\n").await?;
        Ok(self.line.flush().await?)
    }

    async fn read_line(&mut self) -> Told<String> {
        let mut bytes = Vec::new();
        let read = (&mut self.line).take(LINE_MAX).read_until(b'\n', &mut bytes).await?;
        if read == 0 || !bytes.ends_with(b"\n") {
            return Err(Over::Broken);
        }
        Ok(String::from_utf8_lossy(bytes.trim_ascii_end()).into_owned())
    }

    /// Up to the dot alone; a dot that begins a line was doubled on its way.
    async fn read_text(&mut self) -> Told<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            let mut line = Vec::new();
            (&mut self.line).take(LINE_MAX).read_until(b'\n', &mut line).await?;
            if !line.ends_with(b"\n") || text.len() > TEXT_MAX {
                return Err(Over::Broken);
            }
            match line.as_slice() {
                b".\r\n" => return Ok(text),
                [b'.', rest @ ..] => text.extend_from_slice(rest),
                whole => text.extend_from_slice(whole),
            }
        }
    }
}

/// `FROM:<ada@example.org> BODY=8BITMIME`: what stands between the brackets.
fn address(rest: &str, head: &str) -> Option<String> {
    let (found, rest) = rest.split_at_checked(head.len())?;
    if !found.eq_ignore_ascii_case(head) {
        return None;
    }
    let (_, rest) = rest.split_once('<')?;
    rest.split_once('>').map(|(address, _)| address.to_owned())
}
