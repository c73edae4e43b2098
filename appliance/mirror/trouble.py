"""What can go wrong between us and the source, and when to try again."""

from enum import StrEnum

from appliance.errors import N_, Unavailable

FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 3600.0
SHAPE_WAIT_S = 6 * 3600.0  # a changed answer wants a new version of us, or of them
KEY_WAIT_S = 24 * 3600.0  # only a person can mend a key, and a new file is noticed at once
LONGEST_OBEYED_S = 24 * 3600.0  # of what Retry-After says
DETAIL_CHARS = 200


class Trouble(StrEnum):
    """Why an answer could not be used; the values are those of the database."""

    OFFLINE = "offline"
    SLOW = "slow"
    CUT = "cut"
    CERTIFICATE = "certificate"
    REDIRECTED = "redirected"
    NOT_JSON = "not_json"
    """A page for people: the office's own network, or a wall in front of the source."""
    TOO_LARGE = "too_large"
    BAD_KEY = "bad_key"
    NO_KEY = "no_key"
    BUSY = "busy"
    REFUSED = "refused"
    SHAPE = "shape"
    """An answer of a form we do not know."""
    DISK_FULL = "disk_full"


SENTENCES: dict[Trouble, str] = {
    Trouble.OFFLINE: N_(
        "WebAPI BPS tidak terjangkau. Periksa Internet kantor; peranti mencoba lagi sendiri."
    ),
    Trouble.SLOW: N_("WebAPI BPS terlalu lama menjawab. Peranti mencoba lagi sendiri."),
    Trouble.CUT: N_("Jawaban WebAPI BPS terputus di tengah jalan. Peranti mencoba lagi sendiri."),
    Trouble.CERTIFICATE: N_(
        "Sertifikat WebAPI BPS tidak sah. Periksa jam peranti dan jaringan kantor."
    ),
    Trouble.REDIRECTED: N_(
        "Jaringan mengalihkan permintaan ke alamat lain. Masuk dahulu ke jaringan kantor."
    ),
    Trouble.NOT_JSON: N_(
        "Yang menjawab bukan WebAPI BPS, melainkan halaman web. Periksa jaringan kantor."
    ),
    Trouble.TOO_LARGE: N_("Jawaban WebAPI BPS terlalu besar, jadi tidak dipakai."),
    Trouble.BAD_KEY: N_(
        "Kunci WebAPI ditolak. Minta kunci baru di webapi.bps.go.id, lalu ganti isi berkasnya."
    ),
    Trouble.NO_KEY: N_(
        "Berkas kunci WebAPI tidak dapat dipakai. Periksa isinya, dan izinnya: 0400."
    ),
    Trouble.BUSY: N_("WebAPI BPS sedang sibuk. Peranti mencoba lagi sendiri."),
    Trouble.REFUSED: N_("WebAPI BPS menolak permintaan. Peranti mencoba lagi sendiri."),
    Trouble.SHAPE: N_(
        "Bentuk jawaban WebAPI BPS berubah, jadi tidak disimpan. Laporkan rinciannya kepada admin."
    ),
    Trouble.DISK_FULL: N_("Ruang penyimpanan menipis, jadi sampul dan PDF tidak diunduh."),
}


OF_ONE_THING = (Trouble.SHAPE, Trouble.REFUSED, Trouble.TOO_LARGE)
"""Troubles that one list or one record may have, while the others come as ever."""
OF_WHOM = (Trouble.NOT_JSON, Trouble.CUT, Trouble.SLOW)
"""Troubles of the line or of one thing alone: what else is answered meanwhile will tell."""


class SourceTrouble(Unavailable):
    """Raised for an answer that cannot be used; says nothing of address or key.

    `detail` names a place in the answer or a status, in English, for who mends it.
    """

    def __init__(
        self, trouble: Trouble, detail: str = "", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(SENTENCES[trouble])
        self.trouble = trouble
        self.detail = detail[:DETAIL_CHARS]
        self.retry_after_s = retry_after_s


class Stopped(Exception):
    """Raised instead of going on when this process is to end."""


def wait_s(
    trouble: Trouble, tries: int, chance: float, retry_after_s: float | None = None
) -> float:
    """Seconds until the next request, after `tries` failures in a row; `chance` is 0 to 1.

    Doubling, with jitter, so that five hundred offices do not come back together.
    """
    if trouble in (Trouble.BAD_KEY, Trouble.NO_KEY):
        return KEY_WAIT_S
    if trouble is Trouble.SHAPE:
        return SHAPE_WAIT_S
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * (1 << min(max(tries, 1) - 1, 10)))
    own_s = longest * (0.5 + 0.5 * chance)
    asked_s = min(retry_after_s or 0.0, LONGEST_OBEYED_S)
    return max(own_s, asked_s)
