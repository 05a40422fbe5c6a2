//! The second step of signing in: a code, from whoever has shown the password. Between the two
//! there is a ticket and no session.

use std::net::IpAddr;
use std::time::Duration;

use store::account::Account as Row;
use store::ticket::{NewTicket, Purpose};

use super::{Device, SignedIn, begin, hash_of, random_text};
use crate::Engine;
use crate::account::role_of;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// So long somebody looks for their device.
pub const TICKET_LASTS: Duration = Duration::from_secs(10 * 60);

/// A code, from somebody whose password was right.
#[derive(Clone, Debug)]
pub struct CodeShown {
    pub ticket: Secret,
    pub code: Secret,
    /// What the browser calls itself.
    pub agent: String,
    pub address: IpAddr,
}

impl Engine {
    pub(super) async fn ticket_for_code(&self, row: &Row) -> Result<Secret> {
        let token = random_text(&*self.parts.chance);
        let ticket = NewTicket {
            token_hash: hash_of(&token),
            purpose: Purpose::SignIn,
            account: row.id.clone(),
            email: row.email.clone(),
            lasts: TICKET_LASTS,
        };
        self.db().write(move |tx| tx.insert_ticket(&ticket)).await?;
        Ok(Secret::new(token))
    }

    /// Signs in whoever holds a ticket and shows a code. A wrong code leaves the ticket as it is.
    pub async fn sign_in_by_code(&self, shown: CodeShown) -> Result<SignedIn> {
        let CodeShown { ticket, code, agent, address } = shown;
        let hash = hash_of(ticket.expose());
        let wanted = hash.clone();
        let found = self.db().read(move |tx| {
            let Some(found) = tx.lookup_ticket(Purpose::SignIn, &wanted)? else { return Ok(None) };
            tx.account(&found.account).map(Some)
        });
        let row = found.await?.ok_or_else(too_late)?;
        let device = Device { agent: &agent, address };
        let (session, signed_in) = self.new_session(&row, role_of(&row)?, device);
        let engine = self.clone();
        self.judged(&row.id, move |tx| {
            if !engine.is_code(tx, &session.account, &code)? {
                return Ok(false);
            }
            tx.take_ticket(Purpose::SignIn, &hash)?.ok_or_else(too_late)?;
            begin(tx, &session)?;
            Ok(true)
        })
        .await?;
        Ok(signed_in)
    }
}

fn too_late() -> Error {
    Error::Unauthenticated
}
