//! Whom a mail tells what: once, what is true, and never a secret. What happens to an order is told
//! by mail however slow, broken or dead the mail server is, and never waits for it.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::order::{Remedy, Stage};
use engine::mail::MailId;
use engine::read::{Mail, MailState};
use engine::remedy::Wish;
use engine::{Error, Settings};
use sim::gateway::{self, Back, How};
use sim::mail::{Caught, Doorway, Lie};
use sim::smartvps::{self, Op};

use crate::database::{TestDb, for_each_database};
use crate::support::{OTHER, SOLD, TestShop, is_delivered, settings, wish};

const MINUTE: Duration = Duration::from_secs(60);

/// A shop whose mail arrives.
async fn open(test: &TestDb) -> TestShop {
    TestShop::that_mails(test, settings()).await
}

async fn customers_address(shop: &TestShop) -> String {
    let id = shop.customer.clone();
    shop.db.read(move |tx| tx.account(&id)).await.unwrap().email
}

/// What the customer has received, oldest first.
async fn received(shop: &TestShop) -> Vec<Caught> {
    shop.tended().await;
    shop.catcher().mails_to(&customers_address(shop).await)
}

fn subjects(mails: &[Caught]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

/// The mails in the books, oldest first.
async fn mails(shop: &TestShop) -> Vec<Mail> {
    let mut all = shop.engine.mails(None, "", None, None).await.unwrap().items;
    all.reverse();
    all
}

async fn states(shop: &TestShop) -> Vec<MailState> {
    mails(shop).await.iter().map(|mail| mail.state).collect()
}

/// What staff are told of mail itself.
async fn alerts_of_mail(shop: &TestShop) -> Vec<(String, String)> {
    let alerts = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
    let of_mail = alerts.into_iter().filter(|alert| alert.kind.starts_with("mail-"));
    of_mail.map(|alert| (alert.kind, alert.text)).collect()
}

#[tokio::test]
async fn a_good_order_is_told_step_by_step_and_without_a_password() {
    for_each_database(async |test| {
        let shop = open(test).await;
        let order = shop.buy(SOLD).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        let mails = received(&shop).await;
        let number = &order.number;
        let address = shop.servers(&order).await[0].address;
        let mut told = subjects(&mails);
        told.sort_unstable();
        let expected = [
            format!("Thank you: ₹999 has arrived ({number})"),
            format!("We have your order ({number})"),
            format!("Your server is ready: {address}"),
        ];
        assert_eq!(told, expected);
        let (_, credentials) = shop.engine.reveal_credentials(&order.id, "ada").await.unwrap();
        let receipt = format!("You ordered: 🌊 {SOLD} (Package ID: 1)");
        for mail in &mails {
            assert_eq!(mail.from, "shop@example.com");
            assert_eq!(mail.to, [customers_address(&shop).await]);
            assert!(mail.text.contains("Hello Ada,") && mail.html.contains("Hello Ada,"));
            for text in [&mail.text, &mail.html, &mail.raw] {
                assert!(!text.contains(&credentials.password), "{text}");
            }
            let is_delivery = mail.subject.contains("is ready");
            let page = if is_delivery { "my-servers" } else { "orders" };
            let link = format!("{}/{page}/{}", shop.engine.settings().app_url, order.id);
            assert!(mail.text.contains(&link), "{}", mail.text);
            assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
            assert_eq!(mail.text.contains(&receipt), !is_delivery, "{}", mail.text);
        }
        assert_eq!(states(&shop).await, [MailState::Sent; 3]);
    })
    .await;
}

#[tokio::test]
async fn what_was_undone_is_not_told() {
    for_each_database(async |test| {
        let shop = open(test).await;
        let order = shop.buy(SOLD).await;
        received(&shop).await;
        let preview = Wish { preview: true, ..wish(Remedy::Refund) };
        shop.remedy(&order, preview).await.unwrap();
        assert_eq!(received(&shop).await.len(), 3);
        // Refused under the same lock under which it would have been told.
        shop.remedy(&order, wish(Remedy::Adopt)).await.unwrap_err();
        assert_eq!(received(&shop).await.len(), 3);
        assert_eq!(mails(&shop).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_as_the_same_mail() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.order_of(SOLD).await.unwrap();
        shop.catcher().lie_once(Lie::KeepAndDrop);
        assert_eq!(received(&shop).await.len(), 1);
        assert_eq!(states(&shop).await, [MailState::Queued]);
        shop.later(MINUTE);
        let mails = received(&shop).await;
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].message_id, mails[1].message_id);
        assert_eq!(mails[0].raw, mails[1].raw);
        assert_eq!(states(&shop).await, [MailState::Sent]);
    })
    .await;
}

