//! Three years of orders, day by day, with their items, parcels and reviews.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};
use rusqlite::{Statement, Transaction, params};

use super::{
    assortment::{DISCONTINUED_DAYS, PRODUCTS, season},
    people::Customer,
    places::{Seller, Store},
    random::{Random, Weights},
    reviews,
};

/// Orders in percent of the usual, January first.
const MONTHS: [i64; 12] = [92, 95, 98, 97, 98, 94, 86, 89, 101, 106, 126, 142];
/// Orders in percent of the usual, Monday first.
const WEEKDAYS: [i64; 7] = [100, 96, 98, 102, 114, 121, 83];
/// Orders on an ordinary day at the start, and how many more there are at the end.
const FIRST_DAY: i64 = 28;
const GROWTH: i64 = 30;
/// Nobody knows how late it is today: what is already there came in the first minutes after midnight.
const TODAY_ORDERS: i64 = 6;
const TODAY_SECONDS: i64 = 600;

/// Who buys, where and from whom.
pub(super) struct Market<'a> {
    pub(super) customers: &'a [Customer],
    pub(super) stores: &'a [Store],
    pub(super) account_managers: &'a [Seller],
}

#[derive(Clone, Copy, PartialEq)]
enum Channel {
    Online,
    Store,
    Wholesale,
}

struct Item {
    product: usize,
    quantity: i64,
    /// In cents, discount taken off.
    price: i64,
    discount: i64,
}

