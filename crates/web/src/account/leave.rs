//! Taking one's data along, and closing the account: by whoever it belongs to, or by staff at their
//! request. Both ask for a fresh proof of who does it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::AccountId;
use engine::Error;
use engine::account::closing::Confirmed;
use engine::read::{Page, Viewer};
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::account::{keys, sessions};
use crate::api::orders::OrderAnswer;
use crate::api::papers::{PaperAnswer, movement};
use crate::api::party::PartyShape;
use crate::api::shapes::{Amount, maybe_time, time};
use crate::api::wallet::EntryAnswer;
use crate::app::Shop;
use crate::auth::{self, Me};
use crate::body::At;
use crate::headers::{JSON, NO_STORE};
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::leave::{Leave, reasons};
use crate::view::{Field, Here, Said};

/// So many rows of one kind are in a file at most; it says where there are more.
const ROWS_MAX: usize = 5_000;
const PART: i64 = 500;

/// Whose account it is, and who sits there.
struct Whose<'a> {
    id: &'a AccountId,
    me: &'a Me,
}

impl Whose<'_> {
    fn is_own(&self) -> bool {
        *self.id == self.me.0.id
    }
}

/// `/account/leave`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &Whose { id: &me.0.id, me: &me }).await?)
}

/// `/admin/accounts/{id}/leave`
pub(crate) async fn show_theirs(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &Whose { id: &id, me: &me }).await?)
}

