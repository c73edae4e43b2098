"""Both indices against an oracle that knows whole numbers only.

RUANGBACA_RATING_SETS says how many generated sets of forms; 10,000 take ten seconds.
"""

import math
import os
import random

import pytest

from appliance.ratings import skd_rules
from appliance.ratings.questions import Element
from appliance.ratings.rules import Tally, Weight, half_up, index, totals
from appliance.ratings.skd_items import INTEGRITY, Item
from appliance.ratings.skd_rules import ItemTallies

SETS = int(os.environ.get("RUANGBACA_RATING_SETS", "400"))
PARTS_OF_WEIGHT = {
    Weight.NINTH: (1, 9),
    Weight.HUNDREDTHS: (11, 100),
    Weight.THOUSANDTHS: (111, 1000),
}
BANDS = ((8831, "A"), (7661, "B"), (6500, "C"), (0, "D"))


def hundredths(numerator: int, denominator: int) -> int:
    """A fraction in hundredths, rounded half up."""
    return (200 * numerator + denominator) // (2 * denominator)


def expected(forms: list[dict[str, int]], weight: Weight) -> tuple[int | None, str | None]:
    """The index in hundredths and its grade."""
    columns = [[form[e] for form in forms if e in form] for e in Element]
    if not all(columns):
        return None, None
    common = math.lcm(*map(len, columns))
    total = sum(sum(column) * (common // len(column)) for column in columns)
    part, whole = PARTS_OF_WEIGHT[weight]
    ikm = hundredths(25 * part * total, whole * common)
    is_enough = min(map(len, columns)) >= 10
    return ikm, next(name for bound, name in BANDS if ikm >= bound) if is_enough else None


def random_forms(chance: random.Random) -> list[dict[str, int]]:
    """Forms of which some leave blanks; small sets often, and whole ones with one mood."""
    mood = chance.choice([(1, 4), (2, 3), (3, 4), (1, 1), (4, 4)])
    blanks = chance.choice([0, 0, 0.05, 0.5])
    return [
        {str(e): chance.randint(*mood) for e in Element if chance.random() >= blanks}
        for _ in range(chance.choice([1, 3, 9, 10, 11, 30, 60]))
    ]


def test_the_index_is_that_of_whole_numbers_on_every_generated_set():
    graded = set()
    for seed in range(SETS):
        chance = random.Random(seed)
        forms, weight = random_forms(chance), chance.choice(list(Weight))

        found = index(
            totals(pair for form in forms for pair in form.items()), len(forms), weight=weight
        )

        ikm, mark = expected(forms, weight)
        assert (found.ikm and int(found.ikm * 100), found.grade) == (ikm, mark), seed
        counts = {e: sum(1 for form in forms if e in form) for e in Element}
        assert {score.element: score.answered for score in found.elements} == counts
        graded.add(mark)
    assert graded == {"A", "B", "C", "D", None}


@pytest.mark.parametrize("weight", list(Weight))
def test_the_worth_of_an_element_is_its_mean_times_the_weight(weight):
    part, whole = PARTS_OF_WEIGHT[weight]

    found = index(dict.fromkeys(Element, Tally(35, 10)), 10, weight=weight)

    assert {score.weighted for score in found.elements} == {half_up(weight.fraction * 35 / 10, 3)}
    assert found.elements[0].weighted * 1000 == (2000 * 35 * part + 10 * whole) // (20 * whole)


def test_items_are_that_of_whole_numbers_on_every_generated_set():
    for seed in range(SETS // 4):
        chance = random.Random(seed)
        tallies = {
            item: ItemTallies(tally(chance), tally(chance))
            for item in chance.sample(list(Item), chance.choice([0, 5, 16, 16, 16]))
        }

        found = skd_rules.figures(tallies, Tally(0, 0), 60)

        for one in found.items:
            known = tallies.get(one.item)
            assert (one.gap and int(one.gap * 100)) == (known and gap(known)), seed
        assert in_hundredths(found.index) == weighed(tallies, list(Item)), seed
        assert in_hundredths(found.integrity) == weighed(tallies, list(INTEGRITY)), seed


def tally(chance: random.Random) -> Tally:
    answered = chance.randint(1, 60)
    return Tally(sum(chance.randint(1, 10) for _ in range(answered)), answered)


def gap(one: ItemTallies) -> int:
    important, satisfied = one.importance, one.satisfaction
    above = satisfied.total * important.answered - important.total * satisfied.answered
    size = hundredths(abs(above), important.answered * satisfied.answered)
    return size if above >= 0 else -size


def weighed(tallies: dict[Item, ItemTallies], items: list[Item]) -> int | None:
    if not all(item in tallies for item in items):
        return None
    common = math.lcm(
        *(
            n
            for i in items
            for n in (tallies[i].importance.answered, tallies[i].satisfaction.answered)
        )
    )
    means = [
        tuple(
            t.total * (common // t.answered)
            for t in (tallies[i].importance, tallies[i].satisfaction)
        )
        for i in items
    ]
    return hundredths(10 * sum(i * s for i, s in means), common * sum(i for i, _ in means))


def in_hundredths(value) -> int | None:
    return None if value is None else int(value * 100)
