//! Customers.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use rusqlite::{Transaction, params};

use super::{
    random::{Random, Weights},
    words::{CITIES, names},
};

const COUNT: usize = 3200;

/// What the sales need to know of a customer; the key is the index plus one.
pub(super) struct Customer {
    pub(super) city: &'static str,
    pub(super) segment: &'static str,
    pub(super) registered: NaiveDate,
    /// How often they order, in proportion to the others; 0 is never.
    pub(super) weight: u64,
}

/// Writes the customers, the longest registered first.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    random: &mut Random,
    start: NaiveDate,
    today: NaiveDate,
) -> rusqlite::Result<Vec<Customer>> {
    let mut statement = transaction.prepare("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let cities = Weights::new(CITIES.iter().map(|city| city.weight));
    let mut taken = HashSet::new();
    let mut customers = Vec::with_capacity(COUNT);
    let days = (today - start).num_days();
    for index in 0..COUNT {
        let city = &CITIES[cities.pick(random)];
        let segment = match random.below(100) {
            0..=89 => "consumer",
            90..=93 => "cafe",
            94..=97 => "office",
            _ => "retailer",
        };
        let (name, email_name) = unused_name(random, &mut taken, city.country, segment);
        let email = format!(
            "{}@{}",
            slug(&email_name),
            random.pick(&["mail.example", "post.example", "inbox.example"])
        );
        let phone = random.chance(78).then(|| {
            let prefix = names(city.country).2;
            format!("{prefix} {} {:07}", random.between(20, 99), random.below(10_000_000))
        });
        let age = random.between(19 * 365, 76 * 365);
        let birth_date =
            (segment == "consumer" && random.chance(64)).then(|| (today - Days::new(age as u64)).to_string());
        // A third was there before the first order of the books.
        let registered = if index < COUNT / 3 {
            start - Days::new(((COUNT / 3 - index) * 2 / 3) as u64 + 1)
        } else {
            let step = (index - COUNT / 3) as i64;
            start + Days::new((step * days / (COUNT - COUNT / 3) as i64) as u64)
        };
        statement.execute(params![
            index as i64 + 1,
            name,
            email,
            phone,
            segment,
            city.name,
            city.country,
            birth_date,
            random.chance(41),
            registered.to_string(),
        ])?;
        customers.push(Customer { city: city.name, segment, registered, weight: weight(random, segment) });
    }
    Ok(customers)
}

/// A few order very often, most now and then, some never.
fn weight(random: &mut Random, segment: &str) -> u64 {
    if random.chance(5) {
        return 0;
    }
    let often = 12_000 / (random.below(1000) + 25);
    let usual = random.between(14, 40) as u64;
    // Companies order like clockwork.
    if segment == "consumer" { often + usual } else { often / 3 + usual * 2 }
}

/// A name no other customer has, and the part of it that makes an address.
fn unused_name(
    random: &mut Random,
    taken: &mut HashSet<String>,
    country: &str,
    segment: &str,
) -> (String, String) {
    let (first_names, last_names, _) = names(country);
    loop {
        let (first, last) = (random.pick(first_names), random.pick(last_names));
        let initial = char::from(b'A' + random.below(26) as u8);
        let mut name = match segment {
            "cafe" => format!("{} {last}", random.pick(&["Café", "Coffee Corner", "Bistro", "Kaffeehaus"])),
            "office" => format!("{last} {}", random.pick(&["Consulting", "Legal", "Software", "Architects"])),
            "retailer" => format!("{last} {}", random.pick(&["Delicatessen", "Fine Foods", "Market"])),
            _ => format!("{first} {last}"),
        };
        if taken.contains(&name) {
            name = match segment {
                "consumer" => format!("{first} {initial}. {last}"),
                _ => format!("{name} {first}"),
            };
        }
        if taken.insert(name.clone()) {
            return (name.clone(), name);
        }
    }
}

/// The name as it stands in an address: small Latin letters, dots between words.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ä' | 'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => slug.push('a'),
            'ç' | 'ć' | 'č' => slug.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => slug.push('e'),
            'ğ' => slug.push('g'),
            'í' | 'î' | 'ï' | 'ı' => slug.push('i'),
            'ł' => slug.push('l'),
            'ñ' | 'ń' => slug.push('n'),
            'ö' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' => slug.push('o'),
            'ş' | 'ś' => slug.push('s'),
            'ß' => slug.push_str("ss"),
            'ü' | 'ú' | 'ù' | 'û' => slug.push('u'),
            'ż' | 'ź' => slug.push('z'),
            ' ' | '.' | '-' if !slug.ends_with('.') && !slug.is_empty() => slug.push('.'),
            _ => {}
        }
    }
    slug.truncate(slug.trim_end_matches('.').len());
    slug
}

#[cfg(test)]
mod tests {
    #[test]
    fn addresses_are_ascii() {
        assert_eq!(super::slug("Małgorzata B. Dąbrowska"), "malgorzata.b.dabrowska");
        assert_eq!(super::slug("İrem Öztürk"), "irem.ozturk");
        assert_eq!(super::slug("Café D'Angelo"), "cafe.dangelo");
    }
}
