"""What the pages about people's data have in common."""

from typing import Any

from appliance.privacy.rights import KIND_WORDS, is_erased
from web.context import services


def rights_of(visit_id: int) -> dict[str, Any]:
    """What a visit asked about its data, what it may ask, and how it stands."""
    rights = services().data_rights
    is_restricted = rights.is_restricted(visit_id)
    hidden = "restrict" if is_restricted else "lift"
    return {
        "asked": rights.of_visit(visit_id),
        "is_restricted": is_restricted,
        "is_erased": is_erased(visit_id),
        "kinds": [(kind, word) for kind, word in KIND_WORDS.items() if kind != hidden],
        "kind_words": KIND_WORDS,
    }
