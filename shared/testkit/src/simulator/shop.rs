//! The shop itself: every minute's requests, one by one.

use crate::series::{normal, poisson};
use crate::simulator::DAY_MINUTES;
use crate::simulator::distribution::ServiceTime;
use crate::simulator::function::Function;
use crate::simulator::gateway::{Gateway, Status};
use crate::simulator::inventory::*;
use crate::simulator::queue::Queue;
use crate::simulator::record::Recorder;
use crate::simulator::table::{OperationId, Table};
use crate::simulator::timetable::{Surroundings, Timetable};
use crate::simulator::traffic::Traffic;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use stackseer_incident::Recorded;
use stackseer_model::{Inventory, Resource, Timestamp};

/// Requests a minute at the busiest hour.
const PRODUCT_RATE: f64 = 360.0;
const CHECKOUT_RATE: f64 = 170.0;
const ACCOUNT_RATE: f64 = 80.0;

/// Client errors that every shop has: products that are gone, declined cards, expired logins, malformed requests.
const NOT_FOUND: f64 = 0.006;
const DECLINED: f64 = 0.025;
const NOT_LOGGED_IN: f64 = 0.015;
const MALFORMED: f64 = 0.003;
/// An exception nobody has found yet.
const STRAY_ERROR: f64 = 5e-6;
/// An order sent twice.
const SENT_TWICE: f64 = 0.002;
/// Of the clients that got a server error so many try again within the next minute.
const TRY_AGAIN: f64 = 0.3;

/// What the search cluster can do, a second: waiting there grows as it comes near.
const SEARCH_RATE: f64 = 46.0;
const SEARCH_MS: f64 = 14.0;
const FULLEST: f64 = 0.94;

/// Write units of an order (its size in KB) and of the mark that it is done.
const ORDER_UNITS: f64 = 10.0;
const MARK_UNITS: f64 = 2.0;

/// The worker's pollers, messages they take at once, and how often an order may fail.
const POLLERS: u32 = 5;
const BATCH: usize = 10;
const MAX_RECEIVES: u32 = 3;

/// Bad checkout code fails so often, and takes so many times as long itself.
const BAD_FAILS: f64 = 0.3;
const BAD_SLOWER: f64 = 14.0;

struct Shop {
    gateway: Gateway,
    catalog: Function,
    checkout: Function,
    account: Function,
    worker: Function,
    products: Table,
    orders: Table,
    sessions: Table,
    queue: Queue,
    dead_letters: Queue,
    operations: Operations,
    search: ServiceTime,
    payment: ServiceTime,
    sending: ServiceTime,
    /// Clients that will try again in the next minute.
    product_retries: f64,
    checkout_retries: f64,
    account_retries: f64,
    /// Messages the worker dealt with in the last minute.
    worked: u32,
}

struct Operations {
    product: OperationId,
    session: OperationId,
    touch_session: OperationId,
    put_order: OperationId,
    mark_order: OperationId,
    list_orders: OperationId,
}

pub fn run(seed: u64, start: Timestamp, minutes: u32, timetable: &Timetable, inventory: &Inventory) -> Vec<Recorded> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut recorder = Recorder::new(start, minutes);
    let mut shop = Shop::new(&mut recorder, inventory);
    let mut traffic = Traffic::new();
    // 1970-01-01 was a Thursday.
    let first_day = (start.as_second().div_euclid(86_400) + 3).rem_euclid(7) as u32;
    for minute in 0..minutes {
        let weekday = (first_day + minute / DAY_MINUTES) % 7;
        let popularity = traffic.next(minute % DAY_MINUTES, weekday, &mut rng);
        let crawlers = traffic.crawlers(&mut rng);
        shop.minute(minute, popularity, crawlers, &timetable.at(minute), &mut rng);
        shop.publish(&mut recorder, minute, &mut rng);
    }
    recorder.finish()
}

