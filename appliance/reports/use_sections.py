"""The sections of a report that are about what was used: lockers, books, scans, requests."""

from collections.abc import Iterable
from decimal import Decimal

from appliance.guestbook.choices import PURPOSES
from appliance.offices import CARD_TYPES
from appliance.photocopy.rules import PhotocopyFigures
from appliance.reports import rules
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.print_use import PrintUse
from appliance.reports.rules import NUMBER, VISITS, Cell, Chart, Column, Kind, Section, Table, head
from appliance.reports.use_counts import Counts, UseCounts
from appliance.requests.choices import CODED, OUTCOMES

LOCKER_ENDS = {
    "visitor": Phrase("Dikosongkan pengunjung", "Emptied by the visitor"),
    "staff_empty": Phrase("Dilihat kosong oleh petugas", "Seen empty by staff"),
    "found_property": Phrase("Barang tertinggal", "Property left behind"),
    "error": Phrase("Salah catat", "Noted by mistake"),
    "": Phrase("Masih dipakai", "Still in use"),
}
ALARMS = {
    "opened_without_command": Phrase("Terbuka tanpa perintah", "Opened without a command"),
    "not_opened": Phrase("Tidak terbuka", "Did not open"),
    "left_open": Phrase("Dibiarkan terbuka", "Left open"),
    "sensor_disagrees": Phrase("Sensor tidak cocok", "Sensor disagrees"),
    "output_stuck": Phrase("Keluaran macet", "Output stuck"),
    "not_answering": Phrase("Tidak menjawab", "Not answering"),
}
DEPOSITS = {
    "returned": Phrase("Dikembalikan", "Returned"),
    "held": Phrase("Masih dititipkan", "Still held"),
    "left_behind": Phrase("Belum diambil", "Not collected"),
    "sealed": Phrase("Dalam amplop segel", "In a sealed envelope"),
    "swapped": Phrase("Tertukar", "Swapped"),
    "waived": Phrase("Tanpa titipan, dengan alasan", "Nothing held, for a reason"),
    "handed_over": Phrase("Diserahkan ke instansi", "Handed over to an authority"),
}
CARDS = {card: Phrase(card, card) for card in CARD_TYPES} | {
    "Lainnya": Phrase("Kartu lain", "Another card")
}
DEPOSIT_KINDS = {
    "card": Phrase("Kartu identitas", "Identity card"),
    "guarantee": Phrase("Jaminan lain", "Another guarantee"),
    "none": Phrase("Tanpa titipan", "Nothing"),
}
HAND_OUTS = {
    "print": Phrase("Dicetak", "Printed"),
    "usb": Phrase("Disalin ke USB", "Copied to a USB stick"),
    "mail": Phrase("Dikirim lewat email", "Sent by e-mail"),
}
REQUESTS = {
    "new": Phrase("Baru", "New"),
    "waiting": Phrase("Menunggu", "Waiting"),
    "sent": Phrase("Diteruskan", "Passed on"),
    "ready": Phrase("Siap diambil", "Ready"),
    "delivered": Phrase("Diserahkan", "Delivered"),
    "answered": Phrase("Dijawab", "Answered"),
    "refused": Phrase("Ditolak", "Refused"),
    "cancelled": Phrase("Dibatalkan", "Cancelled"),
    "expired": Phrase("Tidak diambil", "Not collected"),
}
CODED_NAMES = {
    "level": Phrase("Level data", "Level of the data"),
    "period": Phrase("Periode data", "Frequency of the data"),
    "source": Phrase("Sumber data", "Source of the data"),
    "national": Phrase("Dipakai untuk perencanaan nasional", "Used for national planning"),
}
TRIPS = {
    "asked": Phrase("Diminta", "Asked for"),
    "out": Phrase("Masih di luar", "Still out"),
    "back": Phrase("Kembali", "Back"),
    "lost": Phrase("Hilang", "Lost"),
    "cancelled": Phrase("Dibatalkan", "Cancelled"),
}
READ = Column(Phrase("Dibaca", "Read"))
_ITEM = head("Butir", "Item")


def lockers_and_cards(use: UseCounts) -> Section:
    """How lockers were used, what was wrong with them, and the cards in the tray."""
    used = use.lockers()
    facts: tuple[tuple[Cell, ...], ...] = (
        (Phrase("Pemakaian loker", "Times a locker was used"), used.times),
        (Phrase("Kunjungan dengan loker", "Visits with a locker"), used.visits),
        (Phrase("Loker yang dipakai", "Lockers used"), used.lockers),
        (Phrase("Terpakai bersamaan, paling banyak", "In use at once, at most"), used.peak),
    )
    ends = use.of_visits("locker_session", "end_reason")
    alarms = use.in_time("door_alarm", "kind", "raised_at")
    found = use.in_time("found_property", "state", "found_at")
    facts += ((Phrase("Barang temuan", "Things found"), sum(found.values())),)
    name = Phrase("Loker dan kartu", "Lockers and cards")
    return Section(
        "lockers",
        name,
        "Loker dan kartu",
        "locker",
        (
            Table("lockers", Phrase("Loker", "Lockers"), (_ITEM, NUMBER), facts),
            rules.counted(
                "locker_ends", Phrase("Akhir pemakaian", "How use ended"), LOCKER_ENDS, ends
            ),
            rules.counted("alarms", Phrase("Peringatan pintu", "Door alarms"), ALARMS, alarms),
            rules.counted(
                "deposit_kinds",
                Phrase("Untuk loker dititipkan", "Held for a locker"),
                DEPOSIT_KINDS,
                use.of_visits("deposit", "kind"),
            ),
            rules.counted(
                "cards",
                Phrase("Jenis kartu dan jaminan", "Kinds of cards and guarantees"),
                CARDS,
                _without_blank(use.of_visits("deposit", "card_type")),
            ),
            rules.counted(
                "card_states",
                Phrase("Keadaan titipan", "What became of them"),
                DEPOSITS,
                use.of_visits("deposit", "state"),
            ),
        ),
    )


