"""The section of a report that is about complaints: of what, by which way, and how soon."""

from appliance.complaints.rules import CHANNELS, KINDS, ComplaintFigures
from appliance.complaints.topics import TOPICS
from appliance.reports import rules
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.rules import Cell, Chart, Kind, Section, Table, head
from appliance.reports.use_counts import ComplaintCount, Counts

# Topics of before the components of the service standard: years that are over still have them.
EARLIER = {
    "collection": Phrase("Koleksi dan data", "Collection and data"),
    "suggestion": Phrase("Saran", "Suggestions"),
}
_KINDS_EN = {
    "complaint": "Complaints",
    "suggestion": "Suggestions",
    "question": "Questions",
    "appreciation": "Appreciation",
}
_CHANNELS_EN = {
    "box": "The box of this appliance",
    "paper": "Paper box",
    "letter": "Letter",
    "phone": "Telephone",
    "email": "E-mail",
    "online": "LAPOR! or a form on the Internet",
    "in_person": "Told at the desk",
}
WORDS_OF_TOPICS = {one.code: label_of(one) for one in TOPICS} | EARLIER
WORDS_OF_KINDS = {kind.value: Phrase(said, _KINDS_EN[kind]) for kind, said in KINDS}
WORDS_OF_CHANNELS = {one.value: Phrase(said, _CHANNELS_EN[one]) for one, said in CHANNELS}
NOTE = Phrase(
    "Batas tanggapan pertama dan jawaban dihitung dalam hari kerja. Tanggapan pertama adalah saat"
    " pengaduan mulai ditangani atau dijawab. Pengaduan lama tanpa batas tanggapan pertama tidak"
    " ikut dihitung di sana.",
    "Deadlines of the first response and of the answer are working days. The first response is"
    " when somebody took it in hand or answered. Older ones without a deadline for it are not"
    " counted there.",
)
NAME = Phrase("Pengaduan dan saran", "Complaints and suggestions")
_RECEIVED = head("Masuk", "Received", Kind.COUNT)
_IN_TIME = head("Tepat waktu", "In time", Kind.COUNT)
_LATE = head("Terlambat dijawab", "Answered late", Kind.COUNT)
_OVERDUE = head("Lewat batas, belum dijawab", "Overdue", Kind.COUNT)
_SHARE_IN_TIME = head("Bagian tepat waktu", "Share in time", Kind.SHARE)


def complaints(
    topics: tuple[ComplaintCount, ...], kinds: tuple[ComplaintFigures, ...], channels: Counts
) -> Section:
    """Complaints by topic, by kind with their first response, and by the way they came."""
    ways = Phrase("Cara pengaduan sampai", "How complaints came")
    tables = (
        _by_topic(topics),
        _first_responses(kinds),
        _answers(kinds),
        rules.counted("complaint_channels", ways, WORDS_OF_CHANNELS, channels),
    )
    return Section("complaints", NAME, "Pengaduan", "chat", tables, NOTE)


def _by_topic(topics: tuple[ComplaintCount, ...]) -> Table:
    rows = tuple(
        (
            WORDS_OF_TOPICS.get(one.topic, Phrase(one.topic, one.topic)),
            *(one.made, one.answered, one.in_time, one.late, one.overdue),
            rules.share(one.in_time, one.in_time + one.late + one.overdue),
        )
        for one in topics
    )
    columns = (
        head("Tentang", "About"),
        *(_RECEIVED, head("Dijawab", "Answered", Kind.COUNT)),
        *(_IN_TIME, _LATE, _OVERDUE, _SHARE_IN_TIME),
    )
    return Table("complaints", NAME, columns, rows, Chart.BARS)


def _first_responses(kinds: tuple[ComplaintFigures, ...]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(WORDS_OF_KINDS[one.kind], one.made, one.seen_in_time, one.seen_late),
            rules.share(one.seen_in_time, one.seen_in_time + one.seen_late),
        )
        for one in kinds
    )
    columns = (
        *(head("Jenis", "Kind"), _RECEIVED),
        head("Ditanggapi tepat waktu", "First response in time", Kind.COUNT),
        head("Terlambat ditanggapi", "First response late", Kind.COUNT),
        _SHARE_IN_TIME,
    )
    name = Phrase("Tanggapan pertama menurut jenis", "First response by kind")
    return Table("complaint_responses", name, columns, rows, Chart.BARS)


def _answers(kinds: tuple[ComplaintFigures, ...]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(WORDS_OF_KINDS[one.kind], one.made, one.in_time, one.late, one.overdue),
            *(one.closed, one.reopened),
        )
        for one in kinds
    )
    columns = (
        *(head("Jenis", "Kind"), _RECEIVED, _IN_TIME, _LATE, _OVERDUE),
        head("Ditutup", "Closed", Kind.COUNT),
        head("Dibuka kembali", "Brought back", Kind.COUNT),
    )
    name = Phrase("Jawaban menurut jenis", "Answers by kind")
    return Table("complaint_kinds", name, columns, rows, Chart.BARS)
