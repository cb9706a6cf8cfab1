//! Which way a sentence says that figures go, in English, German, French, Spanish and Turkish.
//!
//! It knows the usual words, not grammar: a sentence that says no is taken for one that says yes, and where
//! both ways are said it is not asked of what.

use crate::text::fold;

/// What a sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Direction {
    up: bool,
    down: bool,
}

/// Whether a sentence says the opposite of what was computed: of a rise that it is a fall, or of the lowest
/// that it is the highest. One that says nothing of either does not.
pub(super) fn contradicts(told: &str, computed: &str) -> bool {
    // What is ten times as much, and more, is told as "times".
    let times = computed.contains(" times ");
    let (told, mut computed) = (Direction::said_in(told), Direction::said_in(computed));
    computed.up |= times;
    (told.up && !computed.up && computed.down) || (told.down && !computed.down && computed.up)
}

/// Words of a rise, or of the upper of two, folded, a line for each language; a star stands for any ending.
const UP: [&str; 5] = [
    "rose rise* rising risen increas* grew grow* climb* jump* surge surged surging soar* gain gains \
     gained gaining up upward* above higher highest exceed* doubl* tripl*",
    "stieg* steig* gestieg* anstieg* gesteigert wuchs* wachs* gewachs* zunahm* zugenomm* zugelegt \
     kletter* erhoh* hoher* hochst* oberhalb verdoppel*",
    "hauss* augment* progresse* progression* croissance croit montee montent superieur* dessus eleve \
     elevee eleves elevees",
    "sube suben subio subida subidas subir subieron subiendo aument* crecio crecim* crece* increment* \
     superior* duplic* encima alto alta altos altas",
    "artti artarak artan artis artisi artmis artiyor artmakta yuksel* yuksek* buyud* buyum* uzerinde \
     uzerine ustunde ustune",
];

/// Words of a fall, or of the lower of two.
const DOWN: [&str; 5] = [
    "fell fall falls falling fallen drop* declin* decreas* dip dips dipped sank sink* shrank shrink* \
     shrunk* plung* plummet* slump* slid slipped reduc* lower lowest below down downward* fewer halved",
    "fiel fielen fallt gefallen sanken gesunk* gesenk* ruckgang* zuruck* abnahm* abgenomm* schrumpf* \
     geschrumpf* niedrig* tiefer tiefst* unterhalb verringer*",
    "baiss* diminu* recul* chute* regress* repli tombe tombee tombent inferieur* dessous bas basse basses",
    "baja bajan bajo bajos bajas bajada bajar bajaron bajando cae caen cayo cayeron caida caidas descend* \
     disminu* redujo retroced* inferior* debajo",
    "dustu dusus* dusuk* dusmu* dusuy* duser dusen azal* geril* altinda altina",
];

/// "More" and "over", which say it beside a percentage ("20 % over May") or before what is compared ("more
/// than in May", but not "more than 20 %").
const MORE: &str = "more over mehr uber plus mas fazla";
const LESS: &str = "less under weniger unter moins menos az";
/// What leads from them to what is compared.
const THAN: &str = "than als que qu";
/// Parts that are no number in digits: "more than half".
const PARTS: &str = "half third quarter twice double halfte drittel viertel moitie tiers mitad tercio";

impl Direction {
    fn said_in(sentence: &str) -> Self {
        let words = words(sentence);
        let mut said = Direction::default();
        for (at, word) in words.iter().enumerate() {
            match way(&words, at, word) {
                Some(true) => said.up = true,
                Some(false) => said.down = true,
                None => {}
            }
        }
        said
    }
}

/// Whether a word says up, or down.
fn way(words: &[String], at: usize, word: &str) -> Option<bool> {
    if holds(MORE, word) || holds(LESS, word) {
        return compares(words, at, word).then(|| holds(MORE, word));
    }
    // "moins élevé", "menos alto"
    if holds(LESS, near(words, at, -1)) && (word.starts_with("eleve") || word.starts_with("alt")) {
        return Some(false);
    }
    if word == "up" && near(words, at, 1) == "to" {
        return None;
    }
    let said = |lists: [&str; 5]| lists.into_iter().any(|list| holds(list, word));
    if said(UP) {
        return Some(true);
    }
    said(DOWN).then_some(false)
}

/// Whether "more" or "less" is said of what is told, and not of a number: "20 % more", "more than in May".
fn compares(words: &[String], at: usize, word: &str) -> bool {
    // "%20 daha fazla", "20 % de plus"
    let strengthened = matches!(near(words, at, -1), "daha" | "de" | "en");
    let before = near(words, at, if strengthened { -2 } else { -1 });
    // "az" is also a state, and "fazla" bound to a number: "%20'den fazla".
    if (word == "az" && !strengthened) || matches!(before, "den" | "dan" | "ten" | "tan") {
        return false;
    }
    let next = near(words, at, 1);
    if matches!(word, "over" | "under" | "uber" | "unter") {
        // "20 % over May", but not "fell by 35 over 12 months".
        return is_rate(before) && !is_number(next);
    }
    if is_rate(before) || is_number(before) {
        return true;
    }
    match word {
        "fazla" | "az" => strengthened,
        _ => {
            let bound = |ahead| is_number(near(words, at, ahead)) || holds(PARTS, near(words, at, ahead));
            holds(THAN, next) && !bound(2) && !bound(3)
        }
    }
}

