"""Writes the cases of the insight tests: rows, and the figures numpy and scipy find in them.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1
    venv/bin/python crates/core/tests/insights/expect.py

Nothing here is taken from the Rust code: tests of trend by all pairs, seasons by loops, modified z-scores by numpy's
median. The kinds a case expects are what an analyst would say of it, all of them: any other one fails the test.
"""

import json
import pathlib
from datetime import date, timedelta

import numpy as np
from scipy import stats

CASES = pathlib.Path(__file__).parent / "cases"
TODAY = "2026-11-22"


def kendall(values):
    """Score and variance, ties counted, over all pairs."""
    values = np.asarray(values, float)
    score = sum(np.sign(values[i + 1 :] - values[i]).sum() for i in range(len(values)))
    _, ties = np.unique(values, return_counts=True)
    spread = lambda n: n * (n - 1) * (2 * n + 5)
    return score, (spread(len(values)) - spread(ties).sum()) / 18


def memory(at, values):
    """Stretch of the variance, by the neighbours' correlation that a parabola leaves."""
    at = np.asarray(at, float)
    x = (at - at[0]) / (at[-1] - at[0])
    rest = values - np.polyval(np.polyfit(x, values, 2), x)
    if np.sqrt((rest**2).sum()) <= 1e-9 * np.abs(values).max():
        return 1.0
    r = np.clip((rest[1:] * rest[:-1]).sum() / (rest**2).sum(), 0, 0.95)
    return (1 + r) / (1 - r)


def slope_score(at, values, slope, lost=0):
    """Normal score of a slope for figures that remember, by regression with their covariance written out."""
    at = np.asarray(at, float) - at[0]
    level = values - slope * at
    middle = np.median(level)
    most = 3.5 * np.median(np.abs(level - middle)) / 0.6745
    values = values if most <= 0 else np.clip(level, middle - most, middle + most) + slope * at
    left = values - np.polyval(np.polyfit(at, values, 1), at)
    if np.sqrt((left**2).sum()) <= 1e-9 * np.abs(values).max():
        return np.sign(slope) * np.inf
    freedom = len(values) - 2 - lost
    count = freedom + 2
    r = [(count * (left[k:] * left[:-k]).sum() / (left**2).sum() + 2) / max(count - 4, 1) for k in (1, 2, 3)]
    kept = max(r[0], np.sqrt(r[1]), np.cbrt(r[2])) if r[0] > 0 and r[1] > 1 / np.sqrt(count) else r[0]
    memory = np.clip(kept + 1 / np.sqrt(count), 0, 1)

    def student(memory):
        if memory == 1:
            # Only the steps are known, and their mean is the slope, each as wide as the time it takes.
            steps, width = np.diff(values), np.diff(at)
            design, steps = width[:, None], steps
        else:
            gaps = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values))))
            white = np.linalg.inv(np.linalg.cholesky(memory**gaps / (1 - memory**2)))
            design, steps = white @ np.column_stack([at, np.ones(len(at))]), white @ values
        found, *_ = np.linalg.lstsq(design, steps)
        scatter = ((steps - design @ found) ** 2).sum() / freedom
        return found[0] / np.sqrt(scatter * np.linalg.inv(design.T @ design)[0, 0])

    def normal(t):
        score = np.sign(t) * (8 * freedom + 1) / (8 * freedom + 3) * np.sqrt(freedom * np.log1p(t * t / freedom))
        exact = 2 * stats.t.sf(abs(t), freedom)
        assert exact < 1e-6 or np.isclose(2 * stats.norm.sf(abs(score)), exact, rtol=0.1), (t, freedom)
        return score

    if memory <= 1 - 2.35 / np.sqrt(count):
        return normal(student(memory))
    return max(normal(student(1)), normal(student(memory) / 2.5), key=abs)


