"""What waits for the portal and what is stuck there, in words."""

from collections import Counter
from collections.abc import Mapping

from flask_babel import gettext

from appliance.portal_settings.book import Refusal
from appliance.sync.desk import Stuck


def kind_words(kinds: Mapping[str, int]) -> list[tuple[str, int]]:
    """What waits, the most of it first; `kinds` by what the names of events begin with."""
    visits, lockers = gettext("Kunjungan"), gettext("Loker")
    cards, scans = gettext("Titipan kartu"), gettext("Pindaian dan salinan")
    library, opinions = gettext("Permintaan dan bacaan"), gettext("Penilaian dan pengaduan")
    words = {
        **dict.fromkeys(("visit", "person", "consent", "portal_account"), visits),
        **dict.fromkeys(("locker", "lockers", "key", "closing", "property", "emergency"), lockers),
        **dict.fromkeys(("deposit",), cards),
        **dict.fromkeys(("scan", "copy", "photocopy"), scans),
        **dict.fromkeys(("request", "reading", "publication"), library),
        **dict.fromkeys(("rating", "skd", "complaint"), opinions),
    }
    found: Counter[str] = Counter()
    for kind, count in kinds.items():
        found[words.get(kind) or gettext("Catatan lain")] += count
    return found.most_common()


def stuck_word(one: Stuck) -> str:
    """Why an event is stuck, and whose turn it is."""
    if one.is_held:
        return gettext(
            "Portal tidak dapat menerima catatan ini, jadi ia dikeluarkan agar yang lain terkirim."
            " Ia tetap disimpan di sini. Coba lagi setelah portal atau peranti diperbarui."
        )
    if one.problem == "unknown kind":
        return gettext(
            "Portal belum mengenal jenis catatan ini dan menyimpannya tersendiri. Portal"
            " memakainya setelah diperbarui; di sini tidak ada yang perlu dilakukan."
        )
    return gettext(
        "Portal menyimpan catatan ini tersendiri, karena isinya tidak sesuai bentuknya. Sampaikan"
        " nomornya kepada pengelola portal, yang akan memeriksanya."
    )


def settings_problem(problem: Refusal) -> str:
    """Why the portal's newest settings are not in force, and whose turn it is."""
    if problem is Refusal.FORGED:
        return gettext(
            "Tanda tangannya tidak cocok dengan kunci pusat yang dikenal peranti ini, jadi tidak"
            " dipercaya. Hubungi pengelola pusat; bila kuncinya hilang, peranti didaftarkan ulang."
        )
    if problem is Refusal.FOREIGN:
        return gettext("Setelan itu untuk kantor lain. Sampaikan kepada pengelola pusat.")
    if problem is Refusal.OLDER:
        return gettext(
            "Nomornya tidak lebih baru daripada yang sudah berlaku, misalnya karena pusat"
            " dipulihkan dari cadangan. Minta pengelola pusat menerbitkannya lagi."
        )
    return gettext("Setelan itu tidak dapat dibaca. Perbarui peranti, atau hubungi pusat.")
