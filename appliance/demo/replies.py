"""Made-up answers to the SKD: what matters much is liked a little less than the rest."""

import random
from collections.abc import Iterable, Iterator

from appliance.ratings.skd_items import INTEGRITY, Item

ONE_IN = 3  # so many of those who rated go on to the sixteen items
DEMANDING = frozenset({Item.ACCESS, Item.DURATION, Item.INFORMATION})
Row = dict[str, object]


def replies(
    months: Iterable[str], id_bits: int, chance: random.Random
) -> Iterator[tuple[Row, list[Row]]]:
    """A reply and its answers for about every third of these months of a rating."""
    for month in months:
        if chance.randrange(ONE_IN):
            continue
        key = chance.getrandbits(id_bits)
        overall = chance.randint(7, 10)
        yield (
            {"id": key, "month": month, "overall": overall},
            [_answer(key, item, chance) for item in Item],
        )


def _answer(key: int, item: Item, chance: random.Random) -> Row:
    important = chance.randint(8, 10) if item in DEMANDING | INTEGRITY else chance.randint(6, 10)
    satisfied = chance.randint(5, 9) if item in DEMANDING else chance.randint(7, 10)
    return {"reply": key, "item": item, "importance": important, "satisfaction": satisfied}
