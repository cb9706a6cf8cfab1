use std::sync::Arc;

use crate::{Page, Paged, memory::fold_case};

/// The part of `newest_first` that `page` asks for; `texts` are those its search looks at.
pub(super) fn paged<'a, T: Clone + 'a>(
    newest_first: impl Iterator<Item = &'a Arc<T>>,
    page: &Page,
    texts: impl for<'t> Fn(&'t T) -> [Option<&'t str>; 3],
) -> Paged<T> {
    let search = page.search.as_deref().map(fold_case);
    let matches = |item: &T| match &search {
        None => true,
        Some(search) => texts(item).into_iter().flatten().any(|text| fold_case(text).contains(search)),
    };
    let offset = u64::from(page.offset);
    let mut items = Vec::new();
    let mut total = 0u64;
    for item in newest_first.filter(|item| matches(item)) {
        if total >= offset && items.len() < page.limit as usize {
            items.push(T::clone(item));
        }
        total += 1;
    }
    Paged { items, total }
}
