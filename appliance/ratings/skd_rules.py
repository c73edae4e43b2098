"""What the sixteen items of the SKD come to: gaps, quadrants and an index, in exact fractions.

The index is that of the classic customer satisfaction index, since the form BPS uses for its IKK
was found nowhere: importance weighs satisfaction. Its scale is 0 to 100 and has nothing to do with
the bands of the IKM.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from appliance.errors import N_
from appliance.ratings.rules import Tally, half_up
from appliance.ratings.skd_items import HIGHEST, INTEGRITY, LOWEST, Item

OVERALL = "overall"
NOTHING_SAID = N_("Isi sedikitnya satu jawaban.")
CHOOSE_1_TO_10 = N_("Pilih angka 1 sampai 10.")


class Quadrant(StrEnum):
    """Where an item stands among the others, by its importance and its satisfaction."""

    IMPROVE = "improve"
    KEEP = "keep"
    LATER = "later"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person answered; any of it may be missing."""

    importance: Mapping[Item, int]
    satisfaction: Mapping[Item, int]
    overall: int | None

    @property
    def items(self) -> tuple[Item, ...]:
        """The items with an answer, in the order of the form."""
        return tuple(i for i in Item if i in self.importance or i in self.satisfaction)


@dataclass(frozen=True, slots=True)
class ItemTallies:
    """All answers to one item."""

    importance: Tally
    satisfaction: Tally


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """One item as reported. Means are None without an answer; the gap is satisfaction less
    importance, negative where people miss something, and rounded once from the exact means."""

    item: Item
    importance_answered: int
    satisfaction_answered: int
    importance: Decimal | None
    satisfaction: Decimal | None
    gap: Decimal | None
    quadrant: Quadrant | None


@dataclass(frozen=True, slots=True)
class SkdFigures:
    """The SKD of a period. The means of all items cut the quadrants; the index and that of the
    items about honesty are 0 to 100, None while one of their items lacks an answer."""

    respondents: int
    items: tuple[ItemFigures, ...]
    importance: Decimal | None
    satisfaction: Decimal | None
    index: Decimal | None
    integrity: Decimal | None
    overall: Decimal | None
    overall_answered: int


@dataclass(frozen=True, slots=True)
class _Means:
    importance: Fraction
    satisfaction: Fraction


def field(scale: str, item: Item) -> str:
    """The name of an item's field on the form; `scale` is importance or satisfaction."""
    return f"{scale}_{item}"


SCALES = ("importance", "satisfaction")
FIELDS = (*(field(scale, item) for item in Item for scale in SCALES), OVERALL)


def checked_reply(form: Mapping[str, str]) -> tuple[Reply, dict[str, str]]:
    """What was answered, and a message for each answer off the scale; missing ones are fine.

    A form without any answer has a problem, too.
    """
    problems: dict[str, str] = {}

    def number(name: str) -> int | None:
        text = str(form.get(name, "") or "").strip()
        if text in _SCALE_TEXTS:
            return int(text)
        if text:
            problems[name] = CHOOSE_1_TO_10
        return None

    answers = {
        scale: {item: value for item in Item if (value := number(field(scale, item)))}
        for scale in SCALES
    }
    reply = Reply(answers["importance"], answers["satisfaction"], number(OVERALL))
    if not (reply.items or reply.overall or problems):
        problems[OVERALL] = NOTHING_SAID
    return reply, problems


def figures(tallies: Mapping[Item, ItemTallies], overall: Tally, respondents: int) -> SkdFigures:
    """The figures from the tallies of the items that have any answer."""
    means = {item: _means(tallies[item]) for item in Item if item in tallies}
    both = {item: both for item, both in means.items() if both is not None}
    cuts = _cuts(both.values())
    return SkdFigures(
        respondents=respondents,
        items=tuple(_figures(item, tallies.get(item), both.get(item), cuts) for item in Item),
        importance=half_up(cuts.importance) if cuts else None,
        satisfaction=half_up(cuts.satisfaction) if cuts else None,
        index=_index(both, frozenset(Item)),
        integrity=_index(both, INTEGRITY),
        overall=_rounded(overall),
        overall_answered=overall.answered,
    )


def _means(tallies: ItemTallies) -> _Means | None:
    importance, satisfaction = tallies.importance, tallies.satisfaction
    if not (importance.answered and satisfaction.answered):
        return None
    return _Means(
        Fraction(importance.total, importance.answered),
        Fraction(satisfaction.total, satisfaction.answered),
    )


def _cuts(means: Iterable[_Means]) -> _Means | None:
    found = list(means)
    if not found:
        return None
    return _Means(
        sum((one.importance for one in found), Fraction()) / len(found),
        sum((one.satisfaction for one in found), Fraction()) / len(found),
    )


def _figures(
    item: Item, tallies: ItemTallies | None, means: _Means | None, cuts: _Means | None
) -> ItemFigures:
    known = tallies or ItemTallies(Tally(0, 0), Tally(0, 0))
    return ItemFigures(
        item=item,
        importance_answered=known.importance.answered,
        satisfaction_answered=known.satisfaction.answered,
        importance=_rounded(known.importance),
        satisfaction=_rounded(known.satisfaction),
        gap=_signed(means.satisfaction - means.importance) if means else None,
        quadrant=_quadrant(means, cuts) if means and cuts else None,
    )


def _quadrant(means: _Means, cuts: _Means) -> Quadrant:
    if means.importance >= cuts.importance:
        return Quadrant.KEEP if means.satisfaction >= cuts.satisfaction else Quadrant.IMPROVE
    return Quadrant.ENOUGH if means.satisfaction >= cuts.satisfaction else Quadrant.LATER


def _index(means: Mapping[Item, _Means], items: frozenset[Item]) -> Decimal | None:
    if not items <= set(means):
        return None
    weights = sum((means[item].importance for item in items), Fraction())
    weighed = sum((means[i].importance * means[i].satisfaction for i in items), Fraction())
    return half_up(weighed / weights * 100 / HIGHEST)


def _rounded(tally: Tally) -> Decimal | None:
    return half_up(Fraction(tally.total, tally.answered)) if tally.answered else None


def _signed(value: Fraction) -> Decimal:
    """Rounded alike on both sides of nought."""
    return half_up(value) if value >= 0 else -half_up(-value)


_SCALE_TEXTS = frozenset(str(value) for value in range(LOWEST, HIGHEST + 1))
