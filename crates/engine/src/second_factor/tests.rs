//! What a second factor promises, over the engine: no code is good twice, none gets in without the
//! password, and guesses end soon.

use std::time::Duration;

use domain::clock::Timestamp;

use super::*;
use crate::account::NewPassword;
use crate::database::{TestDb, for_each_database};
use crate::permission::{Act, Role, Visitor};
use crate::session::{CodeShown, SignIn, SignedIn};
use crate::test_engine::{PASSWORD, TestEngine, address};

const STEP: Duration = Duration::from_secs(30);

async fn now(test: &TestDb) -> Timestamp {
    test.db.read(|tx| tx.now()).await.unwrap()
}

fn bytes(letters: &str) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        _ => letter - b'2' + 26,
    };
    let bits: Vec<u8> =
        letters.bytes().flat_map(|l| (0..5).rev().map(move |bit| value(l) >> bit & 1)).collect();
    bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

/// What the device shows, so many steps from now.
async fn code(test: &TestDb, setup: &Setup, steps: i64) -> Secret {
    let secret = bytes(setup.secret.expose());
    Secret::new(totp::code_of(&secret, totp::step_at(now(test).await) + steps))
}

fn password() -> SignIn {
    let (email, agent) = ("ada@example.com".into(), "Firefox".into());
    SignIn { email, password: Secret::new(PASSWORD), agent, address: address(1) }
}

fn shown(ticket: &Secret, code: &Secret) -> CodeShown {
    let (ticket, code) = (ticket.clone(), code.clone());
    CodeShown { ticket, code, agent: "Firefox".into(), address: address(1) }
}

async fn me(shop: &TestEngine, signed_in: &SignedIn) -> AccountRef {
    match shop.engine.who(&signed_in.token).await.unwrap() {
        Visitor::Account(account) => account,
        Visitor::Nobody => panic!("nobody"),
    }
}

async fn ticket(shop: &TestEngine) -> Secret {
    match shop.engine.sign_in(password()).await {
        Err(Error::NeedsCode { ticket }) => ticket,
        other => panic!("{other:?}"),
    }
}

/// Ada with a second factor, its secret, and her recovery codes.
async fn guarded(test: &TestDb, shop: &TestEngine, role: Role) -> (AccountRef, Setup, Vec<Secret>) {
    shop.account("ada@example.com", role).await;
    let ada = me(shop, &shop.engine.sign_in(password()).await.unwrap()).await;
    let setup = shop.engine.begin_second_factor(&ada).await.unwrap();
    let first = code(test, &setup, -1).await;
    let codes = shop.engine.confirm_second_factor(&ada, &first).await.unwrap();
    (ada, setup, codes)
}