/// The word so many after, or before, another; nothing beyond the ends.
fn near(words: &[String], at: usize, by: isize) -> &str {
    at.checked_add_signed(by).and_then(|at| words.get(at)).map_or("", String::as_str)
}

/// Whether a word is in a list.
fn holds(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| match known.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == known,
    })
}

fn is_rate(word: &str) -> bool {
    matches!(word, "%" | "percent" | "prozent" | "points" | "punkte" | "puntos")
}

/// Digits, or the sign that stands before them in Turkish.
fn is_number(word: &str) -> bool {
    word == "%" || word.starts_with(|first: char| first.is_ascii_digit())
}

/// The words of a sentence, folded; a per cent sign is one, and so is a pause, as "35, more" is not "35
/// more".
fn words(sentence: &str) -> Vec<String> {
    let text = fold(sentence).replace('%', " % ").replace(", ", " ; ").replace(": ", " ; ");
    let parts = text.split(|one: char| !one.is_alphanumeric() && one != '%' && one != ';');
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROSE: &str = "Revenue rose by about 35 a month over 12 months, 2025-01 to 2025-12";
    const FELL: &str = "Revenue fell by about 35 a month over 12 months, 2025-01 to 2025-12";
    const ABOVE: &str = "Revenue in 2025-12: 60, 50 % above 2025-11 (40)";
    const BELOW: &str = "Revenue in 2025-12: 20, 50 % below 2025-11 (40)";
    const HIGHEST: &str = "Berlin has the highest revenue: 900, 22.5 times Rom (40)";
    const LOWEST: &str = "Berlin has the lowest revenue: 9, 50 % below Rom (18)";

    #[test]
    fn a_fall_told_as_a_rise_is_found_out_and_the_other_way_round() {
        for (up, down) in [
            ("Revenue increased every month.", "Revenue went down every month."),
            ("Sales are 50 % higher than in November.", "Sales are 50 % lower than in November."),
            ("There was 50 % more revenue than in November.", "It brought in 50 % less revenue."),
            ("It was more than in the month before.", "It was less than in the month before."),
            ("December is 50 % over November.", "December is 50 % under November."),
            ("Der Umsatz ist jeden Monat gestiegen.", "Der Umsatz ging jeden Monat zurück."),
            ("Der Umsatz nahm um 35 zu: ein Anstieg.", "Der Umsatz sank um 35."),
            ("Der Umsatz liegt 50 % über dem Vormonat.", "Der Umsatz liegt 50 % unter dem Vormonat."),
            ("Es war mehr als im Monat davor.", "Es waren 50 % weniger."),
            ("Berlin hat den höchsten Umsatz.", "Berlin hat den niedrigsten Umsatz."),
            ("Gelir her ay arttı.", "Gelir her ay düştü."),
            ("Gelir önceki ayın %50 üzerinde.", "Gelir önceki ayın %50 altında."),
            ("Önceki aydan %50 daha fazla gelir var.", "Önceki aydan %50 daha az gelir var."),
            ("GELİR YÜKSELDİ.", "GELİR AZALDI."),
            ("Les revenus ont augmenté chaque mois.", "Les revenus ont baissé chaque mois."),
            ("Les revenus sont 50 % au-dessus de novembre.", "Ils sont 50 % au-dessous de novembre."),
            ("Berlin a le revenu le plus élevé.", "Berlin a le revenu le plus bas, le moins élevé."),
            ("C'est 50 % de plus qu'en novembre.", "C'est 50 % de moins qu'en novembre."),
            ("Los ingresos subieron cada mes.", "Los ingresos bajaron cada mes."),
            ("Están un 50 % por encima de noviembre.", "Están un 50 % por debajo de noviembre."),
            ("Fue más que en noviembre.", "Fue menos que en noviembre."),
        ] {
            for (rising, falling) in [(ROSE, FELL), (ABOVE, BELOW), (HIGHEST, LOWEST)] {
                assert!(contradicts(up, falling), "{up} | {falling}");
                assert!(contradicts(down, rising), "{down} | {rising}");
                assert!(!contradicts(up, rising), "{up} | {rising}");
                assert!(!contradicts(down, falling), "{down} | {falling}");
            }
        }
    }

    #[test]
    fn what_says_neither_contradicts_nothing() {
        for neutral in [
            "Revenue changed by 35 a month.",
            "More than 20 % of it went within 12 months.",
            "It is more than half of the revenue.",
            "Over 12 months it was 35 a month, 3 % over 12 months.",
            "It changed by 35 over 12 months, um 35 über 12 Monate.",
            "Über 12 Monate waren es 35, mehr als die Hälfte davon in Wien.",
            "12 ayda %20'den fazla değişti; artist, büyük şehir.",
            "En 12 mois, plus de 20 % et plus de la moitié.",
            "En 12 meses, más de 20 %.",
            "",
        ] {
            for computed in [ROSE, FELL, ABOVE, BELOW, HIGHEST, LOWEST] {
                assert!(!contradicts(neutral, computed), "{neutral} | {computed}");
            }
        }
        let both = "Revenue in 2025-12: 60, 50 % above 2025-11 (40) and 14 % below 2024-12 (70)";
        let neither = "3 of 12 cities hold 80.3 % of revenue";
        for told in ["It rose.", "It fell.", "It rose, and fell."] {
            assert!(!contradicts(told, both) && !contradicts(told, neither), "{told}");
        }
    }
}
