//! What mails about an account say. Who reads one need not be who caused it: each says what to do
//! then.

use engine::brand::Brand;
use engine::mail::told::{AccountNews, AccountTold};

use super::{Sheet, Spoken};
use crate::paths;

/// In place of a token, where a mail is looked at by somebody else than its receiver.
const HIDDEN: &str = "hidden";

impl Spoken<'_> {
    pub(super) fn of_account(&self, news: AccountNews, told: &AccountTold) -> Sheet {
        let (heading, sentence, button, path) = self.says(news, told);
        let until = told.until.map(|until| (self.say("mail-holds-until"), self.time(until)));
        let in_wallet = || self.say("mail-in-wallet");
        let amount = told.amount.map(|amount| (in_wallet(), amount.for_people()));
        let is_a_warning = matches!(
            news,
            AccountNews::PasswordChanged
                | AccountNews::AddressChanged
                | AccountNews::SecondFactorOff
        );
        let is_money = matches!(news, AccountNews::ToppedUp | AccountNews::Credited);
        // Whoever is invited has done nothing themselves.
        let is_calm = !is_a_warning && !is_money && news != AccountNews::Invited;
        Sheet {
            subject: heading.clone(),
            heading,
            greeting: String::new(),
            quote: told.note.clone(),
            paragraphs: vec![sentence],
            facts: until.into_iter().chain(amount).collect(),
            troubles: vec![],
            button: (button, self.link(&path)),
            after: is_calm.then(|| self.say("mail-not-you")).into_iter().collect(),
            foot: self.say_with("mail-foot-account", "host", self.words.host()),
            shop: Brand::default(),
            language: self.language,
        }
    }

    /// Its heading, what happened, and the button with where it leads.
    fn says(&self, news: AccountNews, told: &AccountTold) -> (String, String, String, String) {
        let say = |key: &str| self.say(key);
        let token = told.token.as_ref().map_or(HIDDEN, |token| token.expose());
        match news {
            AccountNews::Verify => (
                say("mail-verify"),
                say("mail-verify-more"),
                say("verify-mine"),
                paths::verify(token),
            ),
            AccountNews::KnownAddress => {
                (say("mail-known"), say("mail-known-more"), say("sign-in"), paths::LOGIN.to_owned())
            }
            AccountNews::Reset => (
                say("mail-reset"),
                say("mail-reset-more"),
                say("mail-choose-password"),
                paths::reset(token),
            ),
            AccountNews::UnknownAddress => {
                (say("mail-unknown"), say("mail-unknown-more"), say("sign-up"), paths::signup(""))
            }
            AccountNews::PasswordChanged => (
                say("mail-password"),
                say("mail-password-more"),
                say("mail-choose-password"),
                paths::FORGOT.to_owned(),
            ),
            AccountNews::AddressChanged => (
                say("mail-address"),
                say("mail-address-more"),
                say("mail-see-account"),
                paths::ACCOUNT.to_owned(),
            ),
            AccountNews::SecondFactorOff => (
                say("mail-factor-off"),
                say("mail-factor-off-more"),
                say("mail-see-account"),
                paths::ACCOUNT.to_owned(),
            ),
            AccountNews::ToppedUp => (
                say("mail-topped-up"),
                say("mail-topped-up-more"),
                say("mail-see-wallet"),
                paths::WALLET.to_owned(),
            ),
            AccountNews::Credited => (
                say("mail-credited"),
                say("mail-credited-more"),
                say("mail-see-wallet"),
                paths::WALLET.to_owned(),
            ),
            AccountNews::Invited => (
                say("mail-invited"),
                say("mail-invited-more"),
                say("mail-choose-password"),
                paths::reset(token),
            ),
        }
    }
}
