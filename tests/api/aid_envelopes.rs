//! Envelopes hold, however many grant, pay and give up at once, and in whatever order.

use crate::harness::World;
use crate::harness::aid::{IBAN, Purse, decided, euros, id_of, instructed, payment_with, within};
use crate::harness::cases::order;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use entraide::auth::Scope;
use entraide::db::Id;
use entraide::error::Result;
use entraide::financial_aid_requests::committee::{self, CommitteeCommand};
use entraide::financial_aid_requests::lifecycle::AidRequestCommand;
use entraide::financial_aid_requests::payments::lifecycle::{self, PaymentCommand};
use entraide::financial_aid_requests::payments::model::{OrderPayment, PayeeKind};
use entraide::financial_aid_requests::{payments, steps, store};
use entraide::values::Money;
use entraide::workflow::{Reason, take_step};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use std::sync::Mutex;

#[derive(QueryableByName, Debug, PartialEq)]
struct Sums {
    #[diesel(sql_type = sql_types::BigInt)]
    amount: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    committed: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    paid: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    held: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    settled: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    ordered: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    orders: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    payments: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    beyond: i64,
}

const SUMS: &str = "SELECT CAST((SELECT sum(amount_cents) FROM aid_envelopes) AS BIGINT) AS amount, \
    CAST((SELECT sum(committed_cents) FROM aid_envelopes) AS BIGINT) AS committed, CAST((SELECT sum(paid_cents) FROM aid_envelopes) AS BIGINT) AS paid, \
    CAST((SELECT coalesce(sum(committed_cents), 0) FROM financial_aid_requests) AS BIGINT) AS held, \
    CAST((SELECT coalesce(sum(paid_cents), 0) FROM financial_aid_requests) AS BIGINT) AS settled, \
    CAST((SELECT coalesce(sum(ordered_cents), 0) FROM financial_aid_requests) AS BIGINT) AS ordered, \
    CAST((SELECT coalesce(sum(amount_cents), 0) FROM aid_payments WHERE status = 'ordered') AS BIGINT) AS orders, \
    CAST((SELECT coalesce(sum(amount_cents), 0) FROM aid_payments WHERE status = 'paid') AS BIGINT) AS payments, \
    CAST((SELECT count(*) FROM financial_aid_requests WHERE ordered_cents + paid_cents > coalesce(granted_cents, 0)) AS BIGINT) AS beyond";

/// What every moment must show: the envelope has what its requests hold, they have what their payments say, and nothing goes beyond.
fn hold(sums: &Sums) {
    assert!(sums.committed <= sums.amount && sums.paid <= sums.committed, "{sums:?}");
    assert_eq!((sums.held, sums.settled, sums.settled), (sums.committed, sums.paid, sums.payments), "{sums:?}");
    assert_eq!((sums.ordered, sums.beyond), (sums.orders, 0), "{sums:?}");
}

fn sums(world: &World) -> Sums {
    world.db().read_now(|conn| Ok(sql_query(SUMS).get_result(conn)?)).unwrap()
}

#[test]
fn sixty_four_grants_at_once_never_go_beyond_the_envelope() {
    // Ten of 80.00 find room in 850.00.
    let purse = Purse::on(World::with(&[("DATABASE_CONNECTIONS", "16"), ("WORKERS", "2")]), "850.00");
    let Purse { world, head, member, .. } = &purse;
    let urgent = json!({ "urgent": true, "amount": euros("80.00") });
    let paths: Vec<String> = (0..64).map(|_| instructed(head, member, &urgent)).collect();
    let grant = json!({ "command": "grant_urgently", "motivation": "Plus de toit." });
    let replies: Vec<_> = std::thread::scope(|scope| {
        let granting: Vec<_> = paths.iter().map(|path| scope.spawn(|| order(head, path, &grant))).collect();
        granting.into_iter().map(|granting| granting.join().unwrap()).collect()
    });
    let busy = replies.iter().filter(|reply| reply.status == 503).count();
    let granted = replies.iter().filter(|reply| reply.status == 201).count();
    for reply in replies.iter().filter(|reply| ![201, 503].contains(&reply.status)) {
        reply.refused(409, "aid_envelope.exhausted");
    }
    assert!(granted == 10 || busy > 0 && granted <= 10, "{granted} granted, {busy} busy");
    let told = sums(world);
    hold(&told);
    assert_eq!(told.committed, i64::try_from(granted).unwrap() * 8000);
}

