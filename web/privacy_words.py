"""What the pages about people's data have in common."""

from typing import Any

from appliance.guestbook import choices
from appliance.guestbook.guardians import AT_DESK, WAYS, WHY_WITHDRAWN
from appliance.privacy.consents import CHANNEL_WORDS
from appliance.privacy.rights import KIND_WORDS, is_erased
from web.context import services
from web.language import language


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
        **_proofs(visit_id),
    }


def guardian_forms(visit_id: int) -> dict[str, Any]:
    """What the desk may choose from when it notes or withdraws consent for a child."""
    return {
        "guardian_missing": services().guardians.is_missing(visit_id),
        "relations": choices.GUARDIANS,
        "ways": AT_DESK,
        "withdrawals": WHY_WITHDRAWN,
    }


def _proofs(visit_id: int) -> dict[str, Any]:
    spoken = (*choices.GUARDIANS, *WAYS, *WHY_WITHDRAWN)
    return {
        "proofs": services().consents.of_visit(visit_id),
        "channel_words": CHANNEL_WORDS,
        "guardian": services().guardians.of_visit(visit_id),
        "guardian_words": {one.code: one.label(language()) for one in spoken},
    }
