//! Staff are told in their chats and at their webhooks what begins and what is over, once each, as
//! each of them wants to be spoken to; and whoever does not listen holds up nobody.

use std::time::Duration;

use engine::notice::{Place, Tested};
use engine::silence::{SilenceId, SilenceWish};
use sim::chat::{Channel, Lie, Told};

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered};

const MINUTE: Duration = Duration::from_secs(60);

/// What was told at one place, each notice by its first line.
async fn heads(shop: &TestShop, channel: Channel) -> Vec<String> {
    shop.tended().await;
    let told = shop.chats().told_at(channel);
    told.iter().map(|told| told.text.lines().next().unwrap_or_default().to_owned()).collect()
}

/// What was told of the provider's pauses: of nothing else that a new shop has to say.
async fn pauses(shop: &TestShop, channel: Channel) -> Vec<Told> {
    shop.tended().await;
    let mut told = shop.chats().told_at(channel);
    told.retain(|told| told.text.contains("provider-paused"));
    told
}

async fn pause(shop: &TestShop, why: &str) {
    shop.engine.pause_provider("smartvps", why, "staff").await.unwrap();
}

fn quiet(subject: Option<&str>, hours: u32) -> SilenceWish {
    let (kind, subject) = ("provider-paused".to_owned(), subject.map(ToOwned::to_owned));
    SilenceWish { kind, subject, hours, reason: "we know".to_owned() }
}

async fn resume(shop: &TestShop) {
    shop.engine.resume_provider("smartvps", "well again", "staff").await.unwrap();
}

async fn unsent(shop: &TestShop) -> Vec<String> {
    let alerts = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
    let alerts = alerts.into_iter().filter(|alert| alert.kind == "notice-unsent");
    alerts.map(|alert| alert.text).collect()
}

#[tokio::test]
async fn each_chat_is_told_what_begins_and_what_is_over_once() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &Channel::ALL).await;
        pause(&shop, "<!channel> *really*").await;
        pause(&shop, "and again").await;
        shop.tended().await;
        for channel in Channel::ALL {
            let told = pauses(&shop, channel).await;
            assert_eq!(told.len(), 1, "{channel:?} {told:?}");
            assert!(told[0].text.contains("<!channel> *really*"), "{told:?}");
            assert!(told[0].text.contains("/admin/alerts"), "{told:?}");
        }
        resume(&shop).await;
        for channel in [Channel::Slack, Channel::Discord, Channel::Telegram] {
            let heads = heads(&shop, channel).await;
            assert_eq!(heads.last().unwrap(), "Berth: provider-paused is over", "{channel:?}");
        }
        let hooks = pauses(&shop, Channel::Webhook).await;
        let types: Vec<bool> =
            hooks.iter().map(|hook| hook.text.contains("\"type\":\"alert.resolved\"")).collect();
        assert_eq!(types, [false, true]);
        let count = shop.chats().counts();
        shop.later(60 * MINUTE);
        shop.tended().await;
        assert_eq!(shop.chats().counts(), count, "nothing is told again");
        assert_eq!(count.tries, count.told);
    })
    .await;
}

#[tokio::test]
async fn a_crowd_of_alerts_is_told_as_one() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Slack, Channel::Webhook]).await;
        heads(&shop, Channel::Slack).await;
        let raise = |tx: &mut store::db::Tx<'_>| {
            (0..12).try_for_each(|at| tx.raise_alert("renamed", &format!("prd_{at}"), "a name"))
        };
        shop.db.write(raise).await.unwrap();
        assert_eq!(heads(&shop, Channel::Slack).await.last().unwrap(), "Berth: 12 new alerts");
        let hook = shop.chats().told_at(Channel::Webhook).pop().unwrap();
        assert!(hook.text.contains("\"count\":12,\"kinds\":{\"renamed\":12}"), "{}", hook.text);
    })
    .await;
}