def trend(values, at=None, cycle=None):
    """Sen's slope, and the weaker of the Mann-Kendall test, within seasons where there is a cycle, and the slope's."""
    values = np.asarray(values, float)
    at = np.arange(len(values)) if at is None else np.asarray(at)
    seasons = [at == at] if cycle is None else [at % cycle == s for s in range(cycle)]
    slopes, score, variance = [], 0.0, 0.0
    for season in seasons:
        v, t = values[season], at[season]
        i, j = np.triu_indices(len(v), 1)
        slopes.extend((v[j] - v[i]) / (t[j] - t[i]))
        s, var = kendall(v)
        score, variance = score + s, variance + var
    slope = np.median(slopes)
    flat = values.copy()
    if cycle is not None:
        for season in seasons:
            flat[season] -= np.median(values[season] - slope * at[season])
    z = 0.0 if score == 0 else (score - np.sign(score)) / np.sqrt(variance * memory(at, flat))
    other = slope_score(at, flat, slope, 0 if cycle is None else cycle - 1)
    z = np.sign(z) * min(abs(z), abs(other)) if z * other > 0 else 0.0
    if cycle is None:
        assert np.isclose(slope, stats.theilslopes(values, at).slope)
        assert np.isclose(score, stats.kendalltau(at, values, variant="b").statistic
                          * np.sqrt((len(values) * (len(values) - 1) / 2)
                                    * (len(values) * (len(values) - 1) / 2 - sum(
                                        n * (n - 1) / 2 for n in np.unique(values, return_counts=True)[1]))))
    return {"slope": slope, "z": z, "p": 2 * stats.norm.sf(abs(z))}


def outlier(values, place, at=None, slope=0.0, cycle=None, apart=(), count=1):
    """What the others suggest of one figure, and its modified z-score."""
    values = np.asarray(values, float)
    at = np.arange(len(values)) if at is None else np.asarray(at)
    level = values - slope * at
    expected = np.empty(len(values))
    kept = np.array([i not in apart for i in range(len(values))])
    for i in range(len(values)):
        if cycle is None:
            expected[i] = np.median(level[kept])
        else:
            others = kept & (at % cycle == at[i] % cycle) & (np.arange(len(values)) != i)
            expected[i] = np.median(level[others])
    rest = level - expected
    middle = np.median(rest[kept])
    deviation = np.median(np.abs(rest[kept] - middle))
    unit = deviation / 0.6745 if deviation > 1e-9 * np.abs(values).max() else (
        1.253314 * np.abs(rest[kept] - middle).mean())
    return {"value": values[place], "expected": expected[place] + slope * at[place],
            "score": (rest[place] - middle) / unit, "count": count}


def change(values, year=None):
    figures = {"last": values[-1], "before": values[-2]}
    if year is not None and len(values) > year:
        figures["year_before"] = values[-1 - year]
    return figures


def span(values):
    return {"high": max(values), "low": min(values)}


def months(count, last="2026-10"):
    year, month = map(int, last.split("-"))
    end = year * 12 + month - 1
    return [f"{m // 12:04}-{m % 12 + 1:02}" for m in range(end - count + 1, end + 1)]


