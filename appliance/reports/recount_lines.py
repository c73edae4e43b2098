"""Numbers beside those of the journal, and what the journal does not know."""

from dataclasses import dataclass

from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Line:
    """One number, from the report and from the journal."""

    name: Phrase
    reported: int
    journalled: int

    @property
    def is_same(self) -> bool:
        return self.reported == self.journalled


@dataclass(frozen=True, slots=True)
class Gap:
    """Figures of a report that the journal cannot give again, and why."""

    name: Phrase
    reason: Phrase


@dataclass(frozen=True, slots=True)
class Recount:
    """What counting again gave: the numbers of a period, and how many answers were compared.

    `others` are the answers of the guest book that differ, `gaps` what was not compared;
    `is_made_up` says that this house was filled with visits of nobody, which no journal has.
    """

    period: Period
    lines: tuple[Line, ...]
    answers: int
    others: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    is_made_up: bool

    @property
    def is_same(self) -> bool:
        return not self.others and all(line.is_same for line in self.lines)


GAPS = (
    Gap(
        Phrase("Isi penilaian SKM, IKM, dan SKD", "Answers of SKM, IKM and SKD"),
        Phrase(
            "Jawaban sengaja tidak dijurnal supaya tidak dapat dihubungkan dengan kunjungan; yang"
            " dicocokkan hanya jumlah responden per bulan.",
            "Answers are kept out of the journal on purpose, so that nobody can tie them to a"
            " visit; only the number of respondents of a month is compared.",
        ),
    ),
    Gap(
        Phrase("Alasan dan cara menilai", "Why not, and how people rated"),
        Phrase(
            "Hanya jumlahnya yang disimpan, per bulan, dan tidak dijurnal per orang.",
            "Only their number is kept, by month, and nothing is journalled of a person.",
        ),
    ),
    Gap(
        Phrase("Judul, subjek, dan bacaan di layar", "Titles, subjects, reading on the screen"),
        Phrase(
            "Jurnal tidak menyebut judul yang ditulis pengunjung, dan bacaan di layar hanya"
            " dihitung per hari.",
            "The journal names no title that a visitor wrote, and reading on the screen is counted"
            " by day alone.",
        ),
    ),
    Gap(
        Phrase("Umur dan jenis kelamin anggota rombongan", "Age and sex within groups"),
        Phrase(
            "Jurnal hanya menyebut berapa orang yang datang.",
            "The journal tells how many people came, no more.",
        ),
    ),
    Gap(
        Phrase("Antrean per layanan, jam datang, sebab terlambat", "Queues, hours, why late"),
        Phrase(
            "Diatur di meja sesudah kunjungan dicatat dan dapat diganti; tidak ikut dicocokkan.",
            "Arranged at the desk after a visit was noted, and may change; they are not compared.",
        ),
    ),
    Gap(
        Phrase(
            "Tenggat pengaduan, keadaan permintaan, dan data yang diminta",
            "Deadlines of complaints, states of requests, data wanted",
        ),
        Phrase(
            "Bergantung pada kalender kerja dan keadaan saat laporan dibuat, bukan pada satu baris"
            " jurnal.",
            "They depend on the calendar and on how things stand when the report is made, not on"
            " one line of the journal.",
        ),
    ),
    Gap(
        Phrase(
            "Loker terpakai bersamaan, loker yang dipakai, barang temuan",
            "Lockers in use at once, lockers used, things found",
        ),
        Phrase(
            "Loker dapat dipindah dan barang dicatat menurut saat ditemukan.",
            "Lockers may be changed, and things count from when they were found.",
        ),
    ),
)


def whole(value: object) -> int:
    """A cell as a number to compare; 0 for what is unknown."""
    return value if isinstance(value, int) else 0
