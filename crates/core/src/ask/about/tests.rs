use super::grammar::{About, read};

fn all_are(questions: &[&str], about: &About) {
    for question in questions {
        assert_eq!(read(question).as_ref(), Some(about), "{question}");
    }
}

#[test]
fn counts_and_lists_are_asked_for_in_many_ways() {
    all_are(
        &[
            "How many tables are there?",
            "how many tables do we have",
            "How many tables does the database have?",
            "How many tables does this schema contain?",
            "what is the number of tables?",
            "Please tell me how many tables you have",
            "how many tabels are there",
            "count the tables",
            "How many tables and views are there?",
        ],
        &About::Count { views: false },
    );
    all_are(&["How many views are there?", "how many views does the db have"], &About::Count { views: true });
    all_are(
        &[
            "Which tables are there?",
            "list all tables",
            "Show me the tables.",
            "what tables do you have?",
            "What are the names of all tables?",
            "List the names of the tables",
            "Could you please list the tables?",
            "wich tables do we have",
            "shwo me all tabels please",
            "I'd like to see all the tables in the database",
            "what tables exist",
            "which tables can I query?",
            "give me a list of tables",
            "show table names",
            "which tables are available in this schema?",
            "what data do you have?",
            "show me the schema",
            "what's in the database?",
            "what kind of data is available?",
            "describe the database",
            "What information do you have?",
        ],
        &About::All { views: false },
    );
    all_are(&["What views do we have?", "Are there any views?"], &About::All { views: true });
}

#[test]
fn what_tables_are_about_is_asked_for_in_many_ways() {
    for (question, said) in [
        ("Which tables do we have about shipping?", "shipping"),
        ("what tables are there for Customer Orders?", "Customer Orders"),
        ("Which tables contain customer data?", "customer"),
        ("Which tables are related to shipping?", "shipping"),
        ("Is there a table about shipping?", "shipping"),
        ("Do we have a table for reviews?", "reviews"),
        ("tables about shipping", "shipping"),
        ("which table holds the prices?", "prices"),
        ("Which tables have information on suppliers?", "suppliers"),
        ("Where is the customer data stored?", "customer"),
        ("In which table are the prices kept?", "prices"),
        ("Show me the tables that deal with reviews", "reviews"),
        ("any tables about stock?", "stock"),
        ("which tabel is about employees?", "employees"),
        ("Hi, is there any table regarding returns?", "returns"),
        ("what tables relate to customers", "customers"),
        ("How many tables are about shipping?", "shipping"),
        ("which tables store data about suppliers", "suppliers"),
        ("which table contains reviews", "reviews"),
    ] {
        assert_eq!(read(question), Some(About::Subject(said.to_owned())), "{question}");
    }
}

#[test]
fn a_column_is_looked_for() {
    for (question, said) in [
        ("Which tables have a column called status?", "status"),
        ("which tables contain the column customer_id", "customer_id"),
        ("tables with a status column", "status"),
        ("is there a column called email?", "email"),
        ("In which tables is there a column named status?", "status"),
        ("where is the column status?", "status"),
    ] {
        assert_eq!(read(question), Some(About::WithColumn(said.to_owned())), "{question}");
    }
}

#[test]
fn the_columns_of_a_table_are_asked_for() {
    for (question, said) in [
        ("what columns does orders have?", "orders"),
        ("Which columns are in the orders table?", "orders"),
        ("list the columns of orders", "orders"),
        ("describe the orders table", "orders"),
        ("describe order items", "order items"),
        ("What does the orders table contain?", "orders"),
        ("show me the structure of orders", "orders"),
        ("how many columns does the customers table have?", "customers"),
        ("show the orders table's columns", "orders"),
        ("what fields does the product table have", "product"),
        ("show me the orders schema", "orders"),
    ] {
        assert_eq!(read(question), Some(About::Columns(said.to_owned())), "{question}");
    }
}

#[test]
fn further_ways_to_ask_are_understood() {
    all_are(
        &[
            "tell me about the tables",
            "list of tables",
            "show the table list",
            "do you know what tables there are?",
        ],
        &About::All { views: false },
    );
    for (question, said) in [
        ("Which tables mention coffee?", "coffee"),
        ("is there any data about suppliers?", "suppliers"),
        ("which table should I use for shipping?", "shipping"),
        ("list the tables that contain prices", "prices"),
        ("do any tables contain emails?", "emails"),
        ("tables for shipping", "shipping"),
    ] {
        assert_eq!(read(question), Some(About::Subject(said.to_owned())), "{question}");
    }
    all_are(
        &["tell me about the orders table", "what information is in the orders table"],
        &About::Columns("orders".to_owned()),
    );
    all_are(&["which tables have an email column"], &About::WithColumn("email".to_owned()));
}

#[test]
fn a_table_is_asked_for_by_its_name() {
    all_are(
        &["Is there a table called orders?", "do we have a table named orders"],
        &About::Named("orders".to_owned()),
    );
}

#[test]
fn questions_about_rows_are_not_about_the_catalogue() {
    for question in [
        "tables",
        "which tables?",
        "and which tables?",
        "drop table customers",
        "which tables are reserved?",
        "how many tables have four seats?",
        "which tables do we have about",
        "sales by table",
        "how many customers are there?",
        "create the tables",
        "show orders as a table",
        "table of orders by month",
        "give me a table of revenue per month",
        "show a table with customers and their cities",
        "Show me a table for each month",
        "how many tables did we sell?",
        "which tables were sold last month?",
        "how many tables does the restaurant have",
        "how many tables do we have in stock?",
        "which tables have more than 1000 rows?",
        "which table has the most rows",
        "which products are on the table?",
        "put the results in a table",
        "how many stable jobs are there",
        "which tablets do we sell?",
        "list all customers",
        "show me the orders",
        "what is our revenue",
        "how many views did the video get?",
        "top 10 products as table",
        "which tables are free tonight?",
        "how many people sit at each table?",
        "average price of tables",
        "show tables sold per month",
        "where are the coffee beans stored?",
        "where do our customers live?",
        "which stores have a table?",
        "what data plan sells best?",
        "how many orders are there in the system?",
        "show customers with a name",
        "which customers have tables",
        "what is the total number of orders?",
        "which tables cost more than 100 euros",
        "list products about coffee",
        "which tales are about dragons?",
        "is there a customer called Ann?",
        "which orders contain coffee?",
        "show me the data for March",
        "count the orders",
        "what kind of products do we have?",
        "which suppliers do we have?",
        "how many categories does the shop have?",
        "",
        "show the view count per month",
        "get the number of customers",
        "what does each customer buy",
        "do we have reviews about coffee?",
        "which reviews are about coffee?",
        "do tables sell better than chairs?",
        "what information do we have about order 17?",
        "what data do we have about the customer Ann Lee?",
        "show data about customers",
        "tables of customers for March",
        "",
    ] {
        assert_eq!(read(question), None, "{question}");
    }
}