#[tokio::test]
async fn a_dead_mail_server_holds_up_no_order_and_loses_no_mail() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.catcher().doorway(Doorway::Refuse).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.tended().await;
        shop.pay(&order).await;
        shop.tended().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        for _ in 0..3 {
            shop.later(5 * MINUTE);
            shop.tended().await;
        }
        assert_eq!(states(&shop).await, [MailState::Queued; 3]);
        let stuck = alerts_of_mail(&shop).await;
        assert_eq!((stuck.len(), stuck[0].0.as_str()), (1, "mail-stuck"), "{stuck:?}");
        shop.catcher().doorway(Doorway::Open).await;
        shop.later(30 * MINUTE);
        assert_eq!(received(&shop).await.len(), 3);
        assert!(alerts_of_mail(&shop).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_holds_up_no_order() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.catcher().keep_lying(Some(Lie::Hang));
        // More than may be on their way at once.
        for _ in 0..20 {
            shop.order_of(SOLD).await.unwrap();
        }
        shop.engine.sweep().await.unwrap();
        shop.catcher().wait_until(|counts| counts.tries >= 16).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.until_stage(&order, |stage| matches!(stage, Stage::Delivered(_))).await;
        assert_eq!(shop.catcher().counts().mails, 0);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_comes_back_is_seen_and_can_be_sent_again() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.order_of(SOLD).await.unwrap();
        shop.catcher().lie_once(Lie::Refuse(550));
        assert!(received(&shop).await.is_empty());
        let mail = mails(&shop).await.remove(0);
        assert_eq!(mail.state, MailState::Refused);
        assert!(mail.error.unwrap().contains("550"));
        let alerts = alerts_of_mail(&shop).await;
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        assert_eq!(alerts[0].0, "mail-refused");
        assert!(alerts[0].1.contains(&mail.email), "{alerts:?}");
        // It is not tried by itself.
        shop.later(60 * MINUTE);
        assert!(received(&shop).await.is_empty());

        shop.engine.send_mail_again(MailId(mail.id), "staff").await.unwrap();
        let first = received(&shop).await;
        assert_eq!(first.len(), 1);
        assert!(alerts_of_mail(&shop).await.is_empty());
        shop.engine.send_mail_again(MailId(mail.id), "staff").await.unwrap();
        let both = received(&shop).await;
        assert_ne!(both[0].message_id, both[1].message_id, "known ones are thrown away unseen");
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_comes_back_later_is_seen_and_can_be_sent_again() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.order_of(SOLD).await.unwrap();
        let first = received(&shop).await.remove(0);
        assert_eq!(states(&shop).await, [MailState::Sent]);
        let report = first.bounced("5.1.1", "550 5.1.1 nobody of that name");
        for time in ["first", "and the same report again"] {
            shop.engine.mail_returned(report.as_bytes()).await.expect(time);
            assert_eq!(states(&shop).await, [MailState::Refused], "{time}");
            let alerts = alerts_of_mail(&shop).await;
            assert_eq!(alerts.len(), 1, "{time}: {alerts:?}");
            assert!(alerts[0].1.contains("550 5.1.1 nobody of that name"), "{alerts:?}");
        }
        let mail = mails(&shop).await.remove(0);
        assert_eq!(mail.error.unwrap(), "5.1.1: smtp; 550 5.1.1 nobody of that name");

        shop.engine.send_mail_again(MailId(mail.id), "staff").await.unwrap();
        let both = received(&shop).await;
        assert_eq!((both.len(), states(&shop).await), (2, vec![MailState::Sent]));
        assert!(alerts_of_mail(&shop).await.is_empty());
        // What is reported of the first is no news of the second.
        let of_the_first = shop.engine.mail_returned(report.as_bytes()).await;
        assert!(matches!(of_the_first, Err(Error::Missing { .. })), "{of_the_first:?}");
        assert_eq!(states(&shop).await, [MailState::Sent]);
    })
    .await;
}

