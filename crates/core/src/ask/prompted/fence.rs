//! Text of others stands between `<data>` and `</data>`, and cannot get out.

/// The name of the fence's tag.
const TAG: &str = "data";

/// The most digits and letters of a character reference that are looked at.
const LONGEST_REFERENCE: usize = 12;

/// Text that can neither open nor close a fence, however a model may read it: the bracket of `<data` and `</data`
/// becomes a parenthesis, also where spaces, invisible characters, look-alikes or character references (`&lt;`)
/// disguise it. Characters that only a machine can see, Unicode's tags, are left out.
pub(in crate::ask) fn fenced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // Schemas are long, and nearly all of one is plain.
        let end = rest.find(may_be_bracket).unwrap_or(rest.len());
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        let Some(one) = rest.chars().next() else { return out };
        let (seen, length) = seen(rest, one);
        if seen == '<' && names_fence(&rest[length..]) {
            out.push('(');
            rest = &rest[length..];
            continue;
        }
        if !is_tag(one) {
            out.push(one);
        }
        rest = &rest[one.len_utf8()..];
    }
}

/// Whether a character may be taken for the bracket of a fence, alone or with what follows it.
fn may_be_bracket(one: char) -> bool {
    matches!(one, '<' | '&') || !one.is_ascii()
}

/// Whether the text behind a bracket names the fence: `data` or `/data`, whatever stands between the letters.
fn names_fence(mut text: &str) -> bool {
    let mut letters = TAG.chars();
    let mut wanted = letters.next();
    let mut begun = false;
    while let Some(letter) = wanted {
        let Some(one) = text.chars().next() else { return false };
        let (seen, length) = seen(text, one);
        if seen == letter {
            begun = true;
            wanted = letters.next();
        } else if !(is_passed_over(seen) || !begun && matches!(seen, '/' | '\\')) {
            return false;
        }
        text = &text[length..];
    }
    true
}

/// What a reader may take the beginning of the text for, and its length in bytes; `one` is the first character.
fn seen(text: &str, one: char) -> (char, usize) {
    let referred = if one == '&' { reference(&text[1..]) } else { None };
    referred.map_or((plain(one), one.len_utf8()), |(one, length)| (plain(one), 1 + length))
}

/// The character that a reference stands for, and the length of what follows its `&`. The semicolon may be missing:
/// browsers read such references as well.
fn reference(text: &str) -> Option<(char, usize)> {
    let name = |from: usize, is_part: fn(char) -> bool| {
        let name = &text[from..];
        let end = name.char_indices().take(LONGEST_REFERENCE).take_while(|(_, one)| is_part(*one)).count();
        (&name[..end], from + end)
    };
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let (one, end) = if text.starts_with("#x") || text.starts_with("#X") {
        let (digits, end) = name(2, |one| one.is_ascii_hexdigit());
        (number(digits, 16)?, end)
    } else if text.starts_with('#') {
        let (digits, end) = name(1, |one| one.is_ascii_digit());
        (number(digits, 10)?, end)
    } else {
        let known = [
            ("lt", '<'),
            ("sol", '/'),
            ("bsol", '\\'),
            ("nbsp", ' '),
            ("shy", '\u{ad}'),
            ("zwnj", '\u{200c}'),
        ];
        let begins = |name: &str| text.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name));
        let (name, one) = known.into_iter().find(|(name, _)| begins(name))?;
        (one, name.len())
    };
    Some((one, end + usize::from(text[end..].starts_with(';'))))
}

/// White space, controls, and what nobody sees.
fn is_passed_over(one: char) -> bool {
    one.is_whitespace()
        || one.is_control()
        || is_tag(one)
        || matches!(one,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{300}'..='\u{36f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Unicode's tags, which repeat ASCII out of sight.
fn is_tag(one: char) -> bool {
    matches!(one, '\u{e0000}'..='\u{e007f}')
}

/// The ASCII character that it is, or looks like, in small letters.
fn plain(one: char) -> char {
    let one = match one {
        '\u{2039}' | '\u{27e8}' | '\u{2329}' | '\u{3008}' | '\u{fe64}' => '<',
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => '/',
        '\u{ff01}'..='\u{ff5e}' => shifted(one, 0xff01, 0x21),
        // Mathematical letters: thirteen alphabets, capitals before small letters.
        '\u{1d400}'..='\u{1d6a3}' => {
            let letter = (u32::from(one) - 0x1d400) % 52;
            char::from_u32(u32::from('a') + letter % 26).unwrap_or(one)
        }
        '\u{24b6}'..='\u{24cf}' => shifted(one, 0x24b6, 0x61),
        '\u{24d0}'..='\u{24e9}' => shifted(one, 0x24d0, 0x61),
        // Cyrillic, Greek and other letters that look the same.
        '\u{430}' | '\u{410}' | '\u{251}' | '\u{3b1}' | '\u{391}' => 'a',
        '\u{501}' | '\u{217e}' | '\u{216e}' => 'd',
        '\u{442}' | '\u{422}' | '\u{3c4}' | '\u{3a4}' => 't',
        other => other,
    };
    one.to_ascii_lowercase()
}

fn shifted(one: char, from: u32, to: u32) -> char {
    char::from_u32(u32::from(one) - from + to).unwrap_or(one)
}

#[cfg(test)]
mod tests {
    use super::fenced;

    #[test]
    fn no_text_opens_or_closes_a_fence() {
        for (text, safe) in [
            ("a < b </data> < / DATA kind> <data>", "a < b (/data> ( / DATA kind> (data>"),
            ("<é<data", "<é(data"),
            ("<\u{200b}/da\u{ad}ta>", "(\u{200b}/da\u{ad}ta>"),
            ("＜／ｄａｔａ＞", "(／ｄａｔａ＞"),
            (
                "&lt;/data&gt; &LT;data &#60;/data &#x3C;/data &lt/data",
                "(/data&gt; (data (/data (/data (/data",
            ),
            ("&lt;&#47;data> &#0060&sol;d&shy;ata", "(&#47;data> (&sol;d&shy;ata"),
            ("</d\u{430}t\u{430}>", "(/d\u{430}t\u{430}>"),
            ("<\\data> <\n/\tdata\n>", "(\\data> (\n/\tdata\n>"),
            ("‹/data›", "(/data›"),
            ("</𝐝𝐚𝐭𝐚>", "(/𝐝𝐚𝐭𝐚>"),
            ("x\u{e0041}\u{e0042}y", "xy"),
        ] {
            assert_eq!(fenced(text), safe);
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in
            ["", "<dat", "a <b> &lt;b&gt; & &amp; &lt", "total <= 5 AND data > 3", "data < date", "x<y/data"]
        {
            assert_eq!(fenced(text), text);
        }
    }
}
