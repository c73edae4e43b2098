"""Stars for a publication: what may be given, and what their average is."""

from dataclasses import dataclass
from decimal import Decimal

from appliance.choice import Choice
from appliance.errors import N_
from appliance.free_text import Field

STARS = (
    Choice("1", "Sangat kurang", "Very poor"),
    Choice("2", "Kurang", "Poor"),
    Choice("3", "Cukup", "Fair"),
    Choice("4", "Baik", "Good"),
    Choice("5", "Sangat baik", "Very good"),
)
FIELDS = {"word": Field(200)}
CHOOSE_STARS = N_("Pilih satu sampai lima bintang.")


@dataclass(frozen=True, slots=True)
class OwnRating:
    """What a visit has given, as long as it may be changed."""

    stars: int
    word: str


@dataclass(frozen=True, slots=True)
class StarSummary:
    """All ratings of a publication: how many, and the sum of their stars."""

    count: int
    total: int

    @property
    def average(self) -> Decimal | None:
        """To one decimal, rounded half up; None before anybody has rated."""
        if not self.count:
            return None
        return Decimal((20 * self.total + self.count) // (2 * self.count)).scaleb(-1)


def checked_stars(text: str) -> tuple[int, dict[str, str]]:
    """The stars, and a message where they are missing or not one to five."""
    if text.strip() in {choice.code for choice in STARS}:
        return int(text), {}
    return 0, {"stars": CHOOSE_STARS}
