CREATE TABLE customers ( -- People who buy
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, -- Full name
    city TEXT
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    price NUMERIC(10, 2) NOT NULL -- In euros
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL,
    ordered_on DATE NOT NULL
);
CREATE VIEW sales AS
SELECT products.name AS product, SUM(quantity * price) AS revenue
FROM orders JOIN products ON products.id = orders.product_id GROUP BY products.name;
CREATE TABLE oddities (id INTEGER PRIMARY KEY, kind TEXT, value);

INSERT INTO customers VALUES
    (1, 'Zoë Ångström', 'Göteborg'), (2, 'İpek Şahin', 'İstanbul'), (3, '李小龙', NULL), (4, 'Ann Smith', 'Berlin');
INSERT INTO products VALUES (1, 'Espresso', 2.5), (2, 'Latte', 3.75), (3, 'Beans', 12);
INSERT INTO orders VALUES
    (1, 1, 1, 2, '2026-01-05'), (2, 2, 2, 1, '2026-01-17'), (3, 2, 3, 4, '2026-02-02'),
    (4, 3, 1, 3, '2026-02-14'), (5, 1, 3, 1, '2026-03-01'), (6, 4, 2, 2, '2026-03-09');
INSERT INTO oddities VALUES
    (1, 'null', NULL), (2, 'big', 9007199254740993), (3, 'small', -9223372036854775808), (4, 'float', 0.1),
    (5, 'infinity', 9e999), (6, 'bytes', x'00ff10'), (7, 'text', 'çay ☕ "quoted", a' || char(10) || 'line'),
    (8, 'formula', '=1+1');
