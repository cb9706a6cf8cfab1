/// A question on the demo database, and the statement that answers it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) text: &'static str,
    pub(crate) sql: &'static str,
}

/// Questions whose statements take SQLite next to no time, so that what is measured is the server.
pub(crate) const LIGHT: [Question; 8] = [
    Question { text: "How many stores are there?", sql: "SELECT COUNT(*) AS stores FROM stores" },
    Question { text: "How many suppliers are there?", sql: "SELECT COUNT(*) AS suppliers FROM suppliers" },
    Question {
        text: "How many products are there per category?",
        sql: "SELECT c.name, COUNT(*) AS products FROM products p JOIN categories c ON c.id = p.category_id \
              GROUP BY c.name ORDER BY products DESC",
    },
    Question {
        text: "What is the average price of products?",
        sql: "SELECT AVG(price) AS average_price FROM products",
    },
    Question {
        text: "Top 5 products by price",
        sql: "SELECT name, price FROM products ORDER BY price DESC LIMIT 5",
    },
    Question {
        text: "How many stores are there per country?",
        sql: "SELECT country, COUNT(*) AS stores FROM stores GROUP BY country ORDER BY stores DESC",
    },
    Question {
        text: "What is the average salary of employees per store?",
        sql: "SELECT s.name, AVG(e.salary) AS average_salary FROM employees e JOIN stores s ON s.id = e.store_id \
              GROUP BY s.name ORDER BY average_salary DESC",
    },
    Question { text: "List the stores", sql: "SELECT * FROM stores" },
];

/// Questions for which SQLite reads every order or every item.
pub(crate) const HEAVY: [Question; 3] = [
    Question {
        text: "Top 5 products by revenue",
        sql: "SELECT p.name, SUM(i.quantity * i.unit_price) AS revenue FROM order_items i \
              JOIN products p ON p.id = i.product_id GROUP BY p.name ORDER BY revenue DESC LIMIT 5",
    },
    Question {
        text: "How many orders are there per month?",
        sql: "SELECT strftime('%Y-%m', ordered_at) AS month, COUNT(*) AS orders FROM orders \
              GROUP BY month ORDER BY month",
    },
    Question {
        text: "Total amount of orders per channel",
        sql: "SELECT channel, SUM(total_amount) AS total_amount FROM orders GROUP BY channel",
    },
];
