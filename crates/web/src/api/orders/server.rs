//! A delivered server: how it is, and what its customer has done to it.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::errand::{Request, Sent as Stands, Wish};
use engine::errand::NewErrand;
use engine::permission::Act;
use engine::read::{ErrandView, OwnServer, Viewer};
use engine::{Engine, Error};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::at::Own;
use crate::api::shapes::{maybe_time, time};
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Server)]
pub(crate) struct ServerAnswer {
    order_id: String,
    address: String,
    /// The code of its system, where it is known.
    os: Option<&'static str>,
    /// As its provider writes it.
    system: Option<String>,
    power: PowerAnswer,
    /// There are credentials to be revealed. After an installation none are until the new ones were
    /// checked.
    has_credentials: bool,
    /// It can be started, stopped and installed from here.
    operable: bool,
    /// The newest first.
    operations: Vec<OperationAnswer>,
}

/// What its provider said, and when it was asked. Nobody waits for a provider: where the word is
/// old it is asked now, and the next look knows more.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Power)]
struct PowerAnswer {
    /// `running`, `stopped`, `busy` or `unknown`.
    #[schema(example = "running")]
    state: &'static str,
    asked_at: Option<String>,
    /// Its provider is being asked.
    asking: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Operation)]
pub(crate) struct OperationAnswer {
    #[serde(rename = "_id")]
    id: String,
    #[schema(example = "restart")]
    kind: &'static str,
    os: Option<&'static str>,
    /// `under_way`, `done`, `refused`, `not_sent`, `unknown` or `wrong`. Nothing is `done` that was
    /// not seen on the server itself.
    #[schema(example = "done")]
    state: String,
    asked_at: String,
    ended_at: Option<String>,
    /// What its provider was asked for, in this order.
    requests: Vec<RequestAnswer>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OperationRequest)]
struct RequestAnswer {
    #[schema(example = "stop")]
    kind: &'static str,
    /// `under_way`, `done`, `refused`, `not_sent` or `unheard`.
    #[schema(example = "done")]
    state: &'static str,
}

impl From<&ErrandView> for OperationAnswer {
    fn from(errand: &ErrandView) -> OperationAnswer {
        let requests = errand.requests.iter().map(|(request, stands)| answer(*request, *stands));
        OperationAnswer {
            id: errand.id.to_string(),
            kind: errand.wish.word(),
            os: errand.os.map(domain::os::Os::code),
            state: errand.outcome.as_ref().map_or("under_way", |outcome| outcome.word()).to_owned(),
            asked_at: time(errand.asked_at),
            ended_at: maybe_time(errand.ended_at),
            requests: requests.collect(),
        }
    }
}

fn answer(request: Request, stands: Stands) -> RequestAnswer {
    let state = match stands {
        Stands::UnderWay => "under_way",
        Stands::Done => "done",
        Stands::Refused => "refused",
        Stands::NotSent => "not_sent",
        Stands::Unheard { .. } => "unheard",
    };
    RequestAnswer { kind: request.word(), state }
}

impl From<OwnServer> for ServerAnswer {
    fn from(server: OwnServer) -> ServerAnswer {
        ServerAnswer {
            order_id: server.view.id.to_string(),
            address: server.address.to_string(),
            os: server.os.map(domain::os::Os::code),
            power: PowerAnswer {
                state: server.power.map_or("unknown", |look| look.power.word()),
                asked_at: maybe_time(server.power.map(|look| look.asked_at)),
                asking: server.asking || server.power_due,
            },
            has_credentials: server.has_sign_in,
            operable: server.operable,
            operations: server.errands.iter().map(OperationAnswer::from).collect(),
            system: server.system,
        }
    }
}

/// Look at a delivered server
#[utoipa::path(
    get,
    path = "/api/orders/{id}/server",
    tag = "servers",
    params(("id" = String, Path, description = "Its order's id or number")),
    responses((status = 200, body = ServerAnswer))
)]
pub(crate) async fn look(
    State(engine): State<Engine>,
    Own { id, me }: Own,
) -> Result<Json<ServerAnswer>, Problem> {
    let server = engine.own_server(&id, &Viewer::Owner(me.0.id.clone())).await?;
    let server = server.ok_or_else(not_delivered)?;
    if server.power_due {
        engine.ask_power(&server.id).await?;
    }
    Ok(Json(server.into()))
}

fn not_delivered() -> Error {
    Error::refused("not-delivered", "the server is not delivered yet, or not yours any more")
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperationWish)]
pub(crate) struct OperationWish {
    kind: Kind,
    /// With `change-os`: the code of the system to change to.
    os: Option<String>,
    /// With `reinstall` and `change-os`, which wipe the server: its address.
    confirm: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Start,
    Stop,
    Restart,
    Reinstall,
    ChangeOs,
}

impl Kind {
    fn wish(self) -> Wish {
        match self {
            Kind::Start => Wish::Start,
            Kind::Stop => Wish::Stop,
            Kind::Restart => Wish::Restart,
            Kind::Reinstall => Wish::Reinstall,
            Kind::ChangeOs => Wish::ChangeOs,
        }
    }
}

/// Start, stop, restart or reinstall a server
///
/// One at a time per server. It is done by a worker: look at the server to see what becomes of it.
#[utoipa::path(
    post,
    path = "/api/orders/{id}/operations",
    tag = "servers",
    params(("id" = String, Path, description = "Its order's id or number")),
    request_body = OperationWish,
    responses((status = 202, body = OperationAnswer))
)]
pub(crate) async fn operate(
    State(engine): State<Engine>,
    Own { id, me }: Own,
    Sent(wish): Sent<OperationWish>,
) -> Result<impl IntoResponse, Problem> {
    let OperationWish { kind, os, confirm } = wish;
    let new = NewErrand { wish: kind.wish(), os, confirmed: confirm, seen: None };
    if new.wish.wipes() {
        me.must(Act::ReinstallServers)?;
    }
    let asked = engine.ask_errand_by(&id, new, &me.0.id, me.actor()).await?;
    let server = engine.own_server(&id, &Viewer::Owner(me.0.id.clone())).await?;
    let server = server.ok_or_else(not_delivered)?;
    let errand = server.errands.iter().find(|errand| errand.id == asked);
    let errand = errand.ok_or_else(|| Error::Bug(format!("{asked} is gone")))?;
    let place = format!("/api/orders/{id}/server");
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(OperationAnswer::from(errand))))
}
