//! What customers write.

use super::random::Random;

const PRAISE: &[&str] = &[
    "Wonderful aroma, exactly what I was looking for.",
    "Best coffee I have had at home so far.",
    "Smooth, chocolatey, no bitterness at all.",
    "Fruity and bright, like jam on toast.",
    "Arrived two days after roasting. Perfect!",
    "Lezzetli, tavsiye ederim.",
    "Sehr lecker, schöne Crema, gerne wieder.",
    "Excellent rapport qualité-prix, très bon goût.",
    "Pyszna kawa, na pewno zamówię ponownie.",
    "Ótimo café, chegou rápido. Parabéns!",
    "Muy rico, aroma intenso y cuerpo equilibrado.",
    "My third order already, the quality never changes.",
    "Well made and looks great on the counter.",
    "Gift for my mother, she loves it 😊",
];
const NEUTRAL: &[&str] = &[
    "Good, but a bit expensive for what it is.",
    "Nice taste, the bag could close better.",
    "Solid everyday choice, nothing special.",
    "Ganz ok, mir etwas zu mild.",
    "Correct, sans plus.",
    "İdare eder.",
    "Tasty, though delivery took a week.",
];
const COMPLAINT: &[&str] = &[
    "Too bitter for me.",
    "The package was open when it arrived.",
    "Tastes stale, the roast date was two months ago.",
    "Leider kaputt angekommen.",
    "Déçu, je m'attendais à mieux.",
    "Not what the description promised.",
];

/// Stars and, more often than not, a text.
pub(super) fn write(random: &mut Random, product: i64, returned: bool) -> (i64, Option<&'static str>) {
    // Each product has its own standing with the customers.
    let standing = (product * 37 % 23) as u64;
    let rating = match random.below(100) + standing {
        _ if returned => random.between(1, 2),
        0..=6 => 1,
        7..=14 => 2,
        15..=30 => 3,
        31..=62 => 4,
        _ => 5,
    };
    let texts = match rating {
        1 | 2 => COMPLAINT,
        3 => NEUTRAL,
        _ => PRAISE,
    };
    (rating, random.chance(58).then(|| *random.pick(texts)))
}
