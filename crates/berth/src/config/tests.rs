//! The configuration as a whole: names, sources, mistakes and masks.

use std::collections::BTreeSet;
use std::time::Duration;

use upstream::smartvps::Refusals;

use super::gateways::Gateway;
use super::purchase::Limit;
use super::*;

/// An environment with a home, and nothing else but this.
fn env(pairs: &[(&str, &str)]) -> Given {
    let home = [("HOME", "/people/ada")];
    Given::of(home.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), value.into())))
}

/// The same with a settings file.
fn with(toml: &str, pairs: &[(&str, &str)]) -> Given {
    env(pairs).with_text(Path::new("berth.toml"), toml)
}

fn settled(given: Given) -> Settings {
    given.settle().unwrap().settings
}

/// Every mistake as one text each.
fn mistakes(given: Given) -> Vec<String> {
    given.settle().unwrap_err().problems.iter().map(Problem::to_string).collect()
}

#[test]
fn an_empty_environment_is_a_whole_configuration() {
    let settings = settled(env(&[]));
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.app_url(settings.server.listen), "http://127.0.0.1:8080");
    assert_eq!(settings.stock.warn_at, [10, 5]);
    assert_eq!(settings.purchase.timeout, Duration::from_secs(180));
    assert_eq!(settings.purchase.loss_budget, Limit::At(25_000));
    assert_eq!(settings.data_dir, Path::new("/people/ada/.local/share/berth"));
    let DatabaseUrl::Sqlite(path) = settings.database_url() else { panic!("a file by default") };
    assert_eq!(path, Path::new("/people/ada/.local/share/berth/berth.db"));
    assert!(settings.gateways.accounts.is_empty() && !settings.smartvps.is_on());
}

#[test]
fn the_environment_wins_over_the_file_and_an_empty_variable_does_not() {
    let toml = "[stock]\nbuffer = 2\ndisable_at = 7\n";
    let given = with(toml, &[("BERTH_STOCK_BUFFER", "4"), ("BERTH_STOCK_DISABLE_AT", "")]);
    let settled = given.settle().unwrap();
    assert_eq!((settled.settings.stock.buffer, settled.settings.stock.disable_at), (4, 7));
    let source = |env| settled.effective.iter().find(|one| one.env == env).unwrap().source;
    assert_eq!(source("BERTH_STOCK_BUFFER"), "environment");
    assert_eq!(source("BERTH_STOCK_DISABLE_AT"), "file");
    assert_eq!(source("BERTH_RESERVE_FOR"), "default");
}