impl Shop {
    fn new(recorder: &mut Recorder, inventory: &Inventory) -> Self {
        let find = |resource_type: &str, name: &str| -> &Resource {
            let id = Resource::new(resource_type, name).id;
            inventory.resource(&id).expect("the inventory lists every part of the shop")
        };
        let gateway = Gateway::new(recorder, find(API, GATEWAY));
        let mut function =
            |name, median, sigma| Function::new(recorder, find(FUNCTION, name), ServiceTime::new(median, sigma));
        let catalog = function(CATALOG, 17.0, 0.3);
        let checkout = function(CHECKOUT, 32.0, 0.3);
        let account = function(ACCOUNTS, 14.0, 0.3);
        let worker = function(WORKER, 16.0, 0.3);
        let [mut products, mut orders, mut sessions] =
            [PRODUCTS, ORDERS, SESSIONS].map(|name| Table::new(recorder, find(TABLE, name)));
        let mut operation = |table: &mut Table, name: &str, operation: &str, units: f64, median: f64| {
            table.operation(recorder, find(TABLE, name), operation, units, ServiceTime::new(median, 0.28))
        };
        let operations = Operations {
            product: operation(&mut products, PRODUCTS, "GetItem", 0.5, 3.2),
            session: operation(&mut sessions, SESSIONS, "GetItem", 1.0, 2.6),
            touch_session: operation(&mut sessions, SESSIONS, "UpdateItem", 1.0, 4.1),
            put_order: operation(&mut orders, ORDERS, "PutItem", ORDER_UNITS, 6.4),
            mark_order: operation(&mut orders, ORDERS, "UpdateItem", MARK_UNITS, 5.2),
            list_orders: operation(&mut orders, ORDERS, "Query", 4.0, 7.5),
        };
        Self {
            gateway,
            catalog,
            checkout,
            account,
            worker,
            products,
            orders,
            sessions,
            queue: Queue::new(recorder, find(QUEUE, ORDER_QUEUE), MAX_RECEIVES, true),
            dead_letters: Queue::new(recorder, find(QUEUE, DEAD_LETTERS), u32::MAX, false),
            operations,
            search: ServiceTime::new(SEARCH_MS, 0.35),
            payment: ServiceTime::new(110.0, 0.3),
            sending: ServiceTime::new(8.0, 0.3),
            product_retries: 0.0,
            checkout_retries: 0.0,
            account_retries: 0.0,
            worked: 0,
        }
    }

    fn minute(&mut self, minute: u32, popularity: f64, crawlers: u32, now: &Surroundings, rng: &mut StdRng) {
        for name in &now.released {
            let released = [
                (CATALOG, &mut self.catalog),
                (CHECKOUT, &mut self.checkout),
                (ACCOUNTS, &mut self.account),
                (WORKER, &mut self.worker),
            ];
            released.into_iter().filter(|(of, _)| of == name).for_each(|(_, function)| function.replace());
        }
        if now.purge_dead_letters {
            self.dead_letters.purge();
        }
        self.orders.set_write_capacity(now.orders_write_capacity);

        let mut come = |rate: f64, again: &mut f64| {
            let expected = rate * popularity + std::mem::take(again);
            poisson(rng, expected) as u32
        };
        let products = come(PRODUCT_RATE * now.products_factor, &mut self.product_retries);
        let checkouts = come(CHECKOUT_RATE, &mut self.checkout_retries);
        let accounts = come(ACCOUNT_RATE, &mut self.account_retries);

        self.sessions.begin(f64::from(checkouts + accounts), f64::from(checkouts));
        let wanted_marks = f64::from(self.worked.max(checkouts).min(2 * checkouts + 100));
        self.orders.begin(f64::from(accounts) * 4.0, f64::from(checkouts) * ORDER_UNITS + wanted_marks * MARK_UNITS);

        self.serve_products(products, crawlers, rng);
        self.serve_checkouts(minute, checkouts, now, rng);
        self.serve_accounts(accounts, rng);
        self.work(minute, now, rng);
    }

