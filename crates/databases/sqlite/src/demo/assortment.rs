//! What the roaster sells, and who delivers it.

use chrono::{Days, NaiveDate};
use rusqlite::{Transaction, params};

use super::random::Random;

/// How long before today a product that is no longer made was last sold.
pub(super) const DISCONTINUED_DAYS: u64 = 200;

pub(super) struct Product {
    name: &'static str,
    /// From 1, as the category's key.
    pub(super) category: i64,
    supplier: i64,
    /// Current list price in cents.
    pub(super) price: i64,
    cost: i64,
    weight: Option<i64>,
    roast: Option<&'static str>,
    origin: Option<&'static str>,
    organic: bool,
    pub(super) discontinued: bool,
    /// Days before today it came out.
    pub(super) age: u64,
    /// How often it is bought, in proportion to the others; 0 is never.
    pub(super) popularity: u64,
}

const CATEGORIES: &[(&str, &str)] = &[
    ("Espresso", "Beans roasted for espresso machines and moka pots"),
    ("Filter Coffee", "Light and medium roasts for pour-over, drip and French press"),
    ("Decaf", "Beans without caffeine"),
    ("Capsules", "Compostable capsules for common machines"),
    ("Cold Brew", "Ready to drink and concentrates"),
    ("Tea", "Loose leaf tea and infusions"),
    ("Brewing Equipment", "Everything that makes coffee without a plug"),
    ("Grinders", "Hand grinders and electric grinders"),
    ("Cups & Mugs", "Porcelain, glass and travel mugs"),
    ("Gift Sets", "Boxes to give away and subscriptions for a while"),
];