#[test]
fn a_file_may_use_numbers_lists_and_the_names_of_the_environment() {
    let toml = "BERTH_RESERVE_FOR = \"5m\"\n\
                stock.warn_at = [20, 8]\n\
                tax.rate = 18.5\n\
                smartvps.refusals = [\"sold out\", \"transient:try later\"]\n";
    let settings = settled(with(toml, &[]));
    assert_eq!(settings.stock.reserve_for, Duration::from_secs(300));
    assert_eq!(settings.stock.warn_at, [20, 8]);
    assert_eq!(settings.tax.rate.as_basis_points(), 1_850);
    let refusals = Refusals::parse("sold out,transient:try later").unwrap();
    assert_eq!(settings.smartvps.refusals, refusals);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_one() {
    let near = |given| mistakes(given).remove(0);
    assert!(near(env(&[("BERTH_LISTN", "x")])).contains("the nearest is BERTH_LISTEN"));
    assert!(near(env(&[("BERTH_DATABASE_URL", "x")])).contains("the nearest is DATABASE_URL"));
    assert!(near(with("[stock]\nwarnat = 3", &[])).contains("the nearest is stock.warn_at"));
    assert!(near(with("[stok]\nbuffer = 3", &[])).contains("the nearest is [stock]"));
    assert!(near(with("[server]\ncurrency = 'INR'", &[])).contains("the nearest is shop.currency"));
    assert!(near(with("timezone = 'Asia/Kolkata'", &[])).contains("the nearest is shop.timezone"));
    assert!(near(with("BERTH_CURENCY = 'INR'", &[])).contains("the nearest is shop.currency"));
    // Names of other programs are none of our business.
    settled(env(&[("SMARTVPS_DEBUG", "1"), ("PATH", "/bin")]));
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let toml = "[stock]\nbuffer = -1\n\n[purchase]\ntimeout = \"3 minutes\"\n";
    let told = mistakes(with(toml, &[("BERTH_CURRENCY", "rupee"), ("APP_URL", "shop.example")]));
    assert_eq!(told.len(), 4, "{told:#?}");
    let all = told.join("\n");
    assert!(all.contains("BERTH_STOCK_BUFFER (stock.buffer): \"-1\" is not a whole number"));
    assert!(all.contains("berth.toml, line 2)") && all.contains("berth.toml, line 5)"));
    assert!(all.contains("BERTH_CURRENCY: \"rupee\"") && all.contains("APP_URL: \"shop.example\""));
}

#[test]
fn a_wrong_secret_is_named_and_never_shown() {
    let key = "c0ffee-s3cret";
    let told = mistakes(env(&[
        ("BERTH_MASTER_KEY", key),
        ("DATABASE_URL", "mysql://u:c0ffee-s3cret@h/d"),
        ("BERTH_SMTP_URL", "http://u:c0ffee-s3cret@h"),
        ("BERTH_ALERT_URLS", "slakc:c0ffee-s3cret"),
    ]));
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told.iter().all(|text| !text.contains(key)), "{told:#?}");
    let broken = mistakes(with("[smartvps]\npassword = \"c0ffee-s3cret\n", &[]));
    assert!(broken[0].contains("line 2") && !broken[0].contains(key), "{broken:?}");
}

#[test]
fn a_gateway_is_on_with_all_its_variables_and_refused_with_some() {
    let on = settled(env(&[
        ("RAZORPAY_KEY_ID", "id"),
        ("RAZORPAY_KEY_SECRET", "s"),
        ("RAZORPAY_WEBHOOK_SECRET", "w"),
        ("UPI_GATEWAY_API_KEY", "k"),
        ("STRIPE_BASE_URL", "http://127.0.0.1:9"),
    ]));
    assert_eq!(on.gateways.offered, [Gateway::Razorpay, Gateway::Upi]);

    let told = mistakes(env(&[("RAZORPAY_KEY_ID", "id"), ("STRIPE_SECRET_KEY", "s")]));
    let named: Vec<&str> = told.iter().filter_map(|text| text.split(' ').next()).collect();
    let missing = ["RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"];
    assert_eq!(named, missing);
}

#[test]
fn the_shop_chooses_the_order_of_gateways_among_those_it_has() {
    let keys =
        [("UPI_GATEWAY_API_KEY", "k"), ("CASHFREE_APP_ID", "a"), ("CASHFREE_SECRET_KEY", "s")];
    let order = |names| [&keys[..], &[("BERTH_GATEWAYS", names)]].concat();
    let settings = settled(env(&order("upi, cashfree")));
    assert_eq!(settings.gateways.offered, [Gateway::Upi, Gateway::Cashfree]);
    let fewer = settled(env(&order("upi")));
    assert_eq!((fewer.gateways.offered.len(), fewer.gateways.accounts.len()), (1, 2));

    assert!(mistakes(env(&order("stripe,upi")))[0].starts_with("STRIPE_SECRET_KEY is missing"));
    assert!(mistakes(env(&order("upi,upi")))[0].contains("twice"));
    assert!(mistakes(env(&order("razorpai")))[0].contains("nearest is razorpay"));
}

#[test]
fn what_needs_a_second_setting_says_which() {
    let first = |pairs: &[(&str, &str)]| mistakes(env(pairs)).remove(0);
    let postgres = first(&[("DATABASE_URL", "postgres://u@h/d")]);
    assert!(postgres.starts_with("BERTH_MASTER_KEY is missing"), "{postgres}");
    assert!(first(&[("SMARTVPS_USERNAME", "u")]).starts_with("SMARTVPS_PASSWORD is missing"));
    assert!(first(&[("BERTH_SMTP_URL", "smtp://h")]).starts_with("BERTH_MAIL_FROM is missing"));
    let from = first(&[("BERTH_MAIL_FROM", "a@b.example")]);
    assert!(from.starts_with("BERTH_SMTP_URL is missing"), "{from}");
    let homeless = mistakes(Given::of([])).remove(0);
    assert!(homeless.starts_with("BERTH_DATA_DIR is missing"), "{homeless}");
}