    fn serve_products(&mut self, requests: u32, crawlers: u32, rng: &mut StdRng) {
        let all = requests + crawlers;
        self.catalog.begin(all, None, rng);
        // As in a queue with one server: the fuller, the longer the wait.
        let load = (f64::from(all) / 60.0 / SEARCH_RATE).min(FULLEST);
        let crowded = 1.0 / (1.0 - load);
        let mut failed = 0;
        for request in 0..all {
            if rng.random_bool(MALFORMED) {
                self.gateway.answer(Status::ClientError, None, rng);
                continue;
            }
            let Some(start) = self.catalog.start(rng) else {
                self.gateway.answer(Status::ServerError, Some(5.0), rng);
                failed += 1;
                continue;
            };
            let (found, reading) = self.products.request(self.operations.product, rng);
            let searching = self.search.draw(rng) * crowded;
            let duration = start.first_ms + self.catalog.own.draw(rng) + reading + searching;
            let ended = self.catalog.end(duration, found && !rng.random_bool(STRAY_ERROR));
            let missing = request >= requests || rng.random_bool(NOT_FOUND);
            let status = status(ended, missing);
            failed += u32::from(!ended);
            self.gateway.answer(status, Some(start.init_ms + duration.min(self.catalog.timeout_ms) + 2.0), rng);
        }
        self.product_retries = f64::from(failed) * TRY_AGAIN;
    }

    fn serve_checkouts(&mut self, minute: u32, requests: u32, now: &Surroundings, rng: &mut StdRng) {
        self.checkout.begin(requests, None, rng);
        let mut failed = 0;
        for _ in 0..requests {
            if rng.random_bool(MALFORMED) {
                self.gateway.answer(Status::ClientError, None, rng);
                continue;
            }
            let Some(start) = self.checkout.start(rng) else {
                self.gateway.answer(Status::ServerError, Some(5.0), rng);
                failed += 1;
                continue;
            };
            let own = self.checkout.own.draw(rng) * if now.checkout_is_bad { BAD_SLOWER } else { 1.0 };
            let mut duration = start.first_ms + own;
            let declined = rng.random_bool(DECLINED);
            let succeeded = self.check_out(minute, declined, now, &mut duration, rng);
            let ended = self.checkout.end(duration, succeeded);
            failed += u32::from(!ended);
            let status = status(ended, declined);
            self.gateway.answer(status, Some(start.init_ms + duration.min(self.checkout.timeout_ms) + 2.0), rng);
        }
        self.checkout_retries = f64::from(failed) * TRY_AGAIN;
    }

    /// What one checkout waits for; false: it failed.
    fn check_out(
        &mut self,
        minute: u32,
        declined: bool,
        now: &Surroundings,
        duration: &mut f64,
        rng: &mut StdRng,
    ) -> bool {
        if now.checkout_is_bad && rng.random_bool(BAD_FAILS) || rng.random_bool(STRAY_ERROR) {
            return false;
        }
        for operation in [self.operations.session, self.operations.touch_session] {
            let (served, waited) = self.sessions.request(operation, rng);
            *duration += waited;
            if !served {
                return false;
            }
        }
        *duration += self.payment.draw(rng);
        if declined {
            return true;
        }
        let (stored, waited) = self.orders.request(self.operations.put_order, rng);
        *duration += waited;
        if !stored {
            return false;
        }
        if rng.random_bool(SENT_TWICE) {
            self.orders.condition_failed();
            return true;
        }
        *duration += self.sending.draw(rng);
        let poison = now.poison_share > 0.0 && rng.random_bool(now.poison_share);
        self.queue.send(minute, poison);
        true
    }