#[tokio::test]
async fn a_chat_that_says_later_is_told_later_and_the_same() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Discord, Channel::Webhook]).await;
        heads(&shop, Channel::Discord).await;
        shop.chats().lie_once(Channel::Discord, Lie::Busy(300));
        shop.chats().lie_once(Channel::Webhook, Lie::KeepAndDrop);
        pause(&shop, "a test").await;
        assert!(pauses(&shop, Channel::Discord).await.is_empty());
        shop.later(4 * MINUTE);
        assert!(pauses(&shop, Channel::Discord).await.is_empty(), "it asked for five");
        // Nobody knows whether it was taken, so it comes again, and can be known as the same.
        let hooks = pauses(&shop, Channel::Webhook).await;
        assert_eq!(hooks.len(), 2, "{hooks:?}");
        assert!(hooks[0].id.is_some() && hooks[0] == hooks[1], "{hooks:?}");
        shop.later(MINUTE);
        assert_eq!(pauses(&shop, Channel::Discord).await.len(), 1);
        assert!(unsent(&shop).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_dead_chat_holds_up_no_other_and_no_order_and_loses_nothing() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Slack, Channel::Telegram]).await;
        heads(&shop, Channel::Slack).await;
        shop.chats().keep_lying(Channel::Slack, Some(Lie::Broken));
        pause(&shop, "a test").await;
        resume(&shop).await;
        pause(&shop, "another").await;
        assert_eq!(pauses(&shop, Channel::Telegram).await.len(), 1, "what is over is not news");
        for _ in 0..3 {
            shop.later(5 * MINUTE);
            shop.tended().await;
        }
        resume(&shop).await;
        assert_eq!(pauses(&shop, Channel::Telegram).await.len(), 2);
        shop.engine.sync().await.unwrap();
        assert!(is_delivered(&shop.buy(SOLD).await));
        let unsent_now = unsent(&shop).await;
        assert_eq!(unsent_now.len(), 1);
        assert!(unsent_now[0].contains("slack") && unsent_now[0].contains("500"), "{unsent_now:?}");
        let of_slack = heads(&shop, Channel::Telegram).await;
        assert!(of_slack.contains(&"Berth: notice-unsent".to_owned()), "{of_slack:?}");

        shop.chats().keep_lying(Channel::Slack, None);
        shop.later(30 * MINUTE);
        assert_eq!(pauses(&shop, Channel::Slack).await.len(), 2);
        assert!(unsent(&shop).await.is_empty());
        let slack = heads(&shop, Channel::Slack).await;
        assert!(!slack.iter().any(|head| head.contains("notice-unsent")), "{slack:?}");
    })
    .await;
}

#[tokio::test]
async fn a_chat_that_says_nothing_holds_up_no_order() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Slack, Channel::Telegram]).await;
        shop.chats().keep_lying(Channel::Slack, Some(Lie::Hang));
        pause(&shop, "a test").await;
        shop.engine.sweep().await.unwrap();
        shop.until(async || {
            let told = shop.chats().told_at(Channel::Telegram);
            told.iter().any(|told| told.text.contains("provider-paused"))
        })
        .await;
        resume(&shop).await;
        let order = shop.order_of(SOLD).await.unwrap();
        shop.pay(&order).await;
        shop.until_stage(&order, |stage| matches!(stage, domain::order::Stage::Delivered(_))).await;
        assert!(shop.chats().told_at(Channel::Slack).is_empty());
        shop.chats().keep_lying(Channel::Slack, None);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_for_good_is_told_to_everybody_else() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &Channel::ALL).await;
        heads(&shop, Channel::Slack).await;
        shop.chats().keep_lying(Channel::Telegram, Some(Lie::Gone));
        pause(&shop, "a test").await;
        shop.tended().await;
        let why = unsent(&shop).await;
        assert_eq!(why.len(), 1);
        assert!(why[0].contains("telegram -100200"), "{why:?}");
        assert!(why[0].contains("403: Forbidden: bot was kicked"), "{why:?}");
        assert!(!why[0].contains("xyz"), "a token is told to nobody: {why:?}");
        for channel in [Channel::Slack, Channel::Discord] {
            assert_eq!(heads(&shop, channel).await.last().unwrap(), "Berth: notice-unsent");
        }
        shop.chats().keep_lying(Channel::Telegram, None);
        resume(&shop).await;
        shop.tended().await;
        assert!(unsent(&shop).await.is_empty(), "it takes what it is told again");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_target_that_is_no_more_is_dropped() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Slack, Channel::Telegram]).await;
        shop.chats().keep_lying(Channel::Slack, Some(Lie::Busy(3_000)));
        heads(&shop, Channel::Slack).await;
        let other = shop.another_node_that_tells(test, &[Channel::Telegram]).await;
        drop(shop);
        let waits = async || {
            let jobs = other.jobs().await;
            jobs.iter().filter(|job| job.contains("notice")).count()
        };
        other.tended().await;
        assert_eq!(waits().await, 1);
        other.later(65 * MINUTE);
        other.tended().await;
        assert_eq!(waits().await, 0, "{:?}", other.jobs().await);
        assert!(other.chats().told_at(Channel::Slack).is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_silenced_is_told_to_nobody_until_the_silence_is_over() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Slack, Channel::Webhook]).await;
        heads(&shop, Channel::Slack).await;
        shop.engine.silence_alerts(quiet(Some("smartvps"), 2), "sam").await.unwrap();
        // The same once more: the newest word counts.
        let one = shop.engine.silence_alerts(quiet(Some("smartvps"), 1), "sue").await.unwrap();
        assert_eq!(shop.engine.silences().await.unwrap(), [one]);
        pause(&shop, "a test").await;
        assert!(pauses(&shop, Channel::Slack).await.is_empty());
        let open = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
        assert!(open.iter().any(|alert| alert.kind == "provider-paused"), "written all the same");
        // What is over before the silence is was nothing to tell.
        resume(&shop).await;
        pause(&shop, "another").await;
        shop.later(59 * MINUTE);
        assert!(pauses(&shop, Channel::Slack).await.is_empty());
        shop.later(2 * MINUTE);
        for channel in [Channel::Slack, Channel::Webhook] {
            let told = pauses(&shop, channel).await;
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].text.contains("another"), "{told:?}");
        }
        assert!(shop.engine.silences().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_silence_of_a_kind_ends_by_a_button_and_what_is_open_is_told() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &[Channel::Slack]).await;
        heads(&shop, Channel::Slack).await;
        let set = shop.engine.silence_alerts(quiet(None, 168), "sam").await.unwrap();
        pause(&shop, "a test").await;
        assert!(pauses(&shop, Channel::Slack).await.is_empty());
        shop.engine.end_silence(SilenceId(set.id), "sue").await.unwrap();
        assert_eq!(pauses(&shop, Channel::Slack).await.len(), 1);
        assert!(shop.engine.end_silence(SilenceId(set.id), "sue").await.is_err(), "it is over");
        let audit = shop.db.read(|tx| tx.list_audit(None, 50)).await.unwrap();
        let audit: Vec<(&str, &str)> =
            audit.iter().map(|row| (&*row.actor, &*row.action)).collect();
        assert!(audit.contains(&("sam", "silence-alerts")), "{audit:?}");
        assert!(audit.contains(&("sue", "end-silence")), "{audit:?}");
        for (hours, reason) in [(0, "x"), (169, "x"), (1, " ")] {
            let wish = SilenceWish { reason: reason.to_owned(), ..quiet(None, hours) };
            assert!(shop.engine.silence_alerts(wish, "sam").await.is_err(), "{hours} {reason:?}");
        }
    })
    .await;
}

fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Slack => "slack",
        Channel::Discord => "discord",
        Channel::Telegram => "telegram",
        Channel::Webhook => "webhook",
    }
}

async fn place(shop: &TestShop, channel: Channel) -> Place {
    let places = shop.engine.alert_targets().await.unwrap();
    places.into_iter().find(|place| place.channel == word(channel)).unwrap()
}

#[tokio::test]
async fn a_test_says_what_the_far_side_answered_and_shows_no_secret() {
    for_each_database(async |test| {
        let shop = TestShop::that_tells(test, &Channel::ALL).await;
        shop.tended().await;
        for channel in Channel::ALL {
            let told = shop.chats().told_at(channel).len();
            let key = place(&shop, channel).await.key;
            let tested = shop.engine.test_alert_target(&key, "sam").await.unwrap().1;
            assert_eq!(tested, Tested::Taken, "{channel:?}");
            let now = shop.chats().told_at(channel);
            assert_eq!(now.len(), told + 1, "{channel:?} {now:?}");
            assert!(now.last().unwrap().text.contains("test"), "{now:?}");
            shop.chats().lie_once(channel, Lie::Broken);
            let (label, tested) = shop.engine.test_alert_target(&key, "sam").await.unwrap();
            let Tested::NotNow(why) = tested else { panic!("{channel:?} {tested:?}") };
            assert!(why.contains("500") && label.starts_with(word(channel)), "{label}: {why}");
        }
        shop.chats().keep_lying(Channel::Telegram, Some(Lie::Gone));
        let key = place(&shop, Channel::Telegram).await.key;
        let tested = shop.engine.test_alert_target(&key, "sam").await.unwrap().1;
        let Tested::Refused(why) = tested else { panic!("{tested:?}") };
        assert!(why.contains("bot was kicked"), "{why}");
        // Who does not take what is told shows that, and why.
        shop.chats().keep_lying(Channel::Slack, Some(Lie::Busy(300)));
        pause(&shop, "a test").await;
        shop.tended().await;
        let places = shop.engine.alert_targets().await.unwrap();
        let slack = places.iter().find(|place| place.channel == "slack").unwrap();
        assert!(slack.waiting > 0 && slack.error.as_ref().unwrap().contains("429"), "{slack:?}");
        let telegram = places.iter().find(|place| place.channel == "telegram").unwrap();
        assert!(telegram.error.as_ref().unwrap().contains("bot was kicked"), "{telegram:?}");
        assert!(!format!("{places:?}").contains("xyz"), "a secret is shown to nobody: {places:?}");
        assert!(shop.engine.test_alert_target("0123456789abcdef", "sam").await.is_err());
        let audit = shop.db.read(|tx| tx.list_audit(None, 50)).await.unwrap();
        let tests = audit.iter().filter(|row| row.action == "test-alert-target").count();
        assert_eq!(tests, 9, "{audit:?}");
        shop.chats().keep_lying(Channel::Slack, None);
        shop.chats().keep_lying(Channel::Telegram, None);
    })
    .await;
}