async fn whole(shop: &Shop, around: &Around, whose: &Whose<'_>) -> Result<Leave, Problem> {
    let leaving = shop.engine().leaving(whose.id).await?;
    let (frame, at, theirs) = match whose.is_own() {
        true => {
            let frame = around.spoken(shop, "leave-title", Here::Account);
            (frame, paths::ACCOUNT.to_owned(), None)
        }
        false => {
            let frame = around.frame(shop, "A customer's data", Here::StaffCustomers);
            let at = format!("/admin/accounts/{}", whose.id);
            (frame, at, Some(leaving.email.clone()))
        }
    };
    let (email, refused) = (Field::default(), None);
    let (reasons, given_up) = (reasons(&leaving, frame.language), leaving.given_up());
    Ok(Leave { frame, at, theirs, reasons, given_up, email, refused })
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Sure {
    #[serde(default)]
    email: String,
    #[serde(default)]
    given_up: String,
}

/// `/account/close`
pub(crate) async fn close(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(sure): Posted<Sure>,
) -> Result<Response, Problem> {
    closed(&shop, &around, &Whose { id: &me.0.id, me: &me }, sure).await
}

/// `/admin/accounts/{id}/close`
pub(crate) async fn close_theirs(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
    Posted(sure): Posted<Sure>,
) -> Result<Response, Problem> {
    closed(&shop, &around, &Whose { id: &id, me: &me }, sure).await
}

async fn closed(
    shop: &Shop,
    around: &Around,
    whose: &Whose<'_>,
    Sure { email, given_up }: Sure,
) -> Result<Response, Problem> {
    let confirmed = Confirmed { email: email.clone(), given_up };
    match shop.engine().close_account(whose.id, &confirmed, whose.me.actor()).await {
        Ok(()) if whose.is_own() => {
            let mut response = page::on_to_say(paths::SHOP, Said::AccountClosed);
            if let Some(cookie) = auth::no_cookie(shop.is_secure()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Ok(()) => Ok(page::on_to_say(&paths::staff_leave(whose.id), Said::AccountClosed)),
        Err(why @ (Error::Invalid { .. } | Error::Refused { .. })) => {
            let text = around.language().refused(&why);
            let page = Leave {
                email: Field::of(email),
                refused: Some(text),
                ..whole(shop, around, whose).await?
            };
            page::show_refused(why, &page)
        }
        Err(why) => Err(why.into()),
    }
}

/// `/account/export`
pub(crate) async fn export(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    file(&shop, &Whose { id: &me.0.id, me: &me }).await
}

/// `/admin/accounts/{id}/export`
pub(crate) async fn export_theirs(
    State(shop): State<Shop>,
    me: Me,
    At(id): At<AccountId>,
) -> Result<Response, Problem> {
    file(&shop, &Whose { id: &id, me: &me }).await
}

/// Everything that is kept about somebody, in the shapes that programs know.
async fn file(shop: &Shop, whose: &Whose<'_>) -> Result<Response, Problem> {
    let data = gathered(shop, whose).await?;
    let text = serde_json::to_vec_pretty(&data).map_err(|error| {
        tracing::error!("what is kept about {} cannot be written: {error}", whose.id);
        Problem::internal()
    })?;
    let as_file = HeaderValue::from_static("attachment; filename=\"my-data.json\"");
    let headers = [
        (header::CONTENT_TYPE, JSON),
        (header::CONTENT_DISPOSITION, as_file),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    Ok((headers, text).into_response())
}

async fn gathered(shop: &Shop, whose: &Whose<'_>) -> Result<Value, Problem> {
    let (engine, id) = (shop.engine(), whose.id);
    let owner = Viewer::Owner(id.clone());
    let account = engine.account(id).await?;
    let known = engine.known_about(id, whose.me.actor()).await?;
    // Staff have no session of the customer's to tell apart.
    let sessions = match whose.is_own() {
        true => engine.open_sessions(&whose.me.0).await?,
        false => vec![],
    };
    let keys = engine.list_api_keys(id, None, 500).await?;
    let party = engine.customer_party(id).await?.map(PartyShape::from);
    let wallet: Vec<Amount> = engine.wallet(id).await?.into_iter().map(Amount::from).collect();
    let mails = known.mails.into_iter().map(|mail| {
        let (subject, body) = (mail.subject, mail.body);
        json!({"kind": mail.kind, "to": mail.email, "at": time(mail.at), "subject": subject,
            "text": body})
    });
    let audit = known.audit.into_iter().map(
        |row| json!({"at": time(row.at), "by": row.actor, "did": row.action, "detail": row.detail}),
    );
    let (mut orders, mut papers) = (Rows::new(), Rows::new());
    while orders.wants_more() {
        let part = engine.orders_view(&owner, orders.after(), Some(PART)).await?;
        orders.take(part, OrderAnswer::from);
    }
    while papers.wants_more() {
        let part = engine.papers(&owner, papers.after(), Some(PART)).await?;
        papers.take(part, PaperAnswer::from);
    }
    let (mut moved, mut lines) = (Rows::new(), Rows::new());
    while moved.wants_more() {
        let part = engine.statement(id, moved.after(), Some(PART)).await?.rows;
        moved.take(part, movement);
    }
    while lines.wants_more() {
        let part = engine.wallet_entries(id, lines.after(), Some(PART)).await?;
        lines.take(part, EntryAnswer::from);
    }
    Ok(json!({
        "madeAt": time(engine.now()),
        "account": {
            "id": id.to_string(),
            "email": account.email,
            "name": account.name,
            "createdAt": time(account.created_at),
            "emailVerifiedAt": maybe_time(account.verified_at),
            "secondFactor": account.has_second_factor,
            "language": account.language,
        },
        "billingAddress": party,
        "sessions": sessions.into_iter().map(sessions::answer).collect::<Vec<_>>(),
        "apiKeys": keys.into_iter().map(keys::key_answer).collect::<Vec<_>>(),
        "orders": orders.told(),
        "papers": papers.told(),
        "movements": moved.told(),
        "wallet": {"balances": wallet, "entries": lines.told()},
        "mails": mails.collect::<Vec<_>>(),
        "audit": audit.collect::<Vec<_>>(),
    }))
}

/// The rows of a list, part by part, as far as a file goes.
struct Rows<S> {
    rows: Vec<S>,
    after: Option<String>,
    is_begun: bool,
}

impl<S: Serialize> Rows<S> {
    fn new() -> Rows<S> {
        Rows { rows: Vec::new(), after: None, is_begun: false }
    }

    fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    fn wants_more(&self) -> bool {
        !self.is_begun || (self.after.is_some() && self.rows.len() < ROWS_MAX)
    }

    fn take<T>(&mut self, part: Page<T>, shape: impl Fn(T) -> S) {
        self.rows.extend(part.items.into_iter().map(shape));
        (self.after, self.is_begun) = (part.next, true);
    }

    fn told(self) -> Value {
        json!({"items": self.rows, "more": self.after.is_some()})
    }
}
