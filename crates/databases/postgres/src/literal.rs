//! PostgreSQL's own texts of arrays, composite values and `hstore`.

use std::{iter::Peekable, str::Chars};

/// No array is nested deeper.
const MAX_DEPTH: usize = 6;

/// A text with a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Null,
    Text(String),
    List(Vec<Node>),
}

/// `{1,NULL,{"a","b"}}`; `None` where the text is no array.
pub(crate) fn array(text: &str) -> Option<Node> {
    // Bounds other than 1 stand before: `[0:1]={…}`.
    let text = if text.starts_with('[') { text.split_once('=')?.1 } else { text };
    let mut rest = text.chars().peekable();
    let node = list(&mut rest, MAX_DEPTH)?;
    rest.next().is_none().then_some(node)
}

fn list(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Node> {
    if depth == 0 || rest.next()? != '{' {
        return None;
    }
    let mut nodes = Vec::new();
    if rest.next_if_eq(&'}').is_some() {
        return Some(Node::List(nodes));
    }
    loop {
        nodes.push(match rest.peek()? {
            '{' => list(rest, depth - 1)?,
            '"' => Node::Text(in_quotes(rest)?),
            _ => match bare(rest, &[',', '}'])? {
                text if text.eq_ignore_ascii_case("null") => Node::Null,
                text => Node::Text(text),
            },
        });
        match rest.next()? {
            ',' => {}
            '}' => return Some(Node::List(nodes)),
            _ => return None,
        }
    }
}

/// The fields of `(1,"a b",)`, where nothing is NULL; `None` where the text is no composite value.
pub(crate) fn record(text: &str) -> Option<Vec<Option<String>>> {
    let mut rest = text.chars().peekable();
    if rest.next()? != '(' {
        return None;
    }
    if text == "()" {
        return Some(Vec::new());
    }
    let mut fields = Vec::new();
    loop {
        fields.push(match rest.peek()? {
            ',' | ')' => None,
            '"' => Some(in_quotes(&mut rest)?),
            _ => Some(bare(&mut rest, &[',', ')'])?),
        });
        match rest.next()? {
            ',' => {}
            ')' => return rest.next().is_none().then_some(fields),
            _ => return None,
        }
    }
}

/// The pairs of `"a"=>"1", "b"=>NULL`; `None` where the text is no `hstore`.
pub(crate) fn hstore(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut rest = text.chars().peekable();
    let mut pairs = Vec::new();
    while rest.peek().is_some() {
        let key = in_quotes(&mut rest)?;
        if (rest.next()?, rest.next()?) != ('=', '>') {
            return None;
        }
        let value = match rest.peek()? {
            '"' => Some(in_quotes(&mut rest)?),
            _ => match bare(&mut rest, &[','])?.as_str() {
                "NULL" => None,
                _ => return None,
            },
        };
        pairs.push((key, value));
        match (rest.next(), rest.next()) {
            (None, None) => break,
            (Some(','), Some(' ')) => {}
            _ => return None,
        }
    }
    Some(pairs)
}

/// A text in quotes, in which quotes are doubled or escaped.
fn in_quotes(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    if rest.next()? != '"' {
        return None;
    }
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\\' => text.push(rest.next()?),
            '"' if rest.next_if_eq(&'"').is_some() => text.push('"'),
            '"' => return Some(text),
            letter => text.push(letter),
        }
    }
}

/// A text without quotes, up to one of `ends` or the end.
fn bare(rest: &mut Peekable<Chars<'_>>, ends: &[char]) -> Option<String> {
    let mut text = String::new();
    while let Some(letter) = rest.next_if(|letter| !ends.contains(letter)) {
        text.push(if letter == '\\' { rest.next()? } else { letter });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{Node, array, hstore, record};

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    #[test]
    fn reads_arrays() {
        let list = |nodes: &[Node]| Some(Node::List(nodes.to_vec()));
        assert_eq!(array("{}"), list(&[]));
        assert_eq!(array("{1,NULL,3}"), list(&[text("1"), Node::Null, text("3")]));
        assert_eq!(array(r#"{"a,b","c\"d\\",""}"#), list(&[text("a,b"), text("c\"d\\"), text("")]));
        let rows = [Node::List(vec![text("1")]), Node::List(vec![text("\"NULL\"".trim_matches('"'))])];
        assert_eq!(array(r#"[0:1][5:5]={{1},{"NULL"}}"#), list(&rows));
        for broken in ["", "1", "{", "{1", "{1}x", r#"{"a}"#, "{1}}", "{{{{{{{{{{1}}}}}}}}}}"] {
            assert_eq!(array(broken), None, "{broken}");
        }
    }

    #[test]
    fn reads_records() {
        let fields =
            |fields: &[Option<&str>]| Some(fields.iter().map(|field| field.map(str::to_owned)).collect());
        assert_eq!(record(r#"(1,"a ""b"", c",)"#), fields(&[Some("1"), Some("a \"b\", c"), None]));
        assert_eq!(record(r#"("")"#), fields(&[Some("")]));
        assert_eq!(record("()"), fields(&[]));
        for broken in ["", "1", "(", "(1", "(1)x"] {
            assert_eq!(record(broken), None, "{broken}");
        }
    }

    #[test]
    fn reads_hstores() {
        let pairs = hstore(r#""a"=>"1, \"2\"", "b"=>NULL"#).unwrap();
        assert_eq!(pairs, [("a".to_owned(), Some("1, \"2\"".to_owned())), ("b".to_owned(), None)]);
        assert_eq!(hstore(""), Some(vec![]));
        for broken in ["a", r#""a""#, r#""a"=>"#, r#""a"=>x"#, r#""a"=>"1","b"=>"2""#] {
            assert_eq!(hstore(broken), None, "{broken}");
        }
    }
}
