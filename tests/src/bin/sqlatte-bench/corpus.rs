//! Statements for the guard, as an analyst or a model would write them.

/// The names of the dialects.
pub(crate) const DIALECTS: [&str; 5] = ["postgresql", "mysql", "trino", "bigquery", "sqlite"];

/// What every dialect understands.
const COMMON: [&str; 12] = [
    "SELECT COUNT(*) AS customers FROM customers",
    "SELECT city, COUNT(*) AS customers FROM customers WHERE country = 'Germany' GROUP BY city ORDER BY customers DESC",
    "SELECT p.name, SUM(i.quantity * i.unit_price) AS revenue FROM order_items i JOIN products p ON p.id = \
     i.product_id GROUP BY p.name ORDER BY revenue DESC LIMIT 5",
    "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL ORDER BY c.name",
    "SELECT c.name, COUNT(o.id) AS orders, AVG(o.total_amount) AS average FROM customers c JOIN orders o ON \
     o.customer_id = c.id WHERE o.status NOT IN ('cancelled', 'returned') GROUP BY c.name HAVING COUNT(o.id) > 10",
    "WITH monthly AS (SELECT store_id, SUM(total_amount) AS revenue FROM orders WHERE ordered_at >= '2025-01-01' AND \
     ordered_at < '2026-01-01' GROUP BY store_id) SELECT s.name, m.revenue FROM monthly m JOIN stores s ON s.id = \
     m.store_id WHERE m.revenue > (SELECT AVG(revenue) FROM monthly) ORDER BY m.revenue DESC",
    "SELECT name, price, RANK() OVER (PARTITION BY category_id ORDER BY price DESC) AS place FROM products",
    "SELECT CASE WHEN rating >= 4 THEN 'good' WHEN rating = 3 THEN 'fair' ELSE 'poor' END AS grade, COUNT(*) AS reviews \
     FROM reviews GROUP BY CASE WHEN rating >= 4 THEN 'good' WHEN rating = 3 THEN 'fair' ELSE 'poor' END",
    "SELECT channel, SUM(total_amount) AS revenue FROM orders GROUP BY channel UNION ALL SELECT 'all', \
     SUM(total_amount) FROM orders",
    "SELECT DISTINCT e.name, m.name AS manager FROM employees e JOIN employees m ON m.id = e.manager_id WHERE EXISTS \
     (SELECT 1 FROM orders o WHERE o.employee_id = e.id AND o.total_amount BETWEEN 100 AND 500)",
    "SELECT UPPER(name) AS name, LENGTH(comment) AS size, COALESCE(comment, 'none') AS comment FROM reviews r JOIN \
     customers c ON c.id = r.customer_id WHERE LOWER(comment) LIKE '%roast%' AND rating <> 1",
    "SELECT CAST(SUM(CASE WHEN status = 'returned' THEN 1 ELSE 0 END) AS DECIMAL(10, 2)) / COUNT(*) AS share, \
     ROUND(AVG(total_amount), 2) AS average FROM orders",
];

/// What no dialect may run.
pub(crate) const HOSTILE: [&str; 6] = [
    "DROP TABLE customers",
    "SELECT 1; DELETE FROM orders",
    "UPDATE products SET price = 0 WHERE id IN (SELECT id FROM products)",
    "INSERT INTO orders SELECT * FROM orders",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "SELECT no_such_function_of_ours(name) FROM customers",
];

/// The queries of a dialect: the common ones, and some in its own words.
pub(crate) fn queries(dialect: &str) -> Vec<&'static str> {
    let own: [&str; 4] = match dialect {
        "postgresql" => [
            "SELECT date_trunc('month', ordered_at) AS month, count(*) FILTER (WHERE status = 'completed') AS done FROM \
             orders GROUP BY 1 ORDER BY 1",
            "SELECT name FROM customers WHERE registered_on > CURRENT_DATE - INTERVAL '30 days' AND name ILIKE 'a%'",
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total_amount) AS median FROM orders",
            "SELECT DISTINCT ON (customer_id) customer_id, total_amount::numeric FROM orders ORDER BY customer_id, \
             ordered_at DESC",
        ],
        "mysql" => [
            "SELECT DATE_FORMAT(ordered_at, '%Y-%m') AS month, COUNT(*) AS orders FROM orders GROUP BY month",
            "SELECT `name` FROM customers WHERE registered_on > DATE_SUB(CURDATE(), INTERVAL 30 DAY)",
            "SELECT category_id, GROUP_CONCAT(name ORDER BY name SEPARATOR ', ') AS names FROM products GROUP BY category_id",
            "SELECT IFNULL(roast_level, 'none') AS roast, COUNT(*) AS products FROM products GROUP BY roast LIMIT 10, 5",
        ],
        "trino" => [
            "SELECT date_trunc('month', ordered_at) AS month, approx_distinct(customer_id) AS customers FROM orders GROUP BY 1",
            "SELECT name FROM customers WHERE registered_on > current_date - INTERVAL '30' DAY",
            "SELECT category_id, array_join(array_agg(name), ', ') AS names FROM products GROUP BY category_id",
            "SELECT approx_percentile(total_amount, 0.5) AS median, try_cast(status AS integer) AS code FROM orders GROUP BY 2",
        ],
        "bigquery" => [
            "SELECT DATE_TRUNC(ordered_on, MONTH) AS month, COUNTIF(status = 'completed') AS done FROM `shop.orders` GROUP BY month",
            "SELECT name FROM customers WHERE registered_on > DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY)",
            "SELECT name, price FROM products WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY category_id ORDER BY price) = 1",
            "SELECT * EXCEPT (salary), SAFE_CAST(salary AS STRING) AS pay FROM employees",
        ],
        _ => [
            "SELECT strftime('%Y-%m', ordered_at) AS month, COUNT(*) AS orders FROM orders GROUP BY month ORDER BY month",
            "SELECT name FROM customers WHERE registered_on > date('now', '-30 days')",
            "SELECT category_id, group_concat(name, ', ') AS names FROM products GROUP BY category_id",
            "SELECT IIF(roast_level IS NULL, 'none', roast_level) AS roast, total(price) AS sum FROM products GROUP BY 1",
        ],
    };
    COMMON.into_iter().chain(own).collect()
}