def at_month(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def days(count, last=date(2026, 11, 21)):
    return [last - timedelta(n) for n in range(count - 1, -1, -1)]


written = []


def case(name, columns, rows, expect, today=TODAY):
    """One file: columns as [name, type], rows, and for each expected kind its figures."""
    plain = lambda cell: cell.item() if isinstance(cell, np.generic) else cell
    expect = {kind: {name: float(value) for name, value in figures.items()} for kind, figures in expect.items()}
    lines = ",\n    ".join(json.dumps([plain(cell) for cell in row], ensure_ascii=False) for row in rows)
    text = (f'{{\n  "today": "{today}",\n  "columns": {json.dumps(columns)},\n'
            f'  "expect": {json.dumps(expect)},\n  "rows": [\n    {lines}\n  ]\n}}\n')
    (CASES / f"{len(written) + 1:02}_{name}.json").write_text(text)
    written.append(name)


MONTHLY = [["month", "text"], ["revenue", "float"]]


def rounded(values, digits=2):
    return [round(float(value), digits) for value in values]


def main():
    CASES.mkdir(exist_ok=True)
    for old in CASES.glob("*.json"):
        old.unlink()
    random = np.random.default_rng(20261122)
    noise = lambda count, size: random.normal(0, size, count)

    # trends
    v = rounded(10000 + 150 * np.arange(24) + noise(24, 300))
    m = months(24)
    case("rising_months", MONTHLY, zip(m, v),
         {"trend": trend(v, list(map(at_month, m))), "change": change(v, 12)})
    v = rounded(900 - 12 * np.arange(20) + noise(20, 15), 0)
    m = months(20)
    case("falling_months", [["month", "text"], ["orders", "integer"]],
         [[a, int(b)] for a, b in zip(m, v)],
         {"trend": trend(v), "change": change(v, 12)})
    v = rounded(200 * np.exp(np.arange(12) * 0.17 + noise(12, 0.04)))
    case("growing_by_a_rate", MONTHLY, zip(months(12), v),
         {"trend": trend(v), "change": change(v)})
    v = [-120, -80, -60, 15, 40, 95, 130, 160]
    case("years_from_loss_to_profit", [["year", "integer"], ["profit", "integer"]],
         zip(range(2018, 2026), v), {"trend": trend(v), "change": change(v)})
    v = rounded(4.0 - 0.08 * np.arange(16) + noise(16, 0.05))
    case("rate_in_percent", [["week", "text"], ["return_share", "decimal"]],
         [[f"2026-W{w:02}", {"decimal": str(x)}] for w, x in zip(range(31, 47), v)],
         {"trend": trend(v), "change": change(v)})

    # comparisons of few periods
    case("three_months", MONTHLY, [["2026-10", 150.0], ["2026-08", 100.0], ["2026-09", 80.0]],
         {"change": change([100, 80, 150]), "range": span([100, 80, 150])})
    case("running_month_left_out", MONTHLY,
         [["2026-08", 100.0], ["2026-09", 80.0], ["2026-10", 120.0], ["2026-11", 5.0]],
         {"change": change([100, 80, 120]), "range": span([100, 80, 120]), "incomplete_period": {"periods": 1}})
    q = [f"2025-Q{n}" for n in (1, 2, 3, 4)] + [f"2026-Q{n}" for n in (1, 2, 3, 4)]
    v = [410.5, 455.0, 430.25, 520.0, 440.0, 500.0, 473.25, 90.0]
    case("quarters_with_a_year_before", [["quarter", "text"], ["revenue", "decimal"]],
         [[a, {"decimal": f"{b:.2f}"}] for a, b in zip(q, v)],
         {"change": change(v[:7], 4), "range": span(v[:7]), "incomplete_period": {"periods": 1}})
    v = [-200.0, -150.0, -300.0, 120.0]
    case("negative_months", [["month", "date"], ["profit", "float"]],
         [[f"2026-{n:02}-01", x] for n, x in zip((7, 8, 9, 10), v)],
         {"change": change(v), "range": span(v)})

    # seasons
    season = np.array([0, -60, 10, 20, 40, 90, 140, 120, 30, 10, 80, 260])
    m = months(36)
    t = np.array(list(map(at_month, m)))
    v = rounded(1000 + 6 * np.arange(36) + season[t % 12] + noise(36, 10))
    case("season_and_trend", MONTHLY, zip(m, v),
         {"trend": trend(v, t, 12), "change": change(v, 12), "range": span(v)})
    m = months(48)
    t = np.array(list(map(at_month, m)))
    v = rounded(1000 + season[t % 12] + noise(48, 10))
    case("season_without_trend", MONTHLY, zip(m, v), {"change": change(v, 12), "range": span(v)})
    m = months(36)
    t = np.array(list(map(at_month, m)))
    v = rounded(1000 + season[t % 12] + noise(36, 6))
    v[20] = round(v[20] + 400, 2)
    case("outlier_in_a_season", MONTHLY, zip(m, v),
         {"outlier": outlier(v, 20, t, 0.0, 12), "change": change(v, 12), "range": span(v)})
    d = days(20, date(2026, 11, 21))
    hours = [f"{day} {hour:02}:00:00" for day in d for hour in range(24)]
    t = np.arange(480)
    v = np.round(50 + 30 * np.sin((t % 24) / 24 * 2 * np.pi) + noise(480, 3)).astype(int)
    case("hours_of_days", [["hour", "timestamp"], ["visits", "integer"]], zip(hours, v),
         {"change": {"last": v[-1], "round_before": v[-25]}, "range": span(v)})

    # outliers
    v = rounded(500 + noise(24, 12))
    v[7] = 820.0
    case("one_outlier", MONTHLY, zip(months(24), v), {"outlier": outlier(v, 7)})
    v = rounded(70 + noise(40, 4))
    v[11], v[30] = 150.0, 5.0
    case("two_outliers_in_days", [["day", "date"], ["orders", "float"]], zip(map(str, days(40)), v),
         {"outlier": outlier(v, 11, count=2)})
    v = rounded(100 + 8 * np.arange(24) + noise(24, 5))
    v[9] = 420.0
    m = months(24)
    t = list(map(at_month, m))
    case("outlier_on_a_trend", MONTHLY, zip(m, v),
         {"trend": trend(v, t), "outlier": outlier(v, 9, t, trend(v, t)["slope"]), "change": change(v, 12)})
    v = [5.0] * 11 + [50.0] + [5.0] * 3
    case("all_the_same_but_one", MONTHLY, zip(months(15), v), {"outlier": outlier(v, 11)})
    v = rounded(300 + noise(18, 6))
    v[-1] = 420.0
    case("an_unusual_last_month", MONTHLY, zip(months(18), v),
         {"outlier": outlier(v, 17), "change": change(v, 12)})

    # what is not there
    case("constant", MONTHLY, zip(months(12), [7.5] * 12), {})
    m = months(18)
    v = rounded(250 + noise(18, 9))
    kept = [row for row in zip(m, v) if row[0] not in ("2025-09", "2026-02")]
    case("two_months_missing", MONTHLY, kept, {"gap": {"missing": 2, "periods": 18}})
    weekdays = [day for day in days(42) if day.weekday() < 5]
    v = rounded(80 + noise(len(weekdays), 5))
    rows = [[str(day), x] for day, x in zip(weekdays, v)]
    case("weekends_are_free", [["day", "date"], ["orders", "float"]], rows, {})
    case("a_weekday_is_missing", [["day", "date"], ["orders", "float"]], rows[:12] + rows[13:],
         {"gap": {"missing": 1, "periods": len(rows)}})
    v = rounded(40 + noise(20, 3))
    rows = [[f"store {n:02}", x, None if n % 4 == 0 else {"float": "NaN"} if n == 7 else 1.0]
            for n, x in enumerate(v)]
    case("missing_values", [["store", "text"], ["revenue", "float"], ["latest_stock", "float"]], rows,
         {"missing_values": {"missing": 6, "rows": 20}})

    # noise
    case("noise_of_months", MONTHLY, zip(months(24), rounded(1000 + noise(24, 80))), {})
    case("noise_of_days", [["day", "date"], ["temperature", "float"]],
         zip(map(str, days(90)), rounded(random.uniform(5, 25, 90))), {})
    sizes = sorted(rounded(np.exp(random.normal(7, 0.8, 40))), reverse=True)
    sizes[0] = round(sizes[1] * 1.2, 2)
    case("sizes_with_a_long_tail", [["customer", "text"], ["revenue", "float"]],
         [[f"customer {n}", x] for n, x in enumerate(sizes)], {})

    # categories
    v = [5000, 4000, 900, 50, 30, 20]
    case("leader_and_concentration", [["city", "text"], ["revenue", "decimal"]],
         [[c, {"decimal": f"{x}.00"}] for c, x in zip("Berlin,Paris,Rome,Oslo,Bern,Riga".split(","), v)],
         {"leader": {"first": 5000, "second": 4000}, "concentration": {"top": 2, "share": 9000 / sum(v)}})
    v = rounded(50 + noise(30, 3))
    v[4] = 12.0
    figures = outlier(v, 4)
    case("category_far_below", [["store_id", "integer"], ["store", "text"], ["zip", "text"], ["revenue", "text"]],
         [[100 + n, f"store {n:02}", f"{10115 + 7 * n}", str(x)] for n, x in enumerate(v)],
         {"outlier": {"score": figures["score"], "median": np.median(v), "count": 1}})
    v = [31.5, 22.0, 21.0, 20.5, 20.0, 19.5]
    case("averages_do_not_add_up", [["country", "text"], ["avg_order_value", "float"]],
         zip(["Norway", "Chile", "Spain", "Japan", "Kenya", "Peru"], v), {"leader": {"first": 31.5, "second": 22}})

    # several series
    online = rounded(100 + 15 * np.arange(12) + noise(12, 6))
    stores = rounded(300 + noise(12, 6))
    m = months(12)
    case("months_by_channel", [["month", "text"], ["channel", "text"], ["revenue", "float"]],
         [row for a, x, y in zip(m, online, stores) for row in ([a, "online", x], [a, "stores", y])],
         {"trend": trend(online), "change": change(online)})
    print(f"{len(written)} cases")


main()