#[tokio::test]
async fn it_is_asked_for_once_a_code_of_it_was_seen() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        shop.account("ada@example.com", Role::Customer).await;
        let ada = me(&shop, &shop.engine.sign_in(password()).await.unwrap()).await;
        let setup = shop.engine.begin_second_factor(&ada).await.unwrap();
        assert!(shop.engine.sign_in(password()).await.is_ok(), "it is not on yet");
        let wrong = shop.engine.confirm_second_factor(&ada, &Secret::new("000000")).await;
        assert!(matches!(wrong, Err(Error::Invalid { slug: "wrong-code", .. })), "{wrong:?}");
        let again = shop.engine.pending_second_factor(&ada).await.unwrap();
        assert_eq!(again.secret, setup.secret);
        let right = code(test, &setup, 0).await;
        let codes = shop.engine.confirm_second_factor(&ada, &right).await.unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let stands = shop.engine.second_factor(&ada).await.unwrap();
        assert_eq!(stands, Factor { is_on: true, recovery_codes: 10 });
        assert!(matches!(shop.engine.sign_in(password()).await, Err(Error::NeedsCode { .. })));
        let twice = shop.engine.begin_second_factor(&ada).await;
        assert!(matches!(twice, Err(Error::Refused { slug: "not-now", .. })), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn a_code_opens_one_session_and_no_code_opens_a_second() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let (_, setup, _) = guarded(test, &shop, Role::Customer).await;
        let (first, second) = (ticket(&shop).await, ticket(&shop).await);
        assert_eq!(shop.engine.who(&first).await.unwrap(), Visitor::Nobody);
        let right = code(test, &setup, 0).await;
        let signed_in = shop.engine.sign_in_by_code(shown(&first, &right)).await.unwrap();
        assert!(shop.engine.who(&signed_in.token).await.unwrap().account().is_some());
        // The same code, and an older one that was never used.
        for used in [right, code(test, &setup, -1).await] {
            let replayed = shop.engine.sign_in_by_code(shown(&second, &used)).await;
            assert!(matches!(replayed, Err(Error::Invalid { slug: "wrong-code", .. })));
        }
        let next = code(test, &setup, 1).await;
        let over = shop.engine.sign_in_by_code(shown(&first, &next)).await;
        assert!(matches!(over, Err(Error::Unauthenticated)), "a ticket is good once: {over:?}");
        assert!(shop.engine.sign_in_by_code(shown(&second, &next)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_counts_once_however_it_is_typed() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let (ada, setup, codes) = guarded(test, &shop, Role::Customer).await;
        let typed = Secret::new(codes[3].expose().to_lowercase().replace('-', " "));
        let first = ticket(&shop).await;
        shop.engine.sign_in_by_code(shown(&first, &typed)).await.unwrap();
        let second = ticket(&shop).await;
        let again = shop.engine.sign_in_by_code(shown(&second, &codes[3])).await;
        assert!(matches!(again, Err(Error::Invalid { slug: "wrong-code", .. })));
        assert_eq!(shop.engine.second_factor(&ada).await.unwrap().recovery_codes, 9);
        let right = code(test, &setup, 0).await;
        let renewed = shop.engine.renew_recovery_codes(&ada, &right).await.unwrap();
        let old = shop.engine.sign_in_by_code(shown(&second, &codes[0])).await;
        assert!(old.is_err(), "new ones take the place of the old ones");
        shop.engine.sign_in_by_code(shown(&second, &renewed[0])).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn guesses_at_codes_end_soon_whatever_the_password() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let (_, setup, _) = guarded(test, &shop, Role::Customer).await;
        for _ in 0..5 {
            let guess = Secret::new("not a code");
            let refused = shop.engine.sign_in_by_code(shown(&ticket(&shop).await, &guess)).await;
            assert!(matches!(refused, Err(Error::Invalid { slug: "wrong-code", .. })));
        }
        let ticket = ticket(&shop).await;
        let right = code(test, &setup, 0).await;
        let stopped = shop.engine.sign_in_by_code(shown(&ticket, &right)).await;
        assert!(matches!(stopped, Err(Error::TooMany { retry_after_s: 900, .. })), "{stopped:?}");
        shop.clock.step(Duration::from_secs(15 * 60));
        let late = shop.engine.sign_in_by_code(shown(&ticket, &right)).await;
        assert!(matches!(late, Err(Error::Unauthenticated)), "a ticket holds ten minutes");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_one_proves_by_it_and_switches_it_off_with_it() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let (_, setup, _) = guarded(test, &shop, Role::Customer).await;
        let right = code(test, &setup, 0).await;
        let ticket = ticket(&shop).await;
        let mut signed_in = shop.engine.sign_in_by_code(shown(&ticket, &right)).await.unwrap();
        shop.clock.step(Duration::from_secs(10 * 60));
        let ada = me(&shop, &signed_in).await;
        assert!(!ada.proved && ada.second_factor == SecondFactor::On);
        let by_password = shop.engine.prove_again(&ada, &Secret::new(PASSWORD), address(1)).await;
        assert!(matches!(by_password, Err(Error::Invalid { slug: "wrong-code", .. })));
        let proof = code(test, &setup, 0).await;
        let renewed = shop.engine.prove_again(&ada, &proof, address(1)).await.unwrap();
        signed_in.token = renewed.unwrap();
        assert!(me(&shop, &signed_in).await.proved);
        shop.clock.step(STEP);
        assert!(shop.engine.end_second_factor(&ada, &Secret::new("123")).await.is_err());
        let last = code(test, &setup, 0).await;
        shop.engine.end_second_factor(&ada, &last).await.unwrap();
        assert!(shop.engine.sign_in(password()).await.is_ok());
        assert_eq!(shop.letters().await.pop().unwrap().0, "second-factor-off");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_does_not_do_away_with_it() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let (ada, ..) = guarded(test, &shop, Role::Customer).await;
        let another = Secret::new("battery horse correct");
        shop.engine.ask_reset("ada@example.com", address(1)).await.unwrap();
        let link = shop.letters().await.pop().unwrap().2.unwrap();
        shop.engine.reset_password(&link, &another).await.unwrap();
        let wish = SignIn { password: another.clone(), ..password() };
        assert!(matches!(shop.engine.sign_in(wish).await, Err(Error::NeedsCode { .. })));
        let (current, new) = (another, Secret::new(PASSWORD));
        let wish = NewPassword { current, new, address: address(1) };
        shop.engine.change_password(&ada, wish).await.unwrap();
        assert!(matches!(shop.engine.sign_in(password()).await, Err(Error::NeedsCode { .. })));
    })
    .await;
}

#[tokio::test]
async fn staff_without_one_may_set_one_up_and_no_more_where_the_shop_asks_for_it() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let (ada, ..) = guarded(test, &shop, Role::Admin).await;
        let sam = shop.account("sam@example.com", Role::Support).await;
        let key = shop.engine.create_api_key(&sam, &[], "test").await.unwrap().key;
        let wish = SignIn { email: "sam@example.com".into(), ..password() };
        let sam = shop.engine.sign_in(wish).await.unwrap();
        let alone = shop.engine.ask_staff_for_second_factor(&me(&shop, &sam).await).await;
        assert!(matches!(alone, Err(Error::Refused { slug: "not-now", .. })), "{alone:?}");
        shop.engine.ask_staff_for_second_factor(&ada).await.unwrap();
        let visitor = shop.engine.who(&sam.token).await.unwrap();
        let refused = visitor.may(Act::SeeWork);
        assert!(matches!(refused, Err(Error::Refused { slug: "second-factor-needed", .. })));
        assert!(visitor.may(Act::ChangeSignIn).is_ok());
        assert!(shop.engine.who_by_key(&key).await.unwrap().may(Act::SeeWork).is_ok());
        let one = me(&shop, &sam).await;
        let setup = shop.engine.begin_second_factor(&one).await.unwrap();
        let right = code(test, &setup, 0).await;
        shop.engine.confirm_second_factor(&one, &right).await.unwrap();
        assert!(shop.engine.who(&sam.token).await.unwrap().may(Act::SeeWork).is_ok());
        shop.engine.take_second_factor_off(&one.id, ada.actor()).await.unwrap();
        assert!(shop.engine.who(&sam.token).await.unwrap().may(Act::SeeWork).is_err());
        shop.engine.trust_staff_without(&ada).await.unwrap();
        assert!(shop.engine.who(&sam.token).await.unwrap().may(Act::SeeWork).is_ok());
    })
    .await;
}
