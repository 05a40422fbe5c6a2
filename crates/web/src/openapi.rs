//! The description of the API that the shop itself serves: its head, and what every operation has
//! in common. Each operation describes the rest where its handler stands.

use http::Method;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, KnownFormat, LicenseBuilder, ObjectBuilder,
    OpenApi, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::headers::{IDEMPOTENCY_KEY, SYNC_TOKEN};
use crate::problem::{self, Document};
use crate::rule::{Asks, Rule};

const ABOUT: &str = "A shop and fulfilment engine for people who resell virtual servers.\n\n\
    Programs send `Authorization: Bearer <api key>`. Times are RFC 3339 in UTC; amounts are whole \
    minor units with their currency beside them. Whatever goes wrong is answered with a problem \
    document (RFC 9457) whose `type` leads to its explanation. Lists are \
    `{\"items\": […], \"next\": <cursor> | null}`, asked for with `limit` and `after`.";

const KEY: &str = "apiKey";
const SESSION: &str = "session";
const TOKEN: &str = "syncToken";
const WATCHER: &str = "metricsToken";
const PROBLEM: &str = "Problem";

/// The document before its paths.
pub(crate) fn head() -> OpenApi {
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").build();
    let info = InfoBuilder::new()
        .title("Berth")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("berth_session")));
    let token = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(SYNC_TOKEN.as_str())));
    let components = ComponentsBuilder::new()
        .schema(PROBLEM, Document::schema())
        .security_scheme(KEY, SecurityScheme::Http(bearer.clone()))
        .security_scheme(SESSION, cookie)
        .security_scheme(TOKEN, token)
        .security_scheme(WATCHER, SecurityScheme::Http(bearer))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// Says of every field whose name is that of a moment how it is written.
pub(crate) fn tell_moments(description: &mut OpenApi) {
    let components = description.components.get_or_insert_default();
    for schema in components.schemas.values_mut() {
        let RefOr::T(Schema::Object(object)) = schema else { continue };
        for (name, field) in &mut object.properties {
            if let (true, RefOr::T(Schema::Object(field))) = (is_moment(name), field) {
                field.format = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
            }
        }
    }
}

/// All answers keep to these names for moments, and to `shapes::time` for how they are written.
fn is_moment(name: &str) -> bool {
    matches!(name, "at" | "since" | "deadline") || name.ends_with("At") || name.ends_with("Until")
}

/// Adds what follows from an operation's rule: who may, problems, and the key of those that count
/// once.
pub(crate) fn complete(operation: &mut Operation, method: &Method, rule: Rule) {
    let known = || {
        let empty: [&str; 0] = [];
        vec![SecurityRequirement::new(KEY, empty), SecurityRequirement::new(SESSION, empty)]
    };
    let scheduler = || SecurityRequirement::new(TOKEN, [] as [&str; 0]);
    operation.security = match rule.asks {
        Asks::Nothing => None,
        // What asks for nothing is one of the ways in.
        Asks::Anybody => {
            Some(known().into_iter().chain([SecurityRequirement::default()]).collect())
        }
        Asks::Account | Asks::Act(_) => Some(known()),
        Asks::TokenOr(_) => Some(known().into_iter().chain([scheduler()]).collect()),
        Asks::Watcher => Some(vec![SecurityRequirement::new(WATCHER, [] as [&str; 0])]),
    };
    let told = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{told}\n\nFor {}.", rule.asks).trim().to_owned());
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(PROBLEM))).build();
    let problem = ResponseBuilder::new()
        .description("What went wrong, and what to do about it.")
        .content(problem::CONTENT_TYPE, content)
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
    if *method != Method::GET && rule.asks != Asks::Nothing {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200)).build();
        let key = ParameterBuilder::new()
            .name(IDEMPOTENCY_KEY.as_str())
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("The same key and body get the same answer, and count once."))
            .schema(Some(text))
            .build();
        operation.parameters.get_or_insert_default().push(key.into());
    }
}

/// Checked by the compiler: the document's schema has the name that operations refer to.
const _: fn() -> std::borrow::Cow<'static, str> = <Document<'_> as ToSchema>::name;