/// Name, contact, city, country, years of partnership, audit score in tenths (0: not audited yet), telephone.
#[expect(clippy::type_complexity, reason = "a table, read across")]
const SUPPLIERS: &[(&str, &str, &str, &str, u64, i64, Option<&str>)] = &[
    ("Finca El Paraíso", "Rosa Quiñónez", "Popayán", "Colombia", 9, 915, Some("+57 602 555 0142")),
    ("Yirgacheffe Growers Union", "Abebe Tadesse", "Dilla", "Ethiopia", 8, 942, Some("+251 46 555 0118")),
    (
        "Fazenda São Silvestre",
        "Márcio Brandão",
        "Serra do Salitre",
        "Brazil",
        10,
        887,
        Some("+55 34 5550 0171"),
    ),
    ("Cooperativa Nahualá", "Irma Xocoy", "Nahualá", "Guatemala", 6, 868, None),
    ("Kieni Coffee Factory", "Wanjiru Kamau", "Nyeri", "Kenya", 5, 933, Some("+254 61 555 0199")),
    ("Gayo Mountain Cooperative", "Siti Rahmah", "Takengon", "Indonesia", 4, 795, Some("+62 643 555 0133")),
    ("Beneficio La Cumbre", "Óscar Peñalba", "Matagalpa", "Nicaragua", 3, 814, None),
    ("Darjeeling Hill Estates", "Anil Chhetri", "Kurseong", "India", 7, 901, Some("+91 354 555 0107")),
    ("Uji Tea House", "Haruka Nakamura", "Uji", "Japan", 2, 956, Some("+81 774 55 0163")),
    ("Kapselwerk GmbH", "Ulrike Böhm", "Bremen", "Germany", 4, 873, Some("+49 421 555 0120")),
    ("Porcelana Vista Alegre", "Joaquim Leitão", "Ílhavo", "Portugal", 6, 882, Some("+351 234 555 018")),
    ("Macinino Bologna", "Gianluca Ferri", "Bologna", "Italy", 8, 924, Some("+39 051 555 0156")),
    ("Nordic Brew Tools", "Kjersti Øvrebø", "Bergen", "Norway", 5, 909, Some("+47 55 55 01 44")),
    ("Kyoto Glassworks", "Kenji Mori", "Kyoto", "Japan", 3, 938, None),
    ("Swiss Water Decaf Partners", "Dylan Tremblay", "Vancouver", "Canada", 5, 851, Some("+1 604 555 0187")),
    ("Papier & Band", "Mareike Voß", "Leipzig", "Germany", 2, 0, Some("+49 341 555 0175")),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table below, read across")]
const fn coffee(
    name: &'static str,
    category: i64,
    supplier: i64,
    price: i64,
    cost: i64,
    weight: i64,
    roast: &'static str,
    origin: Option<&'static str>,
    organic: bool,
    age: u64,
    popularity: u64,
) -> Product {
    let (weight, roast) = (Some(weight), Some(roast));
    let discontinued = false;
    Product {
        name,
        category,
        supplier,
        price,
        cost,
        weight,
        roast,
        origin,
        organic,
        discontinued,
        age,
        popularity,
    }
}

#[expect(clippy::too_many_arguments, reason = "a row of the table below, read across")]
const fn tea(
    name: &'static str,
    supplier: i64,
    price: i64,
    cost: i64,
    origin: &'static str,
    organic: bool,
    age: u64,
    popularity: u64,
) -> Product {
    let (category, weight, roast, origin, discontinued) = (6, Some(100), None, Some(origin), false);
    Product {
        name,
        category,
        supplier,
        price,
        cost,
        weight,
        roast,
        origin,
        organic,
        discontinued,
        age,
        popularity,
    }
}

const fn other(
    name: &'static str,
    category: i64,
    supplier: i64,
    price: i64,
    cost: i64,
    age: u64,
    popularity: u64,
) -> Product {
    let (weight, roast, origin, organic, discontinued) = (None, None, None, false, false);
    Product {
        name,
        category,
        supplier,
        price,
        cost,
        weight,
        roast,
        origin,
        organic,
        discontinued,
        age,
        popularity,
    }
}

const fn discontinued(mut product: Product) -> Product {
    product.discontinued = true;
    product
}

pub(super) const PRODUCTS: &[Product] = &[
    coffee("House Espresso", 1, 3, 1490, 640, 1000, "dark", None, false, 3900, 420),
    coffee("Napoli Dark Roast", 1, 3, 1590, 690, 1000, "dark", None, false, 3200, 210),
    coffee("Türk Kahvesi", 1, 3, 890, 350, 250, "medium", Some("Brazil"), false, 2800, 190),
    coffee("Espresso São Silvestre", 1, 3, 1290, 560, 500, "dark", Some("Brazil"), true, 2600, 160),
    coffee("Crema Classico", 1, 1, 1390, 600, 1000, "medium", None, false, 2500, 240),
    coffee("Sumatra Gayo Espresso", 1, 6, 1190, 520, 500, "dark", Some("Indonesia"), true, 1400, 90),
    coffee("Barista Blend No. 7", 1, 4, 1350, 580, 500, "medium", None, false, 1200, 130),
    coffee("Red Velvet Espresso", 1, 1, 1450, 640, 500, "medium", Some("Colombia"), false, 420, 110),
    coffee("Yirgacheffe Kochere", 2, 2, 1290, 580, 250, "light", Some("Ethiopia"), true, 2900, 230),
    coffee("Huila Pitalito", 2, 1, 1190, 500, 250, "light", Some("Colombia"), true, 2400, 150),
    coffee("Kenya AA Kieni", 2, 5, 1450, 690, 250, "light", Some("Kenya"), false, 1700, 120),
    coffee("Guatemala Nahualá", 2, 4, 1150, 480, 250, "medium", Some("Guatemala"), true, 1900, 110),
    coffee("Nicaragua La Cumbre", 2, 7, 1090, 450, 250, "medium", Some("Nicaragua"), false, 1000, 70),
    coffee("Breakfast Blend", 2, 3, 990, 400, 500, "medium", None, false, 3600, 280),
    coffee("Sidamo Natural", 2, 2, 1390, 620, 250, "light", Some("Ethiopia"), false, 800, 95),
    coffee("Kenya Peaberry Nyeri", 2, 5, 1590, 760, 250, "light", Some("Kenya"), false, 560, 45),
    coffee("Winter Blend", 2, 4, 1250, 520, 500, "dark", None, false, 1600, 85),
    coffee("Summer Filter", 2, 1, 1190, 490, 250, "light", Some("Colombia"), false, 1580, 75),
    discontinued(coffee("Java Estate", 2, 6, 1250, 560, 250, "medium", Some("Indonesia"), false, 2200, 60)),
    coffee("Geisha Boquete Reserva", 2, 4, 4900, 2800, 100, "light", Some("Panama"), true, 6, 0),
    coffee("Decaf House Blend", 3, 15, 1390, 640, 500, "medium", None, false, 2700, 120),
    coffee("Decaf Colombia", 3, 15, 1290, 610, 250, "light", Some("Colombia"), true, 1500, 70),
    coffee("Decaf Espresso", 3, 15, 1450, 680, 500, "dark", None, false, 1100, 60),
    coffee("Capsules Espresso Intenso", 4, 10, 790, 310, 55, "dark", None, false, 1300, 260),
    coffee("Capsules Lungo", 4, 10, 790, 310, 55, "medium", None, false, 1300, 190),
    coffee("Capsules Ristretto", 4, 10, 790, 310, 55, "dark", None, false, 1250, 140),
    coffee("Capsules Decaf", 4, 10, 850, 340, 55, "medium", None, false, 900, 60),
    coffee("Capsules Ethiopia", 4, 10, 890, 370, 55, "light", Some("Ethiopia"), true, 480, 80),
    coffee("Cold Brew Bottle", 5, 3, 390, 120, 330, "medium", None, false, 1150, 150),
    coffee("Cold Brew Concentrate", 5, 3, 1290, 430, 1000, "medium", None, false, 1150, 60),
    coffee("Nitro Cold Brew Can", 5, 1, 350, 130, 250, "dark", None, false, 620, 90),
    discontinued(coffee("Cold Brew Vanilla", 5, 3, 420, 150, 330, "medium", None, false, 980, 40)),
    tea("Darjeeling First Flush", 8, 1290, 540, "India", true, 2300, 60),
    tea("Assam Breakfast", 8, 890, 310, "India", false, 2300, 70),
    tea("Earl Grey", 8, 950, 330, "India", false, 2100, 80),
    tea("Sencha Uji", 9, 1390, 620, "Japan", true, 690, 45),
    tea("Matcha Ceremonial", 9, 2490, 1250, "Japan", true, 690, 55),
    tea("Masala Chai", 8, 850, 290, "India", false, 1700, 75),
    tea("Hōjicha", 9, 1250, 560, "Japan", false, 400, 25),
    other("French Press 1 l", 7, 13, 3490, 1550, 2600, 45),
    other("Pour-Over Dripper", 7, 14, 2490, 980, 2000, 60),
    other("Moka Pot 3 Cups", 7, 12, 2990, 1340, 2500, 50),
    other("Moka Pot 6 Cups", 7, 12, 3990, 1790, 2500, 35),
    other("Cezve Copper 300 ml", 7, 12, 2790, 1210, 1400, 30),
    other("Paper Filters 100 pcs", 7, 16, 490, 150, 2900, 220),
    other("Gooseneck Kettle", 7, 13, 6990, 3600, 1300, 18),
    other("Digital Coffee Scale", 7, 13, 4490, 2100, 1250, 22),
    other("AeroBrew Travel Press", 7, 13, 3790, 1690, 880, 28),
    other("Copper Siphon Set", 7, 14, 18900, 10400, 35, 0),
    discontinued(other("Vacuum Pot Classic", 7, 14, 8900, 5100, 2400, 6)),
    other("Hand Grinder Steel", 8, 12, 7990, 4100, 1600, 20),
    other("Hand Grinder Mini", 8, 12, 4990, 2450, 1100, 24),
    other("Electric Grinder Home", 8, 12, 18900, 11200, 1500, 9),
    other("Electric Grinder Pro", 8, 12, 44900, 29800, 750, 3),
    other("Espresso Cup Set of 2", 9, 11, 1890, 720, 2200, 50),
    other("Cappuccino Cup Set of 2", 9, 11, 2290, 890, 2200, 45),
    other("Latte Glass Set of 2", 9, 14, 1990, 760, 1300, 40),
    other("Travel Mug 350 ml", 9, 13, 2490, 1080, 1350, 65),
    other("Roaster's Mug", 9, 11, 1490, 480, 1850, 55),
    discontinued(other("Enamel Camping Mug", 9, 13, 1590, 590, 1500, 20)),
    other("Tasting Box Espresso", 10, 16, 2990, 1380, 1650, 55),
    other("Tasting Box Filter", 10, 16, 2990, 1410, 1650, 50),
    other("Brewing Starter Kit", 10, 16, 5990, 3100, 1000, 22),
    other("Advent Calendar", 10, 16, 3990, 1900, 1400, 30),
    other("Gift Card 50", 10, 16, 5000, 5000, 2400, 28),
    other("Tea Discovery Box", 10, 16, 2490, 1090, 600, 18),
    other("Anniversary Box Limited", 10, 16, 9900, 5200, 15, 0),
];

/// How the month changes what people buy, in percent of the usual.
pub(super) fn season(product: &Product, month: u32) -> u64 {
    let winter = matches!(month, 11 | 12);
    let summer = matches!(month, 6..=8);
    match product.name {
        "Winter Blend" => {
            if matches!(month, 10..=12 | 1 | 2) {
                300
            } else {
                10
            }
        }
        "Summer Filter" => {
            if matches!(month, 5..=9) {
                260
            } else {
                15
            }
        }
        "Advent Calendar" => {
            if winter {
                900
            } else {
                1
            }
        }
        _ => match product.category {
            5 if summer => 320,
            5 if winter => 30,
            6 if winter => 170,
            9 if winter => 160,
            10 if winter => 400,
            _ => 100,
        },
    }
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    random: &mut Random,
    today: NaiveDate,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare("INSERT INTO categories VALUES (?, ?, ?)")?;
    for (id, (name, description)) in (1_i64..).zip(CATEGORIES) {
        statement.execute(params![id, name, description])?;
    }

    let mut statement = transaction.prepare("INSERT INTO suppliers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for (id, (name, contact, city, country, years, score, phone)) in (1_i64..).zip(SUPPLIERS) {
        let email = format!("orders@{}.example", super::people::slug(name));
        let since = today - Days::new(years * 365 + random.below(300));
        let score = (*score > 0).then_some(*score as f64 / 10.0);
        statement.execute(params![
            id,
            name,
            contact,
            email,
            phone,
            city,
            country,
            since.to_string(),
            score
        ])?;
    }

    let mut statement =
        transaction.prepare("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for (id, product) in (1_i64..).zip(PRODUCTS) {
        statement.execute(params![
            id,
            format!("CR-{}{:03}", product.category * 10, id),
            product.name,
            product.category,
            product.supplier,
            product.price as f64 / 100.0,
            product.cost as f64 / 100.0,
            product.weight,
            product.roast,
            product.origin,
            product.organic,
            product.discontinued,
            (today - Days::new(product.age)).to_string(),
        ])?;
    }
    Ok(())
}