struct Books<'a> {
    order: Statement<'a>,
    item: Statement<'a>,
    shipment: Statement<'a>,
    review: Statement<'a>,
    orders: i64,
    items: i64,
    shipments: i64,
    reviews: i64,
    /// Every day as text, by its distance from the first.
    days: Vec<String>,
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    random: &mut Random,
    market: &Market<'_>,
    start: NaiveDate,
    today: NaiveDate,
) -> rusqlite::Result<()> {
    let mut books = Books {
        order: transaction.prepare("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?,
        item: transaction.prepare("INSERT INTO order_items VALUES (?, ?, ?, ?, ?, ?)")?,
        shipment: transaction.prepare("INSERT INTO shipments VALUES (?, ?, ?, ?, ?, ?)")?,
        review: transaction.prepare("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)")?,
        orders: 0,
        items: 0,
        shipments: 0,
        reviews: 0,
        days: start.iter_days().take_while(|day| *day <= today).map(|day| day.to_string()).collect(),
    };
    let demand = Weights::new(market.customers.iter().map(|customer| customer.weight));
    let assortments: Vec<Weights> = (1..=12)
        .map(|month| Weights::new(PRODUCTS.iter().map(|product| product.popularity * season(product, month))))
        .collect();

    let last = books.days.len() as i64 - 1;
    for (index, day) in start.iter_days().take(books.days.len()).enumerate() {
        let index = index as i64;
        let registered = market.customers.partition_point(|customer| customer.registered <= day);
        let assortment = &assortments[day.month0() as usize];
        let count = if index == last { TODAY_ORDERS } else { orders_on(random, day, index, last) };
        // Seconds of the day in ascending order, so that keys follow the clock.
        let mut times: Vec<i64> = (0..count)
            .map(|_| if index == last { random.between(0, TODAY_SECONDS) } else { time_of_day(random) })
            .collect();
        times.sort_unstable();
        for seconds in times {
            let customer = demand.pick_among(random, registered);
            let place = place(random, market, customer, day, seconds);
            let items = basket(random, assortment, place.0, day, today);
            if !items.is_empty() {
                books.book(random, customer, place, &items, index, seconds)?;
            }
        }
    }
    Ok(())
}

fn orders_on(random: &mut Random, day: NaiveDate, index: i64, last: i64) -> i64 {
    let usual = (FIRST_DAY * last + GROWTH * index) * 100 / last.max(1);
    let month = MONTHS[day.month0() as usize];
    let weekday = WEEKDAYS[day.weekday().num_days_from_monday() as usize];
    usual * month * weekday * random.between(84, 116) / 100_000_000
}

fn time_of_day(random: &mut Random) -> i64 {
    let (from, to) = match random.below(10) {
        0 => (0, 24),
        1..=4 => (7, 12),
        5..=7 => (12, 18),
        _ => (17, 23),
    };
    random.between(from * 3600, to * 3600 - 1)
}

/// The channel with the keys of the store and the seller, where there are any.
fn place(
    random: &mut Random,
    market: &Market<'_>,
    customer: usize,
    day: NaiveDate,
    seconds: i64,
) -> (Channel, Option<i64>, Option<i64>) {
    let customer = &market.customers[customer];
    if customer.segment != "consumer" && random.chance(85) {
        let seller = random.pick(market.account_managers);
        return (Channel::Wholesale, None, Some(seller.id));
    }
    let open = (8 * 3600..19 * 3600).contains(&seconds);
    if open && random.chance(62) {
        let near = || {
            market
                .stores
                .iter()
                .enumerate()
                .filter(|(_, store)| store.city == customer.city && store.opened <= day)
        };
        let choice = random.below(near().count() as u64) as usize;
        if let Some((index, store)) = near().nth(choice) {
            let staff = &store.staff;
            let seller = (0..6).map(|_| random.pick(staff)).find(|seller| seller.works_on(day));
            let seller = seller.or(staff.first()).map(|seller| seller.id);
            return (Channel::Store, Some(index as i64 + 1), seller);
        }
    }
    (Channel::Online, None, None)
}

fn basket(
    random: &mut Random,
    assortment: &Weights,
    channel: Channel,
    day: NaiveDate,
    today: NaiveDate,
) -> Vec<Item> {
    let lines = match (channel, random.below(100)) {
        (Channel::Store, 0..=34) | (Channel::Online, 0..=13) => 1,
        (Channel::Store, 35..=69) | (Channel::Online, 14..=38) | (Channel::Wholesale, 0..=15) => 2,
        (Channel::Store, 70..=89) | (Channel::Online, 39..=64) | (Channel::Wholesale, 16..=40) => 3,
        (Channel::Store, _) | (Channel::Online, 65..=84) | (Channel::Wholesale, 41..=65) => 4,
        (Channel::Online, _) | (Channel::Wholesale, 66..=85) => 5,
        (Channel::Wholesale, _) => 6,
    };
    let age = (today - day).num_days() as u64;
    let discount = discount(random, channel, day);
    let mut items: Vec<Item> = Vec::with_capacity(lines);
    for _ in 0..lines * 4 {
        let index = assortment.pick(random);
        let product = &PRODUCTS[index];
        let sold = product.age >= age && !(product.discontinued && age < DISCONTINUED_DAYS);
        if !sold || items.iter().any(|item| item.product == index) {
            continue;
        }
        let consumable = product.category <= 6;
        let quantity = match channel {
            Channel::Wholesale if consumable => random.between(4, 36),
            Channel::Wholesale => random.between(1, 6),
            _ if product.price > 5000 => 1,
            _ => match random.below(100) {
                0..=67 => 1,
                68..=88 => 2,
                89..=95 => 3,
                _ => random.between(4, 8),
            },
        };
        // Prices rose by about four percent a year, always to a multiple of ten cents.
        let list = product.price * (10_000 - age as i64 * 400 / 365) / 100_000 * 10;
        let price = (list * (100 - discount) + 50) / 100;
        items.push(Item { product: index, quantity, price, discount });
        if items.len() == lines {
            break;
        }
    }
    items
}

fn discount(random: &mut Random, channel: Channel, day: NaiveDate) -> i64 {
    let black_week = day.month() == 11 && day.day() >= 22;
    match channel {
        Channel::Wholesale => *random.pick(&[10, 15, 15, 20, 20, 25]),
        Channel::Online if black_week && random.chance(55) => *random.pick(&[20, 25, 30]),
        Channel::Online if random.chance(22) => *random.pick(&[5, 10, 10, 15, 20]),
        Channel::Store if random.chance(9) => *random.pick(&[5, 10]),
        _ => 0,
    }
}

impl Books<'_> {
    fn book(
        &mut self,
        random: &mut Random,
        customer: usize,
        (channel, store, seller): (Channel, Option<i64>, Option<i64>),
        items: &[Item],
        day: i64,
        seconds: i64,
    ) -> rusqlite::Result<()> {
        self.orders += 1;
        let customer = customer as i64 + 1;
        let total: i64 = items.iter().map(|item| item.quantity * item.price).sum();
        let (payment, shipping) = match channel {
            Channel::Online => (
                *random.pick(&["card", "card", "card", "paypal", "paypal", "bank transfer"]),
                if total >= 4900 { 0 } else { *random.pick(&[390, 490, 490, 690]) },
            ),
            Channel::Store => (*random.pick(&["card", "card", "cash"]), 0),
            Channel::Wholesale => (
                *random.pick(&["invoice", "invoice", "invoice", "bank transfer"]),
                if total >= 25_000 { 0 } else { 1490 },
            ),
        };
        let (status, delivered) = if channel == Channel::Store {
            (if random.chance(1) { "returned" } else { "completed" }, Some(day))
        } else {
            self.ship(random, day)?
        };

        let mut ordered_at = String::with_capacity(19);
        // Writing to a string cannot fail.
        let _ = write!(
            ordered_at,
            "{} {:02}:{:02}:{:02}",
            self.days[day as usize],
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
        self.order.execute(params![
            self.orders,
            customer,
            store,
            seller,
            ordered_at,
            status,
            match channel {
                Channel::Online => "online",
                Channel::Store => "store",
                Channel::Wholesale => "wholesale",
            },
            payment,
            shipping as f64 / 100.0,
            total as f64 / 100.0,
        ])?;
        for item in items {
            self.items += 1;
            let product = item.product as i64 + 1;
            let price = item.price as f64 / 100.0;
            self.item.execute(params![
                self.items,
                self.orders,
                product,
                item.quantity,
                price,
                item.discount
            ])?;
        }
        if let (true, Some(delivered), Some(item)) = (random.chance(12), delivered, items.first()) {
            let product = item.product as i64 + 1;
            let day = (delivered + random.between(1, 24)) as usize;
            if let Some(day) = self.days.get(day) {
                let (rating, comment) = reviews::write(random, product, status == "returned");
                self.reviews += 1;
                self.review.execute(params![self.reviews, product, customer, rating, comment, day])?;
            }
        }
        Ok(())
    }

    /// Sends the parcel, unless the order is cancelled: the order's status and the day it arrived.
    fn ship(&mut self, random: &mut Random, day: i64) -> rusqlite::Result<(&'static str, Option<i64>)> {
        let shipped = day + random.between(0, 3);
        let delivered = shipped + random.between(1, 6);
        if random.below(1000) < 36 {
            return Ok(("cancelled", None));
        }
        let Some(shipped_on) = self.days.get(shipped as usize) else {
            return Ok((if random.chance(40) { "pending" } else { "processing" }, None));
        };
        let delivered_on = self.days.get(delivered as usize);
        let carrier = *random.pick(&["DHL", "DHL", "DHL", "UPS", "DPD", "FedEx"]);
        let tracking_code = format!("{}{:010}", &carrier[..2].to_uppercase(), random.below(10_000_000_000));
        self.shipments += 1;
        self.shipment.execute(params![
            self.shipments,
            self.orders,
            carrier,
            tracking_code,
            shipped_on,
            delivered_on
        ])?;
        Ok(match delivered_on {
            None => ("shipped", None),
            Some(_) => (if random.chance(3) { "returned" } else { "completed" }, Some(delivered)),
        })
    }
}
