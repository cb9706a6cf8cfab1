CREATE TABLE categories ( -- Groups of products in the shop
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE, -- Name shown in the shop
    description TEXT -- One sentence about the group
);

CREATE TABLE suppliers ( -- Farms, cooperatives and makers we buy from
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL, -- Company name
    contact_name   TEXT NOT NULL, -- Person to talk to
    email          TEXT NOT NULL, -- Address for purchase orders
    phone          TEXT, -- Telephone number with country code, if known
    city           TEXT NOT NULL, -- City of the supplier
    country        TEXT NOT NULL, -- Country of the supplier
    partner_since  DATE NOT NULL, -- First day of the partnership
    quality_score  REAL -- Score of the last quality audit, 0 to 100; empty before the first audit
);

CREATE TABLE products ( -- Everything we sell: coffee, tea, equipment and gifts
    id             INTEGER PRIMARY KEY,
    sku            TEXT NOT NULL UNIQUE, -- Stock keeping unit, the article number
    name           TEXT NOT NULL UNIQUE, -- Name shown in the shop
    category_id    INTEGER NOT NULL REFERENCES categories (id), -- Category of the product
    supplier_id    INTEGER NOT NULL REFERENCES suppliers (id), -- Who delivers it
    price          REAL NOT NULL, -- Current list price in euros
    unit_cost      REAL NOT NULL, -- What one piece costs us, in euros
    weight_grams   INTEGER, -- Net weight of the package in grams; empty for equipment
    roast_level    TEXT, -- light, medium or dark; empty for everything but coffee
    origin_country TEXT, -- Country the beans or leaves come from; empty for blends and equipment
    is_organic     BOOLEAN NOT NULL, -- Whether it carries an organic label
    is_discontinued BOOLEAN NOT NULL, -- Whether it has been taken out of the assortment
    launched_on    DATE NOT NULL -- First day on sale
);

CREATE TABLE stores ( -- Our own coffee shops
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE, -- Name over the door
    city          TEXT NOT NULL, -- City of the shop
    country       TEXT NOT NULL, -- Country of the shop
    address       TEXT NOT NULL, -- Street and number
    opened_on     DATE NOT NULL, -- Opening day
    floor_area_m2 INTEGER NOT NULL, -- Sales area in square metres
    seats         INTEGER -- Seats for guests; empty where it is take-away only
);

CREATE TABLE employees ( -- Staff of the stores and of the head office, former staff included
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL, -- First and last name
    email      TEXT NOT NULL UNIQUE, -- Work e-mail address
    job_title  TEXT NOT NULL, -- Position, such as Barista or Store Manager
    store_id   INTEGER REFERENCES stores (id), -- Where they work; empty for the head office
    manager_id INTEGER REFERENCES employees (id), -- Whom they report to; empty for the managing director
    hired_on   DATE NOT NULL, -- First working day
    left_on    DATE, -- Last working day; empty while they work here
    birth_date DATE, -- Date of birth, if they told us
    salary     REAL NOT NULL -- Gross salary per year in euros
);

CREATE TABLE customers ( -- People and companies with an account
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL, -- First and last name, or the company's name
    email         TEXT NOT NULL UNIQUE, -- Login and contact address
    phone         TEXT, -- Telephone number with country code, if known
    segment       TEXT NOT NULL, -- consumer, cafe, office or retailer
    city          TEXT NOT NULL, -- City of the billing address
    country       TEXT NOT NULL, -- Country of the billing address
    birth_date    DATE, -- Date of birth; empty for companies and where not told
    newsletter    BOOLEAN NOT NULL, -- Whether they receive the newsletter
    registered_on DATE NOT NULL -- Day the account was made
);

CREATE TABLE orders ( -- Orders of all channels, cancelled and returned ones included
    id             INTEGER PRIMARY KEY,
    customer_id    INTEGER NOT NULL REFERENCES customers (id), -- Who ordered
    store_id       INTEGER REFERENCES stores (id), -- Where it was sold; empty for online and wholesale
    employee_id    INTEGER REFERENCES employees (id), -- Who sold it; empty for online
    ordered_at     DATETIME NOT NULL, -- When the order was placed
    status         TEXT NOT NULL, -- pending, processing, shipped, completed, cancelled or returned
    channel        TEXT NOT NULL, -- online, store or wholesale
    payment_method TEXT NOT NULL, -- card, paypal, bank transfer, cash or invoice
    shipping_cost  REAL NOT NULL, -- Charged for shipping in euros, on top of the total amount
    total_amount   REAL NOT NULL -- Order value in euros: the sum of its items, without shipping
);

CREATE TABLE order_items ( -- The lines of the orders; revenue is quantity * unit_price
    id               INTEGER PRIMARY KEY,
    order_id         INTEGER NOT NULL REFERENCES orders (id), -- Order the line belongs to
    product_id       INTEGER NOT NULL REFERENCES products (id), -- What was bought
    quantity         INTEGER NOT NULL, -- Number of pieces
    unit_price       REAL NOT NULL, -- Charged for one piece in euros, discount already taken off
    discount_percent INTEGER NOT NULL -- Discount on the list price in percent; 0 without one
);

CREATE TABLE shipments ( -- Parcels to online and wholesale customers, one per order
    id            INTEGER PRIMARY KEY,
    order_id      INTEGER NOT NULL UNIQUE REFERENCES orders (id), -- Order in the parcel
    carrier       TEXT NOT NULL, -- Parcel service
    tracking_code TEXT NOT NULL, -- Number at the carrier
    shipped_on    DATE NOT NULL, -- Day the parcel left
    delivered_on  DATE -- Day it arrived; empty while on its way
);

CREATE TABLE inventory ( -- Stock of each product in each store
    store_id         INTEGER NOT NULL REFERENCES stores (id), -- Which store
    product_id       INTEGER NOT NULL REFERENCES products (id), -- Which product
    quantity_on_hand INTEGER NOT NULL, -- Pieces in stock now
    reorder_level    INTEGER NOT NULL, -- Reorder when the stock falls below this
    last_counted_on  DATE, -- Day of the last stock count; empty if never counted
    PRIMARY KEY (store_id, product_id)
) WITHOUT ROWID;

CREATE TABLE reviews ( -- What customers say about products
    id          INTEGER PRIMARY KEY,
    product_id  INTEGER NOT NULL REFERENCES products (id), -- Product reviewed
    customer_id INTEGER NOT NULL REFERENCES customers (id), -- Who wrote it
    rating      INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5), -- Stars, 1 to 5
    comment     TEXT, -- Text of the review; empty when only stars were given
    reviewed_on DATE NOT NULL -- Day of the review
);