def collection(
    titles: Iterable[PrintUse], subjects: Iterable[PrintUse], screen: Iterable[tuple[Cell, ...]]
) -> Section:
    """What was read, in print and on the screen."""
    return Section(
        "collection",
        Phrase("Bacaan", "Reading"),
        "Bacaan",
        "book",
        (
            _read("titles", Phrase("Judul yang dibaca", "Titles read"), titles),
            _read("subjects", Phrase("Subjek yang dibaca", "Subjects read"), subjects),
            Table(
                "on_screen",
                Phrase("Dibaca di layar", "Read on the screen"),
                (
                    head("Judul", "Title"),
                    head("Dibuka", "Opened", Kind.COUNT),
                    head("Halaman dilihat", "Pages seen", Kind.COUNT),
                    head("Pencarian di dalam", "Searches inside", Kind.COUNT),
                ),
                tuple(screen),
                Chart.BARS,
            ),
        ),
    )


def copies(use: UseCounts, photocopied: PhotocopyFigures) -> Section:
    """Scans, downloads of softcopies, photocopies."""
    scans = use.scans()
    made: tuple[tuple[Cell, ...], ...] = (
        (Phrase("Hasil pindai", "Scans"), scans.files),
        (Phrase("Halaman dipindai", "Pages scanned"), scans.pages),
        (Phrase("Kunjungan yang memindai", "Visits that scanned"), scans.visits),
    )
    purposes = {choice.code: label_of(choice) for choice in PURPOSES}
    return Section(
        "copies",
        Phrase("Pindai, unduhan, dan fotokopi", "Scans, downloads and photocopies"),
        "Pindai dan salinan",
        "scan",
        (
            Table("scans", Phrase("Pemindaian", "Scanning"), (_ITEM, NUMBER), made),
            rules.counted(
                "hand_outs",
                Phrase("Hasil pindai dibawa", "Scans taken along"),
                HAND_OUTS,
                use.hand_outs(),
            ),
            rules.counted(
                "downloads",
                Phrase("Softcopy diunduh, menurut keperluan", "Softcopies fetched, by purpose"),
                {**purposes, "": Phrase("Tidak disebut", "Not said")},
                use.in_time("marked_copy", "purpose", "made_at"),
            ),
            Table(
                "photocopied",
                Phrase("Fotokopi", "Photocopies"),
                (_ITEM, NUMBER),
                (
                    (Phrase("Formulir", "Forms"), photocopied.forms),
                    (Phrase("Publikasi", "Publications"), photocopied.titles),
                    (Phrase("Halaman", "Pages"), photocopied.pages),
                    (Phrase("Dibawa ke luar", "Taken out"), photocopied.out),
                    (Phrase("Terlambat kembali", "Back late"), photocopied.late),
                    (Phrase("Hilang", "Lost"), photocopied.lost),
                ),
            ),
            rules.counted(
                "photocopies",
                Phrase("Keadaan publikasi yang difotokopi", "What became of them"),
                TRIPS,
                use.of_visits("photocopy", "state"),
            ),
        ),
    )


def block_three(use: UseCounts) -> Section:
    """The data that were asked for, by the codes of the SKD."""
    tables = [
        rules.counted(
            "requests",
            Phrase("Permintaan softcopy", "Softcopy requests"),
            REQUESTS,
            use.of_visits("softcopy_request", "state"),
        )
    ]
    lists = {**{key: (CODED_NAMES[key], CODED[key]) for key in CODED_NAMES}}
    lists["outcome"] = (Phrase("Data diperoleh", "Data obtained"), OUTCOMES)
    for key, (name, choices) in lists.items():
        labels = {choice.code: label_of(choice) for choice in choices}
        labels[""] = Phrase("Tidak diisi", "Not said")
        counts = use.of_visits("softcopy_request", key)
        tables.append(rules.counted(f"request_{key}", name, labels, counts))
    judged, total = use.data_quality()
    mean = Decimal(total) / judged if judged else None
    row = (Phrase("Kualitas data, 1 sampai 10", "Quality of the data, 1 to 10"), judged, mean)
    answers, means = Column(Phrase("Jawaban", "Answers")), head("Rata-rata", "Mean", Kind.DECIMAL)
    name = Phrase("Kualitas data", "Quality of the data")
    tables.append(Table("quality", name, (_ITEM, answers, means), (row,)))
    return Section(
        "block3",
        Phrase("Blok III. Kebutuhan data", "Block III. Data wanted"),
        "Blok III Kebutuhan",
        "inbox",
        tuple(tables),
    )


def _without_blank(counts: Counts) -> Counts:
    """Nothing held has no kind of card."""
    return {code: count for code, count in counts.items() if code}


def _read(key: str, name: Phrase, used: Iterable[PrintUse]) -> Table:
    untold = Phrase("(tanpa subjek)", "(no subject)")
    rows = tuple((one.name or untold, one.times, one.visits) for one in used)
    return Table(key, name, (Column(name, Kind.TEXT), READ, VISITS), rows, Chart.BARS)