#[test]
fn orders_at_once_never_go_beyond_the_grant() {
    let purse = Purse::on(World::with(&[("DATABASE_CONNECTIONS", "16"), ("WORKERS", "2")]), "5000.00");
    let Purse { world, head, member, .. } = &purse;
    let path = crate::harness::aid::granted(world, head, member, &json!({}));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let order = || head.post(&format!("{path}/payments"), &payment_with(&json!({ "amount": euros("150.00") }))).status;
        let ordering: Vec<_> = (0..16).map(|_| scope.spawn(order)).collect();
        ordering.into_iter().map(|ordering| ordering.join().unwrap()).collect()
    });
    let ordered = statuses.iter().filter(|status| **status == 201).count();
    assert!(ordered == 5 || statuses.contains(&503) && ordered < 5, "{statuses:?}");
    hold(&sums(world));
}

/// What may be done to one of a few requests.
#[derive(Debug, Clone, Copy)]
enum Act {
    Grant,
    Partly(i64),
    Urgently(i64),
    Ratify,
    RefuseRatification,
    Order(i64),
    /// Of the orders, which; and whether it is paid, rejected or cancelled.
    End(usize, u8),
    Close,
}

fn reason() -> Reason {
    "Une raison.".parse().unwrap()
}

/// Does it, or tells why it cannot be done.
fn act(world: &World, id: Id, act: Act) -> Result<()> {
    let console = Scope::console();
    let decide = move |decision: CommitteeCommand| within(world, move |tx| committee::decide(tx, &Scope::console(), id, decision).map(drop));
    let command = move |command: AidRequestCommand| {
        within(world, move |tx| {
            let row = store::find(tx.conn, &Scope::console(), id)?;
            take_step(tx, &Scope::console(), row, command, steps::advance).map(drop)
        })
    };
    match act {
        Act::Grant => decide(CommitteeCommand::Grant { motivation: None }),
        Act::Partly(cents) => decide(CommitteeCommand::PartlyGrant { amount: Money::from_cents(cents), motivation: reason() }),
        Act::Ratify => decide(CommitteeCommand::Ratify { motivation: None }),
        Act::RefuseRatification => decide(CommitteeCommand::RefuseRatification { motivation: reason() }),
        Act::Urgently(cents) => command(AidRequestCommand::GrantUrgently { amount: Some(Money::from_cents(cents)), motivation: reason() }),
        Act::Close => command(AidRequestCommand::Close { reason: None }),
        Act::Order(cents) => within(world, move |tx| {
            let (payee_kind, payee_name, iban) = (PayeeKind::Member, "Anne Lac".parse().unwrap(), IBAN.parse().unwrap());
            lifecycle::order(tx, &console, id, OrderPayment { payee_kind, payee_name, iban, amount: Money::from_cents(cents) }).map(drop)
        }),
        Act::End(which, how) => within(world, move |tx| {
            let open = payments::store::cancellable(tx, &console, id)?;
            let Some(row) = (!open.is_empty()).then(|| open[which % open.len()].id) else { return Err(entraide::error::Error::not_found()) };
            let payment = payments::store::find(tx.conn, &console, row)?;
            let command = match how % 3 {
                0 => PaymentCommand::Pay { paid_on: None },
                1 => PaymentCommand::Reject { reason: reason() },
                _ => PaymentCommand::Cancel { reason: reason() },
            };
            take_step(tx, &console, payment, command, lifecycle::advance).map(drop)
        }),
    }
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Grant),
        2 => (1_i64..=90_000).prop_map(Act::Partly),
        3 => (1_i64..=90_000).prop_map(Act::Urgently),
        1 => Just(Act::Ratify),
        2 => Just(Act::RefuseRatification),
        5 => (1_i64..=50_000).prop_map(Act::Order),
        5 => (any::<usize>(), any::<u8>()).prop_map(|(which, how)| Act::End(which, how)),
        2 => Just(Act::Close),
    ]
}

/// A naive account of one request: what it holds, what is ordered of that, what is paid.
#[derive(Debug, Clone, Default)]
struct Account {
    state: &'static str,
    held: i64,
    orders: Vec<i64>,
    paid: i64,
}