    fn serve_accounts(&mut self, requests: u32, rng: &mut StdRng) {
        self.account.begin(requests, None, rng);
        let mut failed = 0;
        for _ in 0..requests {
            if rng.random_bool(NOT_LOGGED_IN) {
                self.gateway.answer(Status::ClientError, None, rng);
                continue;
            }
            let Some(start) = self.account.start(rng) else {
                self.gateway.answer(Status::ServerError, Some(5.0), rng);
                failed += 1;
                continue;
            };
            let (known, session) = self.sessions.request(self.operations.session, rng);
            let (listed, reading) = self.orders.request(self.operations.list_orders, rng);
            let duration = start.first_ms + self.account.own.draw(rng) + session + reading;
            let ended = self.account.end(duration, known && listed && !rng.random_bool(STRAY_ERROR));
            failed += u32::from(!ended);
            self.gateway.answer(
                status(ended, false),
                Some(start.init_ms + duration.min(self.account.timeout_ms) + 2.0),
                rng,
            );
        }
        self.account_retries = f64::from(failed) * TRY_AGAIN;
    }

    /// The worker's pollers take orders from the queue until there are none or the minute is over.
    fn work(&mut self, minute: u32, now: &Surroundings, rng: &mut StdRng) {
        let dead = self.queue.begin(minute);
        self.dead_letters.take_over(minute, dead);
        let backlog = self.queue.waiting() > BATCH * POLLERS as usize * 6;
        // As they come one by one, few find company; from a backlog full batches are taken.
        let batch = |rng: &mut StdRng| if backlog { BATCH } else { 1 + usize::from(rng.random_bool(0.25)) };
        let expected = if backlog { self.queue.waiting() / BATCH } else { self.queue.waiting() * 4 / 5 };
        self.worker.begin(expected.max(1) as u32, Some(POLLERS), rng);
        let mut left_ms = f64::from(POLLERS) * 60_000.0;
        self.worked = 0;
        while left_ms > 0.0 && self.queue.waiting() > 0 {
            let messages = self.queue.receive(batch(rng));
            let Some(start) = self.worker.start(rng) else { break };
            let mut duration = start.first_ms + self.worker.own.draw(rng);
            let mut succeeded = !rng.random_bool(STRAY_ERROR);
            let mut aside = 0;
            for message in &messages {
                if message.poison {
                    if now.worker_hangs {
                        // Waits for an answer that never comes.
                        duration = self.worker.timeout_ms;
                        break;
                    }
                    aside += 1;
                    continue;
                }
                let (marked, waited) = self.orders.request(self.operations.mark_order, rng);
                duration += waited;
                succeeded &= marked;
            }
            self.worked += (messages.len() - aside) as u32;
            left_ms -= duration + start.init_ms;
            if self.worker.end(duration, succeeded) {
                self.queue.delete(messages.len())
            } else {
                self.queue.fail(minute, messages)
            }
        }
        // Long polls that end with nothing: three a minute for each idle poller.
        let idle = (left_ms.max(0.0) / 60_000.0 * 3.0).round() as u32;
        self.queue.empty_receives(idle.saturating_sub(u32::from(rng.random_bool(0.5))));
    }

    fn publish(&mut self, recorder: &mut Recorder, minute: u32, rng: &mut StdRng) {
        self.gateway.publish(recorder, minute);
        for function in [&mut self.catalog, &mut self.checkout, &mut self.account, &mut self.worker] {
            function.publish(recorder, minute);
        }
        for table in [&mut self.products, &mut self.orders, &mut self.sessions] {
            table.publish(recorder, minute);
        }
        // Seconds from sending to reading, when nothing is waiting.
        let prompt = (0.6 + 0.5 * normal(rng)).clamp(0.0, 3.0);
        let working = if self.queue.waiting() > 0 { POLLERS * BATCH as u32 } else { u32::from(rng.random_bool(0.15)) };
        self.queue.publish(recorder, minute, working, prompt);
        self.dead_letters.publish(recorder, minute, 0, 0.0);
    }
}

fn status(ended: bool, client_error: bool) -> Status {
    match (ended, client_error) {
        (false, _) => Status::ServerError,
        (true, true) => Status::ClientError,
        (true, false) => Status::Good,
    }
}
