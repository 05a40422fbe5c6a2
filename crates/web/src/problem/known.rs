//! The one table of all kinds of problems: their public names, titles and states.
//! Each has a page of the same name in `docs/problems/`, which is what `type` leads to.

use http::StatusCode;

/// One kind of problem.
#[derive(Debug)]
pub struct Known {
    pub slug: &'static str,
    pub title: &'static str,
    pub status: StatusCode,
    /// The page that explains it.
    pub page: &'static str,
}

/// Finds a kind of problem by its name.
pub fn known(slug: &str) -> Option<&'static Known> {
    ALL.iter().find(|known| known.slug == slug)
}

macro_rules! problems {
    ($(slug($slug:literal, $status:ident, $title:literal);)*) => {
        pub const ALL: &[Known] = &[$(Known {
            slug: $slug,
            title: $title,
            status: StatusCode::$status,
            page: include_str!(concat!("../../../../docs/problems/", $slug, ".md")),
        }),*];
    };
}

problems! {
    // What was sent.
    slug("malformed", BAD_REQUEST, "The request cannot be read");
    slug("not-found", NOT_FOUND, "Not found");
    slug("method-not-allowed", METHOD_NOT_ALLOWED, "This cannot be done here");
    slug("body-too-slow", REQUEST_TIMEOUT, "The request came too slowly");
    slug("too-large", PAYLOAD_TOO_LARGE, "The request is too large");
    slug("address-too-long", URI_TOO_LONG, "The address is too long");
    slug("unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "Send JSON");

    // Who sent it, and how often.
    slug("unauthenticated", UNAUTHORIZED, "Sign in first");
    slug("wrong-sign-in", UNAUTHORIZED, "Wrong email address or password");
    slug("wrong-proof", FORBIDDEN, "Not your password");
    slug("wrong-code", FORBIDDEN, "Not a code that holds");
    slug("second-factor-needed", FORBIDDEN, "Set up a second factor first");
    slug("code-needed", UNAUTHORIZED, "Send a code too");
    slug("prove-again", FORBIDDEN, "Prove again who you are");
    slug("acting-for-customer", FORBIDDEN, "Only the customer may do this");
    slug("forbidden", FORBIDDEN, "Not allowed");
    slug("cross-site", FORBIDDEN, "Sent by another site");
    slug("too-many-requests", TOO_MANY_REQUESTS, "Too many requests");
    slug("link-over", GONE, "The link is over");
    slug("email-taken", CONFLICT, "The email address has an account");
    slug("invalid-email", UNPROCESSABLE_ENTITY, "Not an email address");
    slug("unacceptable-password", UNPROCESSABLE_ENTITY, "Choose another password");
    slug("unknown-role", UNPROCESSABLE_ENTITY, "No such role");
    slug("unknown-scope", UNPROCESSABLE_ENTITY, "No such scope");

    // Requests that come twice.
    slug("already-answered", CONFLICT, "Answered before, with a secret");
    slug("in-flight", CONFLICT, "The same request is being worked on");
    slug("other-body", UNPROCESSABLE_ENTITY, "The key belongs to another request");

    // Ordering and paying.
    slug("unavailable", CONFLICT, "Not available at the moment");
    slug("out-of-stock", CONFLICT, "Sold out");
    slug("empty-cart", UNPROCESSABLE_ENTITY, "Nothing in the cart");
    slug("invalid-quantity", UNPROCESSABLE_ENTITY, "Not so many");
    slug("memory-not-offered", UNPROCESSABLE_ENTITY, "This memory is not offered");
    slug("invalid-memory", UNPROCESSABLE_ENTITY, "Not a memory size");
    slug("invalid-coupon", UNPROCESSABLE_ENTITY, "The code is worth nothing here");
    slug("invalid-discount", UNPROCESSABLE_ENTITY, "Not a discount");
    slug("invalid-month", UNPROCESSABLE_ENTITY, "Not a month");
    slug("invalid-billing-address", UNPROCESSABLE_ENTITY, "Not an address for invoices");
    slug("cart-full", CONFLICT, "The cart holds no more");
    slug("cart-changed", CONFLICT, "The cart has changed");
    slug("invalid-os", UNPROCESSABLE_ENTITY, "Not an operating system we offer");
    slug("product-mismatch", CONFLICT, "The product names another package");
    slug("too-many-reservations", CONFLICT, "Too many open orders");
    slug("selling-stopped", CONFLICT, "The shop takes no orders now");
    slug("payment-unavailable", CONFLICT, "No way to pay answers");
    slug("wallet-too-low", CONFLICT, "The wallet holds less");
    slug("unknown-gateway", UNPROCESSABLE_ENTITY, "Not a way to pay here");
    slug("not-payable", CONFLICT, "This order cannot be paid");
    slug("not-offered", CONFLICT, "There is nothing to choose");
    slug("not-delivered", CONFLICT, "The server is not delivered yet");
    slug("credentials-pending", CONFLICT, "The credentials are being renewed");

    // A customer's own server.
    slug("server-busy", CONFLICT, "Something is being done to the server");
    slug("server-over", CONFLICT, "The server is not yours any more");
    slug("not-operable", CONFLICT, "This server has no buttons");
    slug("provider-paused", CONFLICT, "The provider is paused");
    slug("not-confirmed", UNPROCESSABLE_ENTITY, "Type the address to confirm");

    // Papers.
    slug("font-missing", CONFLICT, "No font has these letters");

    // What staff do.
    slug("coupon-exists", CONFLICT, "There is such a coupon");
    slug("needs-version", PRECONDITION_REQUIRED, "Send the version, or a key");
    slug("stale-version", CONFLICT, "Changed by somebody else meanwhile");
    slug("request-answered", CONFLICT, "Answered by somebody else meanwhile");
    slug("not-now", CONFLICT, "Not possible now");
    slug("give-up-needed", CONFLICT, "The first purchase must be given up");
    slug("consent-needed", UNPROCESSABLE_ENTITY, "The customer must have agreed");
    slug("ambiguous-package", CONFLICT, "Several packages have this name");
    slug("nothing-to-refund", CONFLICT, "Nothing is left to give back");
    slug("reference-used", CONFLICT, "The reference was booked before");
    slug("wrong-currency", UNPROCESSABLE_ENTITY, "Another currency is due");
    slug("too-little", UNPROCESSABLE_ENTITY, "Less than is due");
    slug("invalid-amount", UNPROCESSABLE_ENTITY, "Not an amount");
    slug("name-taken", CONFLICT, "The name is taken");
    slug("invalid-provider", UNPROCESSABLE_ENTITY, "The provider cannot be like that");
    slug("invalid-expiry", UNPROCESSABLE_ENTITY, "Not an end that fits");
    slug("invalid-address", UNPROCESSABLE_ENTITY, "Not an address that fits");
    slug("address-in-use", CONFLICT, "The address is in our books already");
    slug("invalid-order", UNPROCESSABLE_ENTITY, "Not orders that can be named so");
    slug("invalid-attempt", UNPROCESSABLE_ENTITY, "Not an attempt of this order");
    slug("account-tied", CONFLICT, "Something still ties the account");
    slug("invalid-colour", UNPROCESSABLE_ENTITY, "Not a colour that can be read");
    slug("invalid-picture", UNPROCESSABLE_ENTITY, "Not a picture we can show");
    slug("invalid-days", UNPROCESSABLE_ENTITY, "Not a number of days");
    slug("invalid-hours", UNPROCESSABLE_ENTITY, "Not a number of hours");
    slug("invalid-kind", UNPROCESSABLE_ENTITY, "No such remedy");
    slug("invalid-package", UNPROCESSABLE_ENTITY, "Not a package that fits");
    slug("invalid-product", UNPROCESSABLE_ENTITY, "The product cannot be like that");
    slug("invalid-reason", UNPROCESSABLE_ENTITY, "Say why");
    slug("invalid-reference", UNPROCESSABLE_ENTITY, "Not a reference");
    slug("invalid-text", UNPROCESSABLE_ENTITY, "Not a text we can keep");
    slug("wrong-master-key", UNPROCESSABLE_ENTITY, "The master key is another one");

    // Our own failures, and those of others.
    slug("busy", CONFLICT, "Others were in the way");
    slug("internal", INTERNAL_SERVER_ERROR, "Something broke on our side");
    slug("outside-failed", BAD_GATEWAY, "Somebody we depend on did not answer");
    slug("count-failed", SERVICE_UNAVAILABLE, "It could not be counted");
    slug("database-away", SERVICE_UNAVAILABLE, "The shop cannot reach its database");
    slug("overloaded", SERVICE_UNAVAILABLE, "The shop is too busy");
    slug("took-too-long", GATEWAY_TIMEOUT, "This took too long");
}
