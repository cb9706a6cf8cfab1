//! Stores and the people who work there.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use rusqlite::{Transaction, params};

use super::{people::slug, random::Random, words::names};

/// Name, city, country, address, days before today it opened, square metres, seats.
#[expect(clippy::type_complexity, reason = "a table, read across")]
const STORES: &[(&str, &str, &str, &str, u64, i64, Option<i64>)] = &[
    ("Rösterei Kreuzberg", "Berlin", "Germany", "Oranienstraße 41", 3950, 240, Some(64)),
    ("Berlin Mitte", "Berlin", "Germany", "Torstraße 118", 2700, 95, Some(28)),
    ("Hamburg Schanze", "Hamburg", "Germany", "Schulterblatt 73", 2350, 110, Some(34)),
    ("München Glockenbach", "München", "Germany", "Fraunhoferstraße 9", 2100, 120, Some(40)),
    ("London Shoreditch", "London", "United Kingdom", "Redchurch Street 22", 1900, 105, Some(30)),
    ("London Paddington", "London", "United Kingdom", "Praed Street 151", 1320, 38, None),
    ("Wien Neubau", "Wien", "Austria", "Lindengasse 27", 1750, 130, Some(46)),
    ("Paris Canal", "Paris", "France", "Quai de Valmy 87", 1500, 85, Some(24)),
    ("Amsterdam Jordaan", "Amsterdam", "Netherlands", "Elandsgracht 14", 1280, 75, Some(20)),
    ("São Paulo Pinheiros", "São Paulo", "Brazil", "Rua dos Pinheiros 512", 840, 150, Some(52)),
    ("Madrid Malasaña", "Madrid", "Spain", "Calle del Pez 30", 530, 90, Some(26)),
    ("Zürich Langstrasse", "Zürich", "Switzerland", "Langstrasse 197", 210, 60, None),
];

/// Head office: job title, salary, and the line of this list they report to.
const HEAD_OFFICE: &[(&str, i64, usize)] = &[
    ("Managing Director", 148_000, 0),
    ("Head of Sales", 96_000, 0),
    ("Head of Roasting", 91_000, 0),
    ("Head of Finance", 98_500, 0),
    ("Head of Retail", 94_000, 0),
    ("Account Manager", 62_000, 1),
    ("Account Manager", 59_500, 1),
    ("Account Manager", 57_000, 1),
    ("Account Manager", 55_500, 1),
    ("Roaster", 46_500, 2),
    ("Roaster", 44_000, 2),
    ("Roaster", 43_500, 2),
    ("Quality Manager", 58_000, 2),
    ("Accountant", 54_000, 3),
    ("Accountant", 52_500, 3),
    ("Data Analyst", 61_000, 3),
    ("Online Marketing Manager", 57_500, 1),
    ("Customer Support Agent", 38_500, 1),
    ("Customer Support Agent", 37_000, 1),
];
const HEAD_OF_RETAIL: i64 = 5;

/// Where and since when something can be sold, and by whom; the key is the index plus one.
pub(super) struct Store {
    pub(super) city: &'static str,
    pub(super) opened: NaiveDate,
    pub(super) staff: Vec<Seller>,
}

/// Someone who sells, while they work here.
pub(super) struct Seller {
    pub(super) id: i64,
    hired: NaiveDate,
    left: Option<NaiveDate>,
}

impl Seller {
    pub(super) fn works_on(&self, day: NaiveDate) -> bool {
        self.hired <= day && self.left.is_none_or(|left| day <= left)
    }
}

/// The stores, and the account managers who sell to companies.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    random: &mut Random,
    today: NaiveDate,
) -> rusqlite::Result<(Vec<Store>, Vec<Seller>)> {
    let mut stores = Vec::new();
    let mut statement = transaction.prepare("INSERT INTO stores VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
    for (id, (name, city, country, address, age, area, seats)) in (1_i64..).zip(STORES) {
        let opened = today - Days::new(*age);
        statement.execute(params![id, name, city, country, address, opened.to_string(), area, seats])?;
        stores.push(Store { city, opened, staff: Vec::new() });
    }

    let mut staff =
        Staff { statement: transaction.prepare(INSERT_EMPLOYEE)?, random, taken: HashSet::new(), next_id: 1 };
    let mut account_managers = Vec::new();
    for (line, (title, salary, manager)) in HEAD_OFFICE.iter().enumerate() {
        let manager = (line != *manager).then_some(*manager as i64 + 1);
        let hired = today - Days::new(3900 - 140 * line as u64);
        let seller = staff.hire("Germany", title, None, manager, hired, None, *salary)?;
        if *title == "Account Manager" {
            account_managers.push(seller);
        }
    }
    for ((index, store), (_, _, country, ..)) in stores.iter_mut().enumerate().zip(STORES) {
        let id = index as i64 + 1;
        let opened = store.opened;
        let salary = staff.random.between(440, 540) * 100;
        let manager =
            staff.hire(country, "Store Manager", Some(id), Some(HEAD_OF_RETAIL), opened, None, salary)?;
        let manager_id = manager.id;
        store.staff.push(manager);
        for place in 0..staff.random.between(5, 8) {
            let (title, low) = if place == 0 { ("Shift Lead", 350) } else { ("Barista", 280) };
            let age = (today - opened).num_days();
            let hired = opened + Days::new(staff.random.between(0, (age - 30).max(0)) as u64);
            let left = (place > 0 && staff.random.chance(28)).then(|| {
                hired + Days::new(staff.random.between(20, (today - hired).num_days().max(21)) as u64)
            });
            let left = left.filter(|left| *left < today);
            let salary = (low + staff.random.between(0, 50)) * 100;
            store.staff.push(staff.hire(country, title, Some(id), Some(manager_id), hired, left, salary)?);
        }
    }
    Ok((stores, account_managers))
}

const INSERT_EMPLOYEE: &str = "INSERT INTO employees VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

struct Staff<'a> {
    statement: rusqlite::Statement<'a>,
    random: &'a mut Random,
    taken: HashSet<String>,
    next_id: i64,
}

impl Staff<'_> {
    #[expect(clippy::too_many_arguments, reason = "the columns of the table, in its order")]
    fn hire(
        &mut self,
        country: &str,
        title: &str,
        store: Option<i64>,
        manager: Option<i64>,
        hired: NaiveDate,
        left: Option<NaiveDate>,
        salary: i64,
    ) -> rusqlite::Result<Seller> {
        let id = self.next_id;
        self.next_id += 1;
        let (first_names, last_names, _) = names(country);
        let mut name = String::new();
        while name.is_empty() || !self.taken.insert(name.clone()) {
            name = format!("{} {}", self.random.pick(first_names), self.random.pick(last_names));
        }
        let email = format!("{}.{id}@roastery.example", slug(&name));
        let age = self.random.between(19 * 365, 46 * 365) as u64;
        let birth_date = self.random.chance(72).then(|| (hired - Days::new(age)).to_string());
        self.statement.execute(params![
            id,
            name,
            email,
            title,
            store,
            manager,
            hired.to_string(),
            left.map(|left| left.to_string()),
            birth_date,
            salary as f64,
        ])?;
        Ok(Seller { id, hired, left })
    }
}
