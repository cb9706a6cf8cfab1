//! What people call things in business, whatever the database calls them.

/// Words for the same thing; singular, folded. The number is how alike they are.
const GROUPS: &[(&[&str], f32)] = &[
    (&["customer", "client", "buyer", "shopper", "patron", "account holder"], 0.85),
    (
        &[
            "employee",
            "staff",
            "worker",
            "staff member",
            "team member",
            "personnel",
            "colleague",
            "people who work",
        ],
        0.85,
    ),
    (&["product", "item", "article", "good", "merchandise"], 0.75),
    (&["customer", "account"], 0.65),
    (&["order", "purchase"], 0.85),
    (&["store", "shop", "branch", "outlet", "location", "coffee shop"], 0.8),
    (&["supplier", "vendor", "provider"], 0.85),
    (&["category", "product category", "product group", "product type"], 0.85),
    (&["review", "customer review", "product review", "feedback"], 0.85),
    (&["rating", "star", "score", "review score"], 0.75),
    (&["inventory", "stock"], 0.85),
    (
        &[
            "quantity on hand",
            "stock",
            "stock level",
            "in stock",
            "on hand",
            "piece in stock",
            "unit in stock",
        ],
        0.8,
    ),
    (&["shipment", "delivery", "parcel", "package"], 0.8),
    (&["price", "list price"], 0.9),
    (&["price", "cost", "prize"], 0.6),
    (&["salary", "pay", "wage", "earning", "paycheck", "annual salary", "yearly salary"], 0.8),
    (&["city", "town"], 0.85),
    (&["country", "nation"], 0.85),
    (&["job title", "position", "role", "job", "occupation", "profession"], 0.8),
    (&["phone", "telephone", "phone number", "telephone number", "mobile number", "contact number"], 0.9),
    (&["email", "mail", "email address", "mail address"], 0.9),
    (&["birth date", "birthday", "date of birth", "birthdate"], 0.9),
    (&["birth", "birthday", "date of birth", "birth date"], 0.9),
    (&["quantity", "amount", "number"], 0.5),
    (&["segment", "customer segment", "customer type", "customer group"], 0.85),
    (&["manager", "boss", "supervisor", "superior"], 0.85),
    (&["department", "division"], 0.8),
    (&["student", "pupil"], 0.85),
    (&["teacher", "instructor"], 0.75),
    (&["film", "movie"], 0.9),
    (&["song", "track"], 0.75),
    (&["car", "vehicle", "automobile"], 0.75),
    (&["company", "firm", "business"], 0.75),
    (&["gender", "sex"], 0.9),
    (&["size", "area"], 0.6),
    (&["floor area", "floor space", "sale area", "size", "area", "square metre", "square meter"], 0.75),
    (&["doctor", "physician"], 0.85),
    (&["author", "writer"], 0.85),
    (&["payment method", "payment type", "method of payment", "means of payment", "form of payment"], 0.9),
    (&["channel", "sale channel", "selling channel", "order channel"], 0.9),
    (&["status", "order status"], 0.85),
    (&["origin country", "country of origin", "origin"], 0.9),
    (&["carrier", "courier", "shipping company", "parcel service", "delivery service"], 0.85),
    (&["roast level", "roast", "roast degree", "roasting level"], 0.85),
    (&["reorder level", "reorder point", "reorder threshold"], 0.9),
    (&["weight", "mass"], 0.8),
    (&["unit cost", "cost price", "purchase price", "cost"], 0.75),
    (&["shipping cost", "shipping fee", "delivery cost", "postage", "shipping charge", "freight"], 0.85),
    (&["description", "detail"], 0.6),
    (&["comment", "review text"], 0.7),
    (&["seat", "seating capacity", "seating"], 0.8),
    (&["year", "release year"], 0.5),
    (&["quality score", "audit score", "quality rating"], 0.85),
    (&["nationality", "citizenship"], 0.8),
    (&["population", "inhabitant"], 0.8),
    (&["transaction", "payment"], 0.6),
    (&["contact name", "contact person", "contact"], 0.85),
];

/// Other words for a phrase, with how alike they are.
pub(crate) fn of(phrase: &str) -> impl Iterator<Item = (&'static str, f32)> + '_ {
    GROUPS.iter().filter(move |(group, _)| group.contains(&phrase)).flat_map(move |(group, likeness)| {
        group.iter().filter(move |other| **other != phrase).map(|other| (*other, *likeness))
    })
}

/// Figures that businesses ask for and that few databases keep in a column of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Concept {
    /// Money taken: the total of orders, or quantity times price of their lines.
    Revenue,
    /// Pieces sold.
    UnitsSold,
    /// Revenue less what the goods cost.
    Profit,
    /// A figure that the house gave, by its place among the model's metrics.
    Given(usize),
}

/// The concept a phrase names.
pub(crate) fn concept(phrase: &str) -> Option<Concept> {
    Some(match phrase {
        "revenue" | "taking" | "turnover" | "sale" | "income" | "sale revenue" | "proceed"
        | "sale amount" | "sale volume" | "sale figure" | "sale total" | "sale value" | "order revenue"
        | "gross sale" | "spending" | "total spend" | "total spending" | "spend" | "money"
        | "gross revenue" => Concept::Revenue,
        "unit sold" | "quantity sold" | "piece sold" | "item sold" | "sold quantity" | "sold unit"
        | "number of unit" | "sale quantity" | "unit" | "unit sale" | "number of piece" | "sold piece"
        | "quantity ordered" | "ordered quantity" | "piece" | "quantity of item" => Concept::UnitsSold,
        "profit" | "gross profit" | "earning" | "gross margin" | "margin" => Concept::Profit,
        _ => return None,
    })
}

/// Stems of verbs that all mean the sale of something.
pub(crate) const SALE_VERBS: &[&str] = &["buy", "purchas", "order", "sell", "spend"];
/// Words of tables that keep sales.
pub(crate) const SALE_TABLES: &[&str] = &["order", "sale", "purchase", "transaction", "invoice"];

/// Stems of verbs and the word of the table that keeps what they do.
pub(crate) const VERB_TABLES: &[(&str, &str)] = &[
    ("review", "review"),
    ("rat", "review"),
    ("ship", "shipment"),
    ("deliver", "shipment"),
    ("suppli", "supplier"),
    ("suppl", "supplier"),
    ("stock", "inventory"),
    ("book", "booking"),
    ("rent", "rental"),
    ("enroll", "enrollment"),
    ("pay", "payment"),
    ("visit", "visit"),
    ("borrow", "loan"),
];
