/** What the mock server knows: one small coffee roaster. */
const regions = [
  'North',
  'South',
  'East',
  'West',
  'Central',
  'Coast',
  'Valley',
  'Zürich highlands',
];

const products = [
  ['Espresso Roma', '182340.50'],
  ['House Blend', '164020.25'],
  ['Yirgacheffe', '121400.00'],
  ['Cold Brew Pack', '98310.75'],
  ['Decaf Organic', '65200.10'],
];

const readings = [
  { phrase: 'revenue', meaning: 'SUM(order_items.quantity × unit_price)' },
  { phrase: 'products', meaning: 'products.name' },
];

export const tables = ['customers', 'orders', 'order_items', 'products', 'stores'];

export const suggestions = [
  'Top 5 products by revenue',
  'Revenue by region this year',
  'Orders per month in 2025',
  'Which customers have never ordered?',
];

const followUps = ['What about last month?', 'Top 10 products by revenue', 'Revenue by month'];

const insights = [
  {
    type: 'top',
    severity: 'info',
    message: '**Espresso Roma** leads with 182,340.50, about *11 %* above House Blend.',
  },
  { type: 'share', severity: 'positive', message: 'The first two make `55 %` of the total.' },
];

function topProducts(filter) {
  return {
    sql: `-- revenue per product
SELECT p.name, ROUND(SUM(i.quantity * i.unit_price), 2) AS revenue
FROM products AS p
JOIN order_items AS i ON i.product_id = p.id${filter}
GROUP BY p.name
ORDER BY revenue DESC
LIMIT 5`,
    explanation: 'The five products with the highest revenue.',
    readings,
    columns: ['name', 'revenue'],
    column_types: ['text', 'decimal'],
    rows: products,
    insights,
    chart: { type: 'bar', x: 'name', y: ['revenue'] },
    suggestions: followUps,
  };
}

function regionRevenue() {
  return {
    ...topProducts(''),
    sql: `SELECT region, ROUND(SUM(revenue), 2) AS revenue, COUNT(*) AS orders
FROM orders
WHERE ordered_at >= '2026-01-01' AND is_gift = FALSE
GROUP BY region
ORDER BY revenue DESC`,
    explanation: 'Revenue and number of orders of each region since 1 January 2026.',
    columns: ['region', 'revenue', 'orders'],
    column_types: ['text', 'decimal', 'integer'],
    rows: regions.map((name, at) => [
      name,
      `${90000 - at * 7350.5}`,
      at === 6 ? null : 1200 - at * 77,
    ]),
    chart: { type: 'bar', x: 'region', y: ['revenue'] },
  };
}

function monthlyOrders() {
  const months = Array.from(
    { length: 12 },
    (_, at) => `2025-${String(at + 1).padStart(2, '0')}-01`,
  );
  return {
    ...topProducts(''),
    explanation: 'Orders and revenue of each month of 2025.',
    columns: ['month', 'orders', 'revenue'],
    column_types: ['date', 'integer', 'decimal'],
    rows: months.map((month, at) => [
      month,
      900 + ((at * 37) % 11) * 40,
      `${(30 + ((at * 53) % 17)) * 1000}`,
    ]),
    chart: { type: 'line', x: 'month', y: ['orders', 'revenue'] },
  };
}

function allOrders(count) {
  const start = Date.UTC(2023, 0, 1);
  return {
    ...topProducts(''),
    sql: 'SELECT * FROM orders',
    explanation: 'Every order there is.',
    columns: [
      'order_id',
      'ordered_at',
      'customer',
      'region',
      'items',
      'revenue',
      'is_gift',
      'note',
    ],
    column_types: ['integer', 'timestamp', 'text', 'text', 'integer', 'decimal', 'boolean', 'text'],
    rows: Array.from({ length: count }, (_, at) => [
      at + 1,
      new Date(start + at * 947_000).toISOString().replace('.000Z', ''),
      `Customer ${(at * 7919) % 5000}`,
      regions[at % regions.length],
      1 + (at % 9),
      `${((at * 104729) % 100000) / 100}`,
      at % 13 === 0,
      at % 5 === 0 ? null : 'Leave at the door, ring twice',
    ]),
    insights: [],
    chart: null,
    truncated: true,
  };
}

function customerCount() {
  return {
    ...topProducts(''),
    sql: 'SELECT COUNT(*) AS customers FROM customers',
    explanation: 'How many customers there are.',
    columns: ['customers'],
    column_types: ['integer'],
    rows: [[4987]],
    chart: { type: 'kpi', x: 'customers', y: ['customers'] },
  };
}

/** The answer to a question in words, by a few key words. */
export function resultFor(question) {
  if (/100k|all orders/i.test(question)) return allOrders(100_000);
  if (/region/i.test(question)) return regionRevenue();
  if (/month in|by month|per month/i.test(question)) return monthlyOrders();
  if (/how many/i.test(question)) return customerCount();
  if (/never/i.test(question)) return { ...customerCount(), rows: [] };
  if (/last month/i.test(question)) {
    return topProducts(`\nJOIN orders AS o ON o.id = i.order_id
WHERE o.ordered_at >= DATE '2026-10-01' AND o.ordered_at < DATE '2026-11-01'`);
  }
  return topProducts('');
}

export const chatReplies = {
  hello: {
    message:
      'Hello! I answer questions about **orders, products and customers**. Try one of these:',
    suggestions: suggestions.slice(0, 3),
  },
  best: {
    message: 'There are two ways to read “best”.',
    clarification: { options: ['Best customers by revenue', 'Best customers by number of orders'] },
  },
  weather: {
    message: 'I found nothing about *weather* in this database.',
    unanswerable: { reason: 'No table or column is about weather.' },
    suggestions: suggestions.slice(0, 3),
  },
};