#[test]
fn secrets_are_masked_wherever_settings_are_shown() {
    let given = env(&[
        ("SMARTVPS_USERNAME", "reseller"),
        ("SMARTVPS_PASSWORD", "c0ffee-1"),
        ("SVPS_SYNC_TOKEN", "c0ffee-2"),
        ("DATABASE_URL", "postgres://berth:c0ffee-3@db:5432/shop?password=c0ffee-4"),
        ("BERTH_MASTER_KEY", &"c0ffee11".repeat(8)),
        ("BERTH_SMTP_URL", "smtps://shop:c0ffee-5@mail.example.com"),
        ("BERTH_MAIL_FROM", "shop@example.com"),
        ("BERTH_ALERT_URLS", "slack:T0/B0/c0ffee-6"),
        ("STRIPE_SECRET_KEY", "c0ffee-7"),
        ("STRIPE_WEBHOOK_SECRET", "c0ffee-8"),
    ]);
    let settled = given.settle().unwrap();
    let json = serde_json::to_string(&settled.effective).unwrap();
    assert!(!json.contains("c0ffee"), "{json}");
    assert!(!format!("{settled:?}").contains("c0ffee"));
    assert!(json.contains("postgres://berth:********@db:5432/shop\""), "{json}");
    assert!(json.contains("reseller"));
    let page = in_force(&settled);
    assert!(!format!("{page:?}").contains("c0ffee"));
    let key = page.settings.iter().find(|one| one.env == "BERTH_MASTER_KEY").unwrap();
    assert_eq!((&key.value, key.is_set, key.is_secret), (&None, true, true));
}

#[test]
fn whatever_is_counted_says_how_it_is_written() {
    let unit = |env: &str| settings().find(|setting| setting.env == env).unwrap().unit();
    for (env, says) in [
        ("BERTH_SYNC_EVERY", "a length of time"),
        ("BERTH_STOCK_WARN_AT", "with commas between"),
        ("BERTH_STOCK_BUFFER", "a whole number"),
        ("BERTH_LOSS_BUDGET", "or off"),
        ("BERTH_TAX_RATE", "per cent"),
    ] {
        assert!(unit(env).is_some_and(|unit| unit.contains(says)), "{env}: {:?}", unit(env));
    }
    assert_eq!(unit("APP_URL"), None);
}

#[test]
fn a_demo_never_meets_the_accounts_of_a_real_shop() {
    let real = [
        ("STRIPE_SECRET_KEY", "live"),
        ("SMARTVPS_USERNAME", "reseller"),
        ("SMARTVPS_PASSWORD", "live"),
        ("DATABASE_URL", "postgres://live/shop"),
        ("BERTH_SMTP_URL", "smtp://live"),
        ("BERTH_ALERT_URLS", "mailto:boss@live.example"),
        ("BERTH_STOCK_BUFFER", "2"),
    ];
    let given = env(&real).without_accounts().set("BERTH_LISTEN", "127.0.0.1:0");
    let settings = settled(given);
    assert!(!settings.smartvps.is_on() && settings.gateways.accounts.is_empty());
    assert!(!settings.database_url().is_postgres());
    assert!(settings.mail.smtp_url.is_none() && settings.alert.urls.is_none());
    assert_eq!((settings.server.listen.port(), settings.stock.buffer), (0, 2));

    let outside: BTreeSet<&str> =
        settings_with_hidden_parts().map(|setting| setting.section).collect();
    let forgotten = Given::default().without_accounts().forgotten;
    // The sync token only opens this shop's own door.
    let kept: Vec<_> = outside.iter().filter(|section| !forgotten.contains(section)).collect();
    assert_eq!(kept, [&"sync"]);
}