#[tokio::test]
async fn whoever_writes_reports_of_mail_that_was_not_ours_changes_nothing() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.order_of(SOLD).await.unwrap();
        let mail = received(&shop).await.remove(0);
        let report = mail.bounced("5.1.1", "550 no");
        let (id, host) = mail.message_id.split_once('@').unwrap();
        let told = async |of: &str| {
            let report = report.replace(&mail.message_id, of);
            shop.engine.mail_returned(report.as_bytes()).await.unwrap_err()
        };
        for of in [format!("{id}@elsewhere.example"), format!("9{id}@{host}"), "x@y".into()] {
            let error = told(&of).await;
            assert!(matches!(error, Error::Missing { .. }), "{of}: {error:?}");
        }
        let letter = "From: ada@example.org\r\nSubject: Hello\r\n\r\nWhere is it?\r\n";
        let error = shop.engine.mail_returned(letter.as_bytes()).await.unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{error:?}");
        assert_eq!(states(&shop).await, [MailState::Sent]);
        assert!(alerts_of_mail(&shop).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_not_taken_now_is_tried_again_by_itself() {
    for_each_database(async |test| {
        let shop = open(test).await;
        shop.order_of(SOLD).await.unwrap();
        shop.catcher().lie_once(Lie::Refuse(450));
        shop.catcher().lie_once(Lie::Drop);
        for tries in 1..=2 {
            assert!(received(&shop).await.is_empty());
            let mail = mails(&shop).await.remove(0);
            assert_eq!((mail.state, mail.tries), (MailState::Queued, tries));
            assert!(mail.error.is_some());
            shop.later(MINUTE);
        }
        assert_eq!(received(&shop).await.len(), 1);
        assert!(alerts_of_mail(&shop).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_held_and_what_staff_decide_is_told_in_words_for_the_customer() {
    for_each_database(async |test| {
        let shop = open(test).await;
        let wrong = Ipv4Addr::new(103, 182, 44, 18);
        shop.upstream.next(Op::Buyvps, smartvps::Lie::hand_out(wrong));
        let (order, paying) = shop.checkout(SOLD).await;
        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        shop.quiet().await;
        let mails = received(&shop).await;
        let held = mails.iter().find(|mail| mail.subject.contains("is held")).unwrap();
        assert!(held.text.contains("assigned IP from wrong package"), "{}", held.text);

        shop.gateway.next(gateway::Op::Refund, gateway::Lie::of(gateway::Deed::Pending));
        let public = "We could not get a server from your block.";
        let decided = Wish { public: Some(public.to_owned()), ..wish(Remedy::Refund) };
        shop.remedy(&order, decided).await.unwrap();
        let mails = received(&shop).await;
        let decided = mails.iter().find(|mail| mail.subject.contains("your money back")).unwrap();
        assert!(decided.text.contains(public), "{}", decided.text);
        for mail in &mails {
            assert!(!mail.raw.contains("103.182.44"), "{}", mail.raw);
            assert!(!mail.text.contains("a test decides"), "{}", mail.text);
            assert!(!mail.subject.contains("is on its way back"), "the gateway has not said so");
        }
        let refund = shop.gateway.refunds().remove(0);
        assert!(shop.gateway.settle(&refund.refund, Back::Done));
        shop.later(MINUTE);
        shop.quiet().await;
        let mails = received(&shop).await;
        assert!(subjects(&mails).iter().any(|told| told.starts_with("₹999 is on its way back")));
    })
    .await;
}

#[tokio::test]
async fn who_may_choose_and_whose_order_is_changed_is_told_so() {
    for_each_database(async |test| {
        let shop = open(test).await;
        let lost = smartvps::Lie::answering(smartvps::Answer::Lost);
        shop.upstream.next(Op::Buyvps, lost);
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.until_stage(&order, |stage| matches!(stage, Stage::Unheard(_))).await;
        let before = received(&shop).await.len();
        shop.later(31 * MINUTE);
        shop.engine.sweep().await.unwrap();
        let mails = received(&shop).await;
        assert_eq!(mails.len(), before + 1);
        let choice = mails.last().unwrap();
        assert!(choice.subject.starts_with("Wait for your server, or take your money back"));

        shop.engine.sync().await.unwrap();
        let wrong = Ipv4Addr::new(103, 182, 44, 18);
        shop.upstream.next(Op::Buyvps, smartvps::Lie::hand_out(wrong));
        let again = Wish { give_up: true, ..wish(Remedy::Reprovision) };
        shop.remedy(&order, again).await.unwrap();
        shop.quiet().await;
        let agreed = Wish { consent: Some("by mail".into()), ..wish(Remedy::Accept) };
        shop.remedy(&order, agreed).await.unwrap();
        shop.quiet().await;
        let mails = received(&shop).await;
        let told = subjects(&mails);
        assert!(told.iter().any(|told| told.starts_with("We buy your server again")), "{told:?}");
        let changed = mails.iter().find(|mail| mail.subject.contains("is changed")).unwrap();
        assert!(changed.text.contains(OTHER), "{}", changed.text);
        let ready = mails.iter().find(|mail| mail.subject.contains("is ready")).unwrap();
        assert!(ready.text.contains(OTHER) && ready.text.contains("103.182.44.18"));
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_made_good_with_an_apology_to_everybody_it_hit() {
    for_each_database(async |test| {
        let shop = open(test).await;
        let orders = [shop.buy(SOLD).await.id, shop.buy(OTHER).await.id];
        let apology = "Servers were not made for two hours. That was our mistake.";
        let wish = Wish {
            days: Some(7),
            public: Some(apology.to_owned()),
            apologises: true,
            key: Some("incident-1".into()),
            ..Wish::new(Remedy::Extend, "incident of 15 January")
        };
        for _ in 0..2 {
            let many = shop.engine.remedy_many(&orders, &wish, "staff").await.unwrap();
            for (_, done) in many.results {
                done.unwrap();
            }
        }
        let mails = received(&shop).await;
        let sorry: Vec<&Caught> =
            mails.iter().filter(|mail| mail.subject.starts_with("We are sorry")).collect();
        assert_eq!(sorry.len(), 2, "pressed twice and told once");
        for mail in sorry {
            assert!(mail.text.contains(apology) && mail.text.contains("7 more days"));
            assert!(mail.text.contains(" IST"), "{}", mail.text);
            assert!(!mail.text.contains("incident of 15 January"), "{}", mail.text);
        }
    })
    .await;
}

#[tokio::test]
async fn staff_are_told_of_alerts_once_and_of_low_stock_once_a_day() {
    for_each_database(async |test| {
        let ops = "ops@example.com";
        let alert_mails = vec![ops.to_owned()];
        let shop = TestShop::that_mails(test, Settings { alert_mails, ..settings() }).await;
        let told = async |start: &str| {
            shop.tended().await;
            let mails = shop.catcher().mails_to(ops);
            mails.into_iter().filter(|mail| mail.subject.starts_with(start)).collect::<Vec<_>>()
        };
        assert_eq!(told("Alert: packages-new").await.len(), 1);
        shop.upstream.set_stock("1", 4);
        shop.engine.sync().await.unwrap();
        shop.engine.pause_provider("smartvps", "a test", "staff").await.unwrap();
        let low = told("Low stock: 1 package").await;
        assert_eq!(low.len(), 1);
        assert!(low[0].text.contains("has only 4 IPs left"), "{}", low[0].text);
        assert_eq!(told("Alert: provider-paused").await.len(), 1);

        shop.later(23 * 60 * MINUTE);
        shop.engine.sync().await.unwrap();
        assert_eq!(told("").await.len(), 3, "nothing is new");
        shop.later(60 * MINUTE);
        assert_eq!(told("Low stock").await.len(), 2);
        assert_eq!(told("").await.len(), 4, "and nothing else is new");

        // No mail tells that staff's own mail came back: that would never end.
        shop.catcher().keep_lying(Some(Lie::Refuse(550)));
        shop.engine.resume_provider("smartvps", "well", "staff").await.unwrap();
        shop.engine.pause_provider("smartvps", "again", "staff").await.unwrap();
        shop.tended().await;
        shop.catcher().keep_lying(None);
        assert_eq!(told("").await.len(), 4);
        let refused = alerts_of_mail(&shop).await;
        assert_eq!((refused.len(), refused[0].0.as_str()), (1, "mail-refused"), "{refused:?}");
    })
    .await;
}

/// Until the shop's clock on the wall shows this, today or tomorrow.
async fn until_wall(shop: &TestShop, hour: i8, minute: i8) {
    let zone = shop.engine.settings().papers.zone.clone();
    let now = shop.db.read(|tx| tx.now()).await.unwrap();
    let now = jiff::Timestamp::from_microsecond(now.as_micros()).unwrap().to_zoned(zone);
    let mut then = now.with().hour(hour).minute(minute).second(0).build().unwrap();
    if then <= now {
        then = then.tomorrow().unwrap();
    }
    shop.later(now.duration_until(&then).unsigned_abs());
}

#[tokio::test]
async fn staff_read_every_morning_what_the_day_before_brought() {
    for_each_database(async |test| {
        let ops = ["ops@example.com", "sue@example.com"];
        let alert_mails = ops.map(str::to_owned).to_vec();
        let shop = TestShop::that_mails(test, Settings { alert_mails, ..settings() }).await;
        until_wall(&shop, 12, 0).await;
        shop.engine.sync().await.unwrap();
        let told = async || {
            shop.tended().await;
            let all = ops.map(|ops| shop.catcher().mails_to(ops));
            all.map(|mails| {
                let of_days = mails.into_iter().filter(|mail| mail.subject.contains(" paid, "));
                of_days.collect::<Vec<_>>()
            })
        };
        for _ in 0..2 {
            assert!(is_delivered(&shop.buy(SOLD).await));
        }
        let back = shop.buy(SOLD).await;
        shop.remedy(&back, wish(Remedy::Refund)).await.unwrap();
        shop.upstream.next(Op::Buyvps, smartvps::Lie::answering(smartvps::Answer::Lost));
        shop.buy(SOLD).await;
        assert_eq!(told().await.map(|mails| mails.len()), [0, 0], "the day is not over");

        until_wall(&shop, 6, 59).await;
        assert_eq!(told().await.map(|mails| mails.len()), [0, 0], "nobody reads at night");
        until_wall(&shop, 7, 0).await;
        let [first, second] = told().await;
        assert_eq!((first.len(), second.len()), (1, 1));
        let (subject, text) = (&first[0].subject, &first[0].text);
        assert!(subject.contains("4 paid, 3 delivered"), "{subject}");
        assert!(text.contains("1 × unheard (1 late)"), "{text}");

        shop.later(60 * MINUTE);
        assert_eq!(told().await.map(|mails| mails.len()), [1, 1], "once");
        until_wall(&shop, 7, 0).await;
        let [quiet, _] = told().await;
        assert_eq!(quiet.len(), 2, "and every day");
        assert!(quiet[1].subject.contains("0 paid, 0 delivered"), "{}", quiet[1].subject);
    })
    .await;
}

#[tokio::test]
async fn without_a_mail_server_mail_waits_and_leaves_when_there_is_one() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        shop.buy(SOLD).await;
        shop.tended().await;
        assert_eq!(states(&shop).await, [MailState::Waiting; 3]);
        assert!(shop.jobs().await.iter().all(|job| !job.contains("job_mail")));
        let other = open(test).await;
        other.tended().await;
        assert_eq!(other.catcher().mails_to(&customers_address(&shop).await).len(), 3);
        assert_eq!(states(&shop).await, [MailState::Sent; 3]);
    })
    .await;
}

#[tokio::test]
async fn the_link_of_a_letter_leaves_with_it_and_is_kept_nowhere() {
    for_each_database(async |test| {
        let shop = open(test).await;
        let email = customers_address(&shop).await;
        shop.engine.ask_reset(&email, [192, 0, 2, 1].into()).await.unwrap();
        let letter = received(&shop).await.remove(0);
        assert_eq!(letter.subject, "Choose a new password");
        let (_, rest) = letter.text.split_once("/reset?token=").unwrap();
        let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        assert_eq!(token.len(), 64);
        let kept = mails(&shop).await.remove(0);
        assert!(!format!("{kept:?}").contains(&token), "{kept:?}");
        assert!(kept.words.unwrap().text.contains("/reset?token=hidden"));
        let token = engine::secret::Secret::new(token);
        let new = engine::secret::Secret::new("battery horse correct");
        shop.engine.reset_password(&token, &new).await.unwrap();
        assert_eq!(subjects(&received(&shop).await)[1], "Your password was changed");
    })
    .await;
}
