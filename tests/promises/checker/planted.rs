//! The violations: each breaks one invariant and nothing else.

use sim::checker::{Exchange, LostClaim, Revealed, Secret, Seen, Told};
use sim::gateway::Sent;

use super::plant::{Edited, Plant};

const HOUR_US: i64 = 3_600 * 1_000_000;

fn nothing(_: &mut Edited) {}

fn compared(edited: &mut Edited) {
    edited.compare = true;
}

fn sql(name: &'static str, sql: &'static str) -> Plant {
    Plant { name, sql, edit: nothing }
}

/// Found only beside the shop as it was before.
fn change(name: &'static str, sql: &'static str) -> Plant {
    Plant { name, sql, edit: compared }
}

fn edit(name: &'static str, edit: fn(&mut Edited)) -> Plant {
    Plant { name, sql: "", edit }
}

pub fn all() -> Vec<Plant> {
    [
        servers(),
        errands(),
        permits(),
        by_hand(),
        money(),
        papers(),
        payments(),
        wallets(),
        prices(),
        history(),
        world(),
        words(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn wallets() -> Vec<Plant> {
    vec![
        sql("INV-08", "UPDATE wallet SET balance_minor = balance_minor + 1"),
        sql(
            "INV-08",
            "UPDATE wallet_entry SET amount_minor = amount_minor - 1 WHERE kind = 'draw'",
        ),
        sql("INV-08", "DELETE FROM wallet_entry WHERE kind = 'gift'"),
        sql(
            "INV-08",
            "UPDATE ledger SET account = 'wallet:acc_nobody' \
             WHERE account LIKE 'wallet:%' AND cause LIKE 'gift:%'",
        ),
        change("INV-09", "UPDATE wallet_entry SET kind = 'gift' WHERE kind = 'top_up'"),
        sql("INV-11", "DELETE FROM top_up"),
        sql("INV-12", "UPDATE top_up SET payment_id = {mixed.payment}"),
        sql("INV-13", "UPDATE top_up SET amount_minor = amount_minor + 1"),
        sql(
            "INV-12",
            "UPDATE payment_share SET amount_minor = amount_minor - 1 \
             WHERE payment_id = {cart.payment} AND share = 1",
        ),
        sql(
            "INV-13",
            "UPDATE capture SET share = 2 WHERE payment_id = {cart.payment} AND share = 1",
        ),
        sql("INV-21", "UPDATE payment SET amount_minor = 1000000 WHERE id = {mixed.payment}"),
    ]
}

fn servers() -> Vec<Plant> {
    vec![
        sql("INV-01", "UPDATE orders SET attempt_id = NULL WHERE id = {unheard}"),
        sql("INV-01", "UPDATE attempt SET state = 'parked' WHERE id = {unheard.attempt}"),
        sql("INV-01", "UPDATE server SET state = 'on_hold' WHERE id = {wrong.server}"),
        sql(
            "INV-03",
            "UPDATE server SET state = 'delivered', quarantined_at = NULL \
             WHERE order_id = {replaced} AND state = 'quarantined'",
        ),
        sql("INV-04", "UPDATE server SET state = 'quarantined' WHERE id = {good.server}"),
        sql(
            "INV-04",
            "DROP INDEX server_live; INSERT INTO server (id, provider, address, state, version, \
             created_at, value_minor, currency) SELECT 'srv_twin', provider, address, \
             'quarantined', 1, created_at, 0, currency FROM server WHERE id = {good.server}",
        ),
        sql("INV-05", "DELETE FROM server WHERE id = {wrong.server}"),
        edit("INV-05", |edited| {
            let mut sold = edited.upstream.sold[0].clone();
            sold.address = std::net::Ipv4Addr::new(103, 181, 91, 255);
            edited.upstream.sold.push(sold);
        }),
        sql("INV-06", "UPDATE server SET verdict = 'unobservable' WHERE id = {good.server}"),
        sql(
            "INV-06",
            "INSERT INTO audit (at, actor, action, subject, detail) \
             VALUES (1, 'ada', 'reveal-credentials', {wrong}, '103.182.44.18')",
        ),
        edit("INV-06", |edited| {
            let order = edited.named("good");
            edited.revealed.push(Revealed { order, password: "of another server".into() });
        }),
        sql("INV-07", "UPDATE server SET ram_gb = 4 WHERE id = {good.server}"),
        sql("INV-07", "UPDATE server SET os = 'centos' WHERE id = {installed.server}"),
        sql("INV-07", "UPDATE orders SET package_name = '103.181.9' WHERE id = {good}"),
        sql("ROWS", "UPDATE orders SET stage = 'rubbish' WHERE id = {good}"),
    ]
}

fn errands() -> Vec<Plant> {
    vec![
        sql("INV-28", "UPDATE errand SET state = 'open', ended_at = NULL WHERE wish = 'reinstall'"),
        sql("INV-28", "UPDATE errand SET ended_at = NULL WHERE wish = 'restart'"),
        sql("INV-28", "UPDATE errand SET asked_by = 'acc_stranger' WHERE wish = 'restart'"),
        sql("INV-28", "UPDATE errand SET server_id = {good.server} WHERE wish = 'restart'"),
        sql(
            "INV-28",
            "UPDATE operation SET kind = 'stop' WHERE kind = 'start' AND errand_id IS NOT NULL",
        ),
        sql(
            "INV-28",
            "UPDATE operation SET state = 'refused' WHERE kind = 'start' AND errand_id IS NOT NULL",
        ),
        sql(
            "INV-28",
            "UPDATE operation SET permitted_at = 1 WHERE kind = 'stop' AND errand_id IS NOT NULL",
        ),
        sql("INV-28", "DELETE FROM errand WHERE wish = 'restart'"),
        sql(
            "INV-28",
            "INSERT INTO audit (at, actor, action, subject, detail) \
             SELECT o.permitted_at + 1, 'ada', 'reveal-credentials', e.order_id, s.address \
             FROM errand e JOIN operation o ON o.errand_id = e.id AND o.kind = 'format' \
             JOIN server s ON s.id = e.server_id WHERE e.wish = 'reinstall'",
        ),
        sql("INV-06", "UPDATE server SET verdict = NULL WHERE id = {good.server}"),
    ]
}

fn permits() -> Vec<Plant> {
    vec![
        edit("INV-02", |edited| {
            let permit = edited.named("good.attempt");
            edited.upstream.requests_per_permit.insert(permit, 2);
        }),
        edit("INV-02", |edited| {
            edited.upstream.requests_per_permit.insert("att_of_nobody".into(), 1);
        }),
        Plant {
            name: "INV-16",
            sql: "",
            edit: |edited| {
                let subject = edited.named("good.attempt");
                let job_kind = "purchase".to_owned();
                edited.lost_claims.push(LostClaim { job_kind, subject, number: 1, lost_at_us: 0 });
            },
        },
        sql(
            "INV-16",
            "UPDATE order_event SET data = '{\"claim\":0}' \
             WHERE order_id = {good} AND kind = 'delivered'",
        ),
        sql(
            "INV-17",
            "UPDATE order_event SET kind = 'refund_asked', stage = 'refund_pending' \
             WHERE order_id = {given_up} AND kind = 'reprovisioned'",
        ),
        Plant {
            name: "INV-25",
            // Another purchase was lost long before any other was permitted.
            sql: "UPDATE attempt SET value_minor = 100000000, cost_minor = NULL, \
                  reading_number = NULL, permitted_at = permitted_at - 7200000000, \
                  deadline = deadline - 7200000000, \
                  went_unheard_at = went_unheard_at - 7200000000 WHERE id = {unheard.attempt}",
            edit: |edited| edited.rules.loss_budget = Some((2_500_000, "INR".into())),
        },
        sql("INV-26", "DELETE FROM answer WHERE permit = {good.attempt}"),
    ]
}

/// What a person delivers, in the form that the invariants have there.
fn by_hand() -> Vec<Plant> {
    vec![
        edit("INV-02", |edited| {
            let permit = edited.named("by_hand.attempt");
            edited.upstream.requests_per_permit.insert(permit, 1);
        }),
        sql("INV-07", "UPDATE orders SET cidrs = '198.51.100.0/24' WHERE id = {by_hand}"),
        sql("INV-14", "DELETE FROM attention WHERE order_id = {waits}"),
        sql("INV-20", "UPDATE package SET stock = -1 WHERE provider LIKE 'hand-%'"),
        sql("INV-26", "UPDATE answer SET kind = 'lost' WHERE permit = {by_hand.attempt}"),
        sql("INV-26", "UPDATE answer SET kind = 'hand' WHERE permit = {good.attempt}"),
    ]
}

fn money() -> Vec<Plant> {
    vec![
        sql(
            "INV-08",
            "INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
             amount_minor, currency) VALUES ('txn:x', 0, 1, 'x', {good}, 'revenue', 500, 'INR'), \
             ('txn:x', 1, 1, 'x', {good}, 'loss', -500, 'INR'); \
             INSERT INTO paper_due (cause, order_id, at) VALUES ('x', {good}, 1)",
        ),
        sql(
            "INV-09",
            "INSERT INTO ledger (transaction_id, line, at, cause, account, amount_minor, \
             currency) VALUES ('txn:x', 0, 1, 'x', 'loss', 500, 'INR')",
        ),
        sql(
            "INV-10",
            "INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
             amount_minor, currency) SELECT 'txn:x', 0, 1, 'x', id, 'owed:' || account_id, \
             total_minor + 1, currency FROM orders WHERE id = {refunded}; \
             INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
             amount_minor, currency) SELECT 'txn:x', 1, 1, 'x', id, 'bank', -total_minor - 1, \
             currency FROM orders WHERE id = {refunded}",
        ),
        sql(
            "INV-10",
            "UPDATE refund SET amount_minor = amount_minor - 1 WHERE order_id = {returned}",
        ),
        sql("INV-10", "UPDATE refund SET state = 'paid_by_hand' WHERE order_id = {refunded}"),
        sql(
            "INV-10",
            "INSERT INTO refund (id, order_id, account_id, gateway, gateway_payment, \
             amount_minor, currency, state, note, requests, refusals, planned_at) \
             SELECT 'rfd_second', order_id, account_id, gateway, gateway_payment, 1, currency, \
             'by_hand', '', 0, 0, 1 FROM refund WHERE order_id = {returned}",
        ),
        edit("INV-10", |edited| {
            let mut twice = edited.gateway.refunds[0].clone();
            twice.refund = "rfd_sent_again".into();
            edited.gateway.refunds.push(twice);
        }),
        edit("INV-10", |edited| edited.gateway.refunds.clear()),
        sql("INV-14", "UPDATE refund SET state = 'planned' WHERE order_id = {refunded}"),
        sql(
            "INV-11",
            "INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
             amount_minor, currency) SELECT 'txn:again', 7, at, cause, order_id, account, 5, \
             currency FROM ledger WHERE order_id = {good} AND account = 'bank'; \
             INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
             amount_minor, currency) SELECT 'txn:again', 8, at, cause, order_id, account, -5, \
             currency FROM ledger WHERE order_id = {good} AND account = 'bank' AND line < 7",
        ),
    ]
}