fn settings_with_hidden_parts() -> impl Iterator<Item = &'static Setting> {
    settings().filter(|setting| setting.shown != Shown::Plain)
}

#[test]
fn a_key_given_twice_or_of_the_wrong_kind_is_refused() {
    let twice = "BERTH_CURRENCY = 'INR'\n[shop]\ncurrency = 'USD'\n";
    assert!(mistakes(with(twice, &[]))[0].contains("given twice"));
    assert!(mistakes(with("stock = 3", &[]))[0].contains("[stock]"));
    assert!(mistakes(with("[stock]\nbuffer = { a = 1 }", &[]))[0].contains("must be text"));
    assert!(mistakes(with("[smartvps]\nrefusals = ['a, b']", &[]))[0].contains("comma"));
    assert!(mistakes(with("[stock]\nwarn_at = []", &[]))[0].contains("empty list"));
}

#[test]
fn a_named_file_must_be_there() {
    let refused = env(&[]).with_file(Some(Path::new("/nowhere/berth.toml"))).err().unwrap();
    assert!(refused.to_string().contains("/nowhere/berth.toml cannot be read"));
}

#[test]
fn every_name_stands_once_in_the_list_and_every_default_is_right() {
    let unique = |names: Vec<String>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
    assert!(unique(settings().map(|setting| setting.env.to_owned()).collect()));
    assert!(unique(settings().map(Setting::path).collect()));
    for setting in settings() {
        let Otherwise::Value(text) = setting.otherwise else { continue };
        let given = env(&[(setting.env, text)]);
        assert!(given.settle().is_ok(), "{}", setting.env);
    }
}

#[test]
fn the_names_that_others_rely_on_are_all_there() {
    let known: BTreeSet<&str> = settings().map(|setting| setting.env).collect();
    let promised = "DATABASE_URL BERTH_LISTEN BERTH_DATA_DIR BERTH_MASTER_KEY APP_URL \
        SMARTVPS_BASE_URL SMARTVPS_USERNAME SMARTVPS_PASSWORD SVPS_SYNC_TOKEN BERTH_STOCK_WARN_AT \
        BERTH_STOCK_DISABLE_AT BERTH_STOCK_BUFFER BERTH_SYNC_EVERY BERTH_SYNC_FAILING_AFTER \
        BERTH_RESERVE_FOR BERTH_RESERVE_MAX BERTH_PURCHASE_TAIL BERTH_CREDENTIALS_AFTER BERTH_OFFER_AFTER \
        BERTH_PAUSE_AFTER_UNHEARD BERTH_LOSS_BUDGET BERTH_LAPSE_AFTER BERTH_CURRENCY \
        BERTH_TIMEZONE SMARTVPS_PREFIX SMARTVPS_IPSTOCK_METHOD SMARTVPS_REFUSALS \
        BERTH_PURCHASE_TIMEOUT BERTH_PAYMENT_POLL_EVERY BERTH_GATEWAYS BERTH_TAX_RATE \
        BERTH_TAX_MODE BERTH_ROUND_TOTALS BERTH_SMTP_URL BERTH_MAIL_FROM BERTH_ALERT_URLS \
        CASHFREE_BASE_URL CASHFREE_APP_ID CASHFREE_SECRET_KEY RAZORPAY_BASE_URL RAZORPAY_KEY_ID \
        RAZORPAY_KEY_SECRET RAZORPAY_WEBHOOK_SECRET UPI_GATEWAY_BASE_URL UPI_GATEWAY_API_KEY \
        STRIPE_BASE_URL STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRET";
    for name in promised.split_whitespace() {
        assert!(known.contains(name), "{name}");
    }
}

#[test]
fn the_example_file_is_right_as_it_stands_and_with_every_default_written_out() {
    let example = example();
    settled(with(&example, &[]));
    let uncommented: Vec<&str> = example
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .collect();
    let toml = uncommented.join("\n");
    assert!(toml.contains("\ncurrency = \"INR\""), "{toml}");
    settled(with(&toml, &[]));
    insta::assert_snapshot!("example", example);
}
