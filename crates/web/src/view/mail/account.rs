//! What mails about an account say. Who reads one need not be who caused it: each says what to do
//! then.

use engine::brand::Brand;
use engine::mail::told::{AccountNews, AccountTold};

use super::{Sheet, Words};
use crate::language::Language;
use crate::paths;

const NOT_YOU: &str = "If that was not you, there is nothing that you have to do.";
/// In place of a token, where a mail is looked at by somebody else than its receiver.
const HIDDEN: &str = "hidden";

impl Words {
    pub(super) fn of_account(&self, news: AccountNews, told: &AccountTold) -> Sheet {
        let (heading, sentence, button, path) = says(news, told);
        let until = told
            .until
            .map(|until| ("It holds until", self.zone.anywhere(until, Language::default())));
        let amount = told.amount.map(|amount| ("In your wallet", amount.for_people()));
        let is_a_warning = matches!(
            news,
            AccountNews::PasswordChanged
                | AccountNews::AddressChanged
                | AccountNews::SecondFactorOff
        );
        let is_money = matches!(news, AccountNews::ToppedUp | AccountNews::Credited);
        Sheet {
            subject: heading.to_owned(),
            heading: heading.to_owned(),
            greeting: String::new(),
            quote: told.note.clone(),
            paragraphs: vec![sentence.to_owned()],
            facts: until.into_iter().chain(amount).collect(),
            troubles: vec![],
            button: (button, format!("{}{path}", self.app_url)),
            after: if is_a_warning || is_money { vec![] } else { vec![NOT_YOU] },
            foot: format!("About your account at {}", self.host()),
            shop: Brand::default(),
        }
    }
}

/// Its heading, what happened, and the button with where it leads.
fn says(
    news: AccountNews,
    told: &AccountTold,
) -> (&'static str, &'static str, &'static str, String) {
    let token = told.token.as_ref().map_or(HIDDEN, |token| token.expose());
    match news {
        AccountNews::Verify => (
            "Is this your address?",
            "Somebody, we think you, uses this address for an account here. Open the link and \
             we know that our mail reaches you, and that the address is yours.",
            "This is my address",
            paths::verify(token),
        ),
        AccountNews::KnownAddress => (
            "You have an account already",
            "Somebody, perhaps you, has just used this address for a new account, and you have \
             one already. Sign in with that one; the new one does not get your address.",
            "Sign in",
            paths::LOGIN.to_owned(),
        ),
        AccountNews::Reset => (
            "Choose a new password",
            "Somebody, we think you, has forgotten the password of your account. The link sets \
             a new one, once, and ends all sessions.",
            "Choose a password",
            paths::reset(token),
        ),
        AccountNews::UnknownAddress => (
            "There is no account with this address",
            "Somebody, perhaps you, wanted a new password for an account with this address, \
             and there is none. Perhaps you signed up with another address.",
            "Sign up",
            paths::signup(""),
        ),
        AccountNews::PasswordChanged => (
            "Your password was changed",
            "The password of your account is another one now, and your other sessions have \
             ended. If that was not you, choose a new one at once.",
            "Choose a password",
            paths::FORGOT.to_owned(),
        ),
        AccountNews::AddressChanged => (
            "Your account has another address",
            "From now on you sign in with another email address, and our mail goes there. If \
             that was not you, tell the shop at once: this address opens the account no more.",
            "See your account",
            paths::ACCOUNT.to_owned(),
        ),
        AccountNews::ToppedUp | AccountNews::Credited => of_money(news),
        AccountNews::SecondFactorOff => (
            "Your second factor is off",
            "From now on the password alone opens your account. If you did not switch it off, \
             choose a new password at once.",
            "See your account",
            paths::ACCOUNT.to_owned(),
        ),
    }
}

/// Of what came into their wallet.
fn of_money(news: AccountNews) -> (&'static str, &'static str, &'static str, String) {
    let (heading, sentence) = match news {
        AccountNews::ToppedUp => (
            "Your payment has arrived",
            "What you paid is in your wallet, and pays for servers at once. This mail is your \
             receipt.",
        ),
        _ => (
            "You have credit with us",
            "It is in your wallet, and pays for servers at once, wholly or in part.",
        ),
    };
    (heading, sentence, "See your wallet", paths::WALLET.to_owned())
}