fn papers() -> Vec<Plant> {
    vec![
        // A gap, and the number that was given for nothing.
        sql("INV-27", "UPDATE paper SET number = 3 WHERE number = 2"),
        sql("INV-27", "UPDATE paper_series SET given = given + 1"),
        // What was sold is forgotten, or told twice.
        sql("INV-27", "DELETE FROM paper_due WHERE order_id = {twice}"),
        sql(
            "INV-27",
            "INSERT INTO paper_due (cause, order_id, at) SELECT cause, order_id, at FROM paper \
             WHERE order_id = {good}",
        ),
        // Rounding that was lost, and an invoice in the name of another order.
        sql("INV-27", "UPDATE paper SET net_minor = net_minor + 1 WHERE order_id = {good}"),
        sql("INV-27", "UPDATE paper SET order_id = {wrong} WHERE order_id = {good}"),
        sql(
            "INV-27",
            "UPDATE paper SET number = number + 10; UPDATE paper SET number = 13 - number",
        ),
        sql(
            "INV-27",
            "UPDATE paper SET series = 'INV/25-26'; UPDATE paper_series SET series = 'INV/25-26'",
        ),
        change("INV-09", "UPDATE paper SET content = '{}' WHERE order_id = {good}"),
    ]
}

fn payments() -> Vec<Plant> {
    vec![
        sql(
            "INV-12",
            "UPDATE order_event SET cause = 'capture:bank:of-nobody' \
             WHERE order_id = {good} AND kind = 'paid'",
        ),
        edit("INV-12", |edited| {
            let payment = edited.named("twice.payment");
            let captures = edited.gateway.captures.iter_mut();
            let mut own = captures.filter(|capture| capture.payment == payment);
            own.next().unwrap().currency = "USD".into();
        }),
        sql(
            "INV-13",
            "UPDATE capture SET booked_as = 'paid' \
             WHERE order_id = {twice} AND booked_as = 'owed'",
        ),
        Plant {
            name: "INV-13",
            // Asked for as long as anybody has to.
            sql: "UPDATE payment SET state = 'failed', created_at = created_at - 180000000000 \
                  WHERE id = {twice.payment}; \
                  DELETE FROM job WHERE kind = 'poll' AND subject = {twice.payment}",
            edit: |edited| {
                let mut third = edited.gateway.captures[0].clone();
                third.id = "gwp_third".into();
                edited.gateway.captures.push(third);
            },
        },
        sql("INV-15", "DELETE FROM job WHERE kind = 'poll' AND subject = {good.payment}"),
        sql(
            "INV-15",
            "INSERT INTO webhook (gateway, event, payment_id, body, received_at) \
             SELECT gateway, 'evt_unheard', id, '', 0 FROM payment WHERE id = {twice.payment}",
        ),
        edit("INV-15", |edited| {
            let payment = edited.named("good.payment");
            edited.gateway.hooks.push(Sent {
                event: "evt_lost".into(),
                about: payment.clone(),
                body: format!(r#"{{"event":"evt_lost","payment":"{payment}"}}"#),
                timestamp: "1".into(),
                headers: Vec::new(),
                signature: String::new(),
                lie: None,
                at_ms: 0,
                status: Some(200),
                trouble: None,
            });
        }),
    ]
}

fn prices() -> Vec<Plant> {
    vec![
        sql("INV-21", "UPDATE payment SET amount_minor = 1 WHERE id = {good.payment}"),
        sql("INV-21", "UPDATE orders SET discount_minor = 1 WHERE id = {good}"),
        sql("INV-21", "UPDATE orders SET tax_minor = 1 WHERE id = {good}"),
        sql(
            "INV-21",
            "INSERT INTO coupon (code, kind, value, uses_max, products, stopped, note, version, \
             created_at, changed_at) VALUES ('NEW', 'percent', 0, 0, '', 0, '', 1, 1, 1); \
             UPDATE orders SET coupon = 'NEW' WHERE id = {good}",
        ),
        sql("INV-21", "UPDATE amendment SET back_minor = 1 WHERE order_id = {accepted}"),
        sql(
            "INV-21",
            "INSERT INTO amendment (order_id, at, actor, reason, product_name, provider, \
             package_id, pid, package_name, cidrs, ram_gb, back_minor) SELECT order_id, at + 1, \
             actor, reason, product_name, provider, package_id, pid, package_name, cidrs, ram_gb, \
             back_minor FROM amendment WHERE order_id = {accepted}; \
             UPDATE orders SET amendments = 2 WHERE id = {accepted}",
        ),
        sql(
            "INV-21",
            "UPDATE coupon SET value = 0, account_id = (SELECT MIN(id) FROM account \
             WHERE id <> {account}) WHERE account_id = {account}; UPDATE orders SET coupon = \
             (SELECT MIN(code) FROM coupon WHERE account_id IS NOT NULL) WHERE id = {good}",
        ),
        sql(
            "INV-11",
            "INSERT INTO ledger (transaction_id, line, at, cause, order_id, account, \
             amount_minor, currency) SELECT 'again', line, at, cause || '2', order_id, account, \
             amount_minor, currency FROM ledger WHERE order_id = {accepted} \
             AND cause LIKE 'goodwill:%'",
        ),
        Plant {
            name: "INV-21",
            sql: "UPDATE price SET price_minor = price_minor + 1",
            edit: |edited| edited.rules.prices_are_fixed = true,
        },
    ]
}

fn history() -> Vec<Plant> {
    vec![
        sql("INV-09", "DELETE FROM order_event WHERE order_id = {good} AND kind = 'answered'"),
        change("INV-09", "UPDATE answer SET stored_at = stored_at + 1"),
        change("INV-09", "UPDATE order_event SET actor = 'somebody' WHERE kind = 'ordered'"),
        sql("INV-14", "DELETE FROM attention WHERE order_id = {wrong}"),
        sql("INV-14", "UPDATE attention SET since = since + 90000000 WHERE order_id = {unheard}"),
        change("INV-19", "UPDATE orders SET days = 60 WHERE id = {good}"),
        sql("INV-19", "UPDATE orders SET amendments = 1 WHERE id = {good}"),
        Plant {
            name: "LIVE-1",
            sql: "UPDATE job SET run_at = run_at + 7200000000, claimed_until = NULL; \
                  UPDATE attention SET resolved_at = since + 60000000 WHERE order_id = {unheard}; \
                  INSERT INTO job (id, kind, subject, lane, run_at, claim, tries, created_at) \
                  VALUES ('job_x', 'purchase', {unheard.attempt}, 'x', 9000000000000000, 1, 0, 1)",
            edit: |edited| edited.now_us += HOUR_US / 2,
        },
        Plant {
            name: "LIVE-2",
            sql: "UPDATE job SET run_at = run_at + 7200000000, claimed_until = NULL; \
                  INSERT INTO job (id, kind, subject, lane, run_at, owner, claim, claimed_until, \
                  tries, created_at) \
                  VALUES ('job_x', 'verify', 'srv_x', 'x', 1, 'node_dead', 1, 2, 0, 1)",
            edit: |edited| edited.since_us -= 36 * 1_000_000,
        },
    ]
}

fn world() -> Vec<Plant> {
    vec![
        sql(
            "INV-18",
            "INSERT INTO reading (request_number, provider, purpose, requested_at, failure) \
             VALUES (999999, 'smartvps', 'sync', 1, 'an HTML page'); \
             UPDATE provider SET sync_number = 999999",
        ),
        sql(
            "INV-18",
            "INSERT INTO package (id, provider, pid, name, status, active, stock, listed_stock, \
             missing_since, created_at, changed_at) \
             SELECT 'pkg_' || n.at, 'smartvps', 'x' || n.at, 'x', '', 0, 0, 0, 77, 1, 77 \
             FROM (SELECT 1 AS at UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) n; \
             INSERT INTO product (id, package_id, name, published, available, name_confirmed, \
             cidrs, note, version, created_at, changed_at) \
             SELECT 'prd_' || p.pid, p.id, 'x', 1, 0, 0, '', '', 1, 1, 77 \
             FROM package p WHERE p.missing_since = 77",
        ),
        sql("INV-20", "UPDATE attempt SET stock_seen = 0 WHERE stock_seen IS NOT NULL"),
        edit("INV-20", |edited| {
            edited.upstream.supply.get_mut("2").unwrap().had = 1;
            edited.upstream.requests.iter_mut().for_each(|request| request.lie = None);
        }),
    ]
}

fn words() -> Vec<Plant> {
    vec![
        edit("INV-22", |edited| {
            let text = "Your server is <b>103.182.44.18</b>.".to_owned();
            let by = Some(edited.named("account"));
            edited.seen.push(Seen { by, place: "a mail".into(), text });
        }),
        sql("INV-22", "UPDATE orders SET public_error = 'Got: 103.182.44.18' WHERE id = {wrong}"),
        edit("INV-23", |edited| {
            let text = format!("password={}", edited.upstream.passwords[0].text);
            edited.told.push(Told { place: "the log".into(), text });
        }),
        Plant {
            name: "INV-23",
            sql: "UPDATE alert SET text = 'whsec' || text",
            edit: |edited| {
                let name = "the webhook's secret".to_owned();
                edited.secrets.push(Secret { name, text: "whsec".into() });
            },
        },
        sql("INV-23", "UPDATE server SET credentials = {readable} WHERE id = {good.server}"),
        sql(
            "INV-23",
            "INSERT INTO second_factor (account_id, secret, used_step) \
             VALUES ({account}, {readable}, 0)",
        ),
        sql(
            "INV-23",
            "UPDATE mail SET subject = 'x', html = 'x', body = 'https://shop/reset?token=8c1f'",
        ),
        sql(
            "INV-24",
            "INSERT INTO idempotency (account_id, route, idempotency_key, body_hash, claim, \
             claimed_until, status, secret, started_at) \
             VALUES ({account}, 'POST /api/orders', 'k', '', '', 0, 500, 0, 0)",
        ),
        edit("INV-24", |edited| {
            let exchange = |answer: &str| Exchange {
                account: "acc_1".into(),
                route: "POST /api/orders".into(),
                key: "k".into(),
                request: "{}".into(),
                status: 201,
                answer: answer.into(),
            };
            edited.exchanges.extend([exchange("ord_1"), exchange("ord_2")]);
        }),
    ]
}