impl Account {
    /// Whether it can be done, and what it makes of the account; `room` is what the envelope has left.
    fn follow(&mut self, act: Act, room: i64, urgent: bool) -> bool {
        let ordered: i64 = self.orders.iter().sum();
        let payable = ["granted", "urgently", "ratified"].contains(&self.state);
        match act {
            Act::Grant | Act::Partly(_) if self.state == "before" => {
                let amount = if let Act::Partly(cents) = act { cents } else { 80_000 };
                let fits = amount <= 80_000 && amount <= room;
                if fits {
                    (self.state, self.held) = ("granted", amount);
                }
                fits
            }
            Act::Urgently(cents) if self.state == "instructed" && urgent && cents <= 80_000 && cents <= room => {
                (self.state, self.held) = ("urgently", cents);
                true
            }
            Act::Ratify if self.state == "urgently" => {
                self.state = "ratified";
                self.settle();
                true
            }
            Act::RefuseRatification if self.state == "urgently" => {
                (self.state, self.held, self.orders) = ("not_ratified", self.paid, Vec::new());
                true
            }
            Act::Order(cents) if payable && ordered + self.paid + cents <= self.held => {
                self.orders.push(cents);
                true
            }
            Act::End(which, how) if !self.orders.is_empty() => {
                let at = which % self.orders.len();
                let cents = self.orders.remove(at);
                if how % 3 == 0 {
                    self.paid += cents;
                    self.settle();
                }
                true
            }
            Act::Close if ["granted", "ratified", "not_ratified", "paid"].contains(&self.state) && self.orders.is_empty() => {
                (self.state, self.held) = ("closed", self.paid);
                true
            }
            _ => false,
        }
    }

    fn settle(&mut self) {
        if self.paid == self.held && ["granted", "ratified"].contains(&self.state) {
            self.state = "paid";
        }
    }
}

/// Three requests before a committee, and three that cannot wait.
fn requests(purse: &Purse) -> Vec<(Id, Account, bool)> {
    let urgent = |at: usize| at % 2 == 1;
    let open = |at: usize| {
        let id = id_of(&instructed(&purse.head, &purse.member, &json!({ "urgent": urgent(at) })));
        if !urgent(at) {
            within(&purse.world, move |tx| committee::put_before(tx, &Scope::console(), id, Id::new())).unwrap();
        }
        (id, Account { state: if urgent(at) { "instructed" } else { "before" }, ..Account::default() }, urgent(at))
    };
    (0..6).map(open).collect()
}

#[test]
fn in_whatever_order_things_are_done_the_sums_are_those_of_a_naive_account() {
    let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
    let purse = Purse::new("2000.00");
    runner
        .run(&prop::collection::vec((0_usize..6, acts()), 1..60), |walk| {
            // What earlier walks hold stays held.
            let mut accounts = requests(&purse);
            let before = sums(&purse.world);
            for (at, step) in walk {
                let held: i64 = before.committed + accounts.iter().map(|(_, account, _)| account.held).sum::<i64>();
                let (id, account, urgent) = &mut accounts[at];
                let expected = account.follow(step, before.amount - held, *urgent);
                let done = act(&purse.world, *id, step);
                prop_assert_eq!(done.is_ok(), expected, "{:?} of {:?}: {:?}", step, account, done.err());
                let now = sums(&purse.world);
                hold(&now);
                let told: i64 = accounts.iter().map(|(_, account, _)| account.held).sum();
                prop_assert_eq!(now.committed, before.committed + told);
                let told: i64 = accounts.iter().map(|(_, account, _)| account.paid).sum();
                prop_assert_eq!(now.paid, before.paid + told);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn many_who_do_anything_at_once_leave_sums_that_hold() {
    let purse = Purse::on(World::with(&[("DATABASE_CONNECTIONS", "8")]), "2000.00");
    let ids: Vec<Id> = requests(&purse).into_iter().map(|(id, ..)| id).collect();
    let done = Mutex::new(0);
    let walk = |seed: usize| {
        for at in 0..40_usize {
            let mix = seed.wrapping_mul(7919) + at * 31;
            let cents = i64::try_from(mix % 30_000).unwrap() + 1;
            let deeds = [
                Act::Grant,
                Act::Urgently(cents),
                Act::Order(cents),
                Act::End(mix, 0),
                Act::Order(cents / 2 + 1),
                Act::End(mix, 2),
                Act::End(mix, 1),
                Act::Ratify,
            ];
            if act(&purse.world, ids[mix % ids.len()], deeds[(mix / 6) % deeds.len()]).is_ok() {
                *done.lock().unwrap() += 1;
            }
        }
    };
    std::thread::scope(|scope| (0..8).for_each(|seed| drop(scope.spawn(move || walk(seed)))));
    hold(&sums(&purse.world));
    let done = done.into_inner().unwrap();
    assert!(done > 10, "{done} of 320 were done");
    assert!(decided(&purse.world, &format!("/financial-aid-requests/{}", ids[0]), CommitteeCommand::Ratify { motivation: None }).is_err());
}
