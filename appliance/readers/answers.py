"""What a reader answers: one word for the database, one sentence for the person."""

from enum import StrEnum

from appliance.errors import N_


class Place(StrEnum):
    """Where a reader stands; the values are those of the settings and the database."""

    LOCKERS = "lockers"
    DESK = "desk"
    STATION = "station"


class Tone(StrEnum):
    """What lights and beeper say of an answer; the words are those of hardware's Signal."""

    GOOD = "good"
    BAD = "bad"
    ASK = "ask"


class Choice(StrEnum):
    """What a visitor may choose when asked at the lockers; the values go into the database."""

    AGAIN = "again"
    FINISH = "finish"
    EMPTY = "empty"


class Answer(StrEnum):
    """Every answer there is; the values are those of the database."""

    # Any place
    BAD_READ = "bad_read"
    DAMAGED = "damaged"
    UNKNOWN_TICKET = "unknown_ticket"
    OTHER_DAY = "other_day"
    VISIT_CLOSED = "visit_closed"
    LINK = "link"
    BADGE_UNKNOWN = "badge_unknown"
    BADGE_REFUSED = "badge_refused"
    ACTION_ELSEWHERE = "action_elsewhere"
    VISITOR_CARD = "visitor_card"
    NO_SUCH_LOCKER = "no_such_locker"
    # At the lockers
    OPENING = "opening"
    ASSIGNING = "assigning"
    FETCHING = "fetching"
    BUSY = "busy"
    ASK_AGAIN_OR_FINISH = "ask_again_or_finish"
    ASK_AGAIN_OR_EMPTY = "ask_again_or_empty"
    GIVEN_BACK = "given_back"
    GIVEN_BACK_GO_TO_DESK = "given_back_go_to_desk"
    NO_LOCKER = "no_locker"
    CARD_FIRST = "card_first"
    ALL_TAKEN = "all_taken"
    TAG_AT_LOCKERS = "tag_at_lockers"
    BADGE_READY = "badge_ready"
    BADGE_OPENING = "badge_opening"
    BADGE_NOT_HERE = "badge_not_here"
    BADGE_ROLE = "badge_role"
    BOOK_AT_LOCKERS = "book_at_lockers"
    BOOK_NOTED_AT_LOCKERS = "book_noted_at_lockers"
    BOOK_READ_AT_LOCKERS = "book_read_at_lockers"
    BOOK_UNKNOWN_AT_LOCKERS = "book_unknown_at_lockers"
    CARD_AT_LOCKERS = "card_at_lockers"
    FOREIGN_AT_LOCKERS = "foreign_at_lockers"
    TICKET_FIRST = "ticket_first"
    # At the desk
    TICKET_AT_DESK = "ticket_at_desk"
    TAG_AT_DESK = "tag_at_desk"
    BOOK_AT_DESK = "book_at_desk"
    BOOK_NOTED_AT_DESK = "book_noted_at_desk"
    BOOK_NOTED_BEFORE_AT_DESK = "book_noted_before_at_desk"
    BOOK_BACK_AT_DESK = "book_back_at_desk"
    BOOK_READ_AT_DESK = "book_read_at_desk"
    BOOK_GONE_AT_DESK = "book_gone_at_desk"
    BOOK_UNKNOWN_AT_DESK = "book_unknown_at_desk"
    BOOK_SERIES_AT_DESK = "book_series_at_desk"
    BADGE_AT_DESK = "badge_at_desk"
    CARD_AT_DESK = "card_at_desk"
    FOREIGN_AT_DESK = "foreign_at_desk"
    # At the scanner station
    TICKET_AT_STATION = "ticket_at_station"
    TAG_AT_STATION = "tag_at_station"
    BOOK_AT_STATION = "book_at_station"
    BOOK_UNKNOWN_AT_STATION = "book_unknown_at_station"
    BADGE_AT_STATION = "badge_at_station"
    CARD_AT_STATION = "card_at_station"
    FOREIGN_AT_STATION = "foreign_at_station"

    @property
    def sentence(self) -> str:
        """What it is and what to do next; may have places for the values of a ReadView."""
        return SENTENCES[self]

    @property
    def tone(self) -> Tone:
        """Whether the person is done, must do something else, or must choose."""
        if self in _ASKS:
            return Tone.ASK
        return Tone.GOOD if self in _GOOD else Tone.BAD

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What the person may choose now; empty when nothing is asked."""
        return _ASKS.get(self, ())

    @property
    def opens_a_door(self) -> bool:
        """Whether a door command belongs to this answer."""
        return self in OPENED


_ASKS = {
    Answer.ASK_AGAIN_OR_FINISH: (Choice.AGAIN, Choice.FINISH),
    Answer.ASK_AGAIN_OR_EMPTY: (Choice.AGAIN, Choice.EMPTY),
    Answer.BADGE_READY: (),
}
_GOOD = frozenset(
    {
        Answer.OPENING,
        Answer.ASSIGNING,
        Answer.FETCHING,
        Answer.GIVEN_BACK,
        Answer.GIVEN_BACK_GO_TO_DESK,
        Answer.BADGE_OPENING,
        Answer.TICKET_AT_DESK,
        Answer.TAG_AT_DESK,
        Answer.BOOK_AT_DESK,
        Answer.BOOK_NOTED_AT_LOCKERS,
        Answer.BOOK_NOTED_AT_DESK,
        Answer.BOOK_NOTED_BEFORE_AT_DESK,
        Answer.BOOK_BACK_AT_DESK,
        Answer.BADGE_AT_DESK,
        Answer.TICKET_AT_STATION,
        Answer.BOOK_AT_STATION,
    }
)

# What is shown instead once the door was seen open.
OPENED = {
    Answer.OPENING: N_("Loker %(number)s terbuka. Tutup lagi pintunya setelah selesai."),
    Answer.ASSIGNING: N_("Loker %(number)s terbuka: masukkan tas, tutup pintunya."),
    Answer.FETCHING: N_("Loker %(number)s terbuka: ambil semua barang, tutup pintunya."),
    Answer.BADGE_OPENING: N_("Loker %(number)s terbuka oleh petugas."),
}

SENTENCES = {
    Answer.BAD_READ: N_("Kode tidak terbaca utuh. Dekatkan, lalu pindai lagi."),
    Answer.DAMAGED: N_(
        "Kode ini rusak atau salah cetak. Pindai sekali lagi, atau sebutkan kodenya di meja."
    ),
    Answer.UNKNOWN_TICKET: N_("Tiket ini tidak dikenal di sini. Bawa tiketnya ke meja petugas."),
    Answer.OTHER_DAY: N_(
        "Tiket ini dari hari lain. Isi buku tamu hari ini; ada barang tertinggal? Temui petugas."
    ),
    Answer.VISIT_CLOSED: N_(
        "Kunjungan ini sudah selesai. Ada barang tertinggal? Temui petugas di meja."
    ),
    Answer.LINK: N_(
        "Ini QR untuk membuka tiket di HP. Tunjukkan QR tiket yang satu lagi ke pembaca."
    ),
    Answer.BADGE_UNKNOWN: N_("Kartu petugas ini tidak dikenal. Minta yang baru kepada admin."),
    Answer.BADGE_REFUSED: N_("Kartu petugas ini sudah tidak berlaku. Hubungi admin."),
    Answer.ACTION_ELSEWHERE: N_("Ini kode pilihan untuk loker. Pindai di pembaca loker."),
    Answer.VISITOR_CARD: N_("Ini kartu pengunjung. Pakai saat mengisi buku tamu."),
    Answer.NO_SUCH_LOCKER: N_("Loker dengan tanda ini tidak ada di ruangan ini."),
    Answer.OPENING: N_("Loker %(number)s sedang dibuka."),
    Answer.ASSIGNING: N_("Loker %(number)s untuk Anda, sedang dibuka."),
    Answer.FETCHING: N_("Loker %(number)s sedang dibuka: ambil semua barang Anda."),
    Answer.BUSY: N_("Loker %(number)s sedang dibuka. Tunggu sebentar, lalu pindai lagi."),
    Answer.ASK_AGAIN_OR_FINISH: N_("Loker %(number)s: buka lagi, atau selesai berkunjung?"),
    Answer.ASK_AGAIN_OR_EMPTY: N_("Loker %(number)s: buka lagi, atau sudah kosong?"),
    Answer.GIVEN_BACK: N_("Terima kasih. Loker sudah dikembalikan dan kunjungan selesai."),
    Answer.GIVEN_BACK_GO_TO_DESK: N_("Loker sudah dikembalikan. Selesaikan sisanya di meja."),
    Answer.NO_LOCKER: N_("Anda belum memakai loker. Minta loker di meja petugas."),
    Answer.CARD_FIRST: N_("Serahkan kartu identitas di meja dahulu, lalu pindai tiket lagi."),
    Answer.ALL_TAKEN: N_(
        "Semua loker sedang terpakai. Tunggu satu dikembalikan, atau titipkan tas di meja."
    ),
    Answer.TAG_AT_LOCKERS: N_("Ini tanda loker %(number)s. Pindai tiket Anda."),
    Answer.BADGE_READY: N_("Kartu petugas diterima. Pindai tanda loker yang akan dibuka."),
    Answer.BADGE_OPENING: N_("Loker %(number)s sedang dibuka oleh petugas."),
    Answer.BADGE_NOT_HERE: N_("Kartu petugas tidak membuka loker di sini. Buka dari layar meja."),
    Answer.BADGE_ROLE: N_("Kartu ini tidak berhak membuka loker. Minta petugas meja."),
    Answer.BOOK_AT_LOCKERS: N_(
        "Ini kode buku. Pindai tiket Anda dahulu, lalu bukunya. Buku dikembalikan di meja."
    ),
    Answer.BOOK_NOTED_AT_LOCKERS: N_(
        "Buku dicatat untuk %(label)s. Kembalikan ke petugas sebelum pulang."
    ),
    Answer.BOOK_READ_AT_LOCKERS: N_("Buku ini tercatat sedang dibaca. Tunjukkan di meja petugas."),
    Answer.BOOK_UNKNOWN_AT_LOCKERS: N_("Buku ini perlu dicatat petugas. Tunjukkan di meja."),
    Answer.CARD_AT_LOCKERS: N_("Kartu ini tidak dipakai di loker. Pindai tiket Anda."),
    Answer.FOREIGN_AT_LOCKERS: N_("Kode ini bukan dari ruang baca. Di sini pindai tiket Anda."),
    Answer.TICKET_FIRST: N_("Pindai tiket Anda dahulu, lalu pilih."),
    Answer.TICKET_AT_DESK: N_("Tiket %(label)s dipindai."),
    Answer.TAG_AT_DESK: N_("Tanda loker %(number)s dipindai."),
    Answer.BOOK_AT_DESK: N_("%(title)s: dibaca oleh siapa?"),
    Answer.BOOK_NOTED_AT_DESK: N_("%(title)s dicatat untuk %(label)s."),
    Answer.BOOK_NOTED_BEFORE_AT_DESK: N_("%(title)s baru saja dicatat dibaca."),
    Answer.BOOK_BACK_AT_DESK: N_("%(title)s sudah kembali. Rak: %(shelf)s."),
    Answer.BOOK_READ_AT_DESK: N_(
        "%(title)s tercatat sedang dibaca. Pindai bukunya sekali lagi sesudah setengah menit, tanpa"
        " tiket, untuk mencatatnya kembali."
    ),
    Answer.BOOK_GONE_AT_DESK: N_("%(title)s: eksemplar ini sudah ditarik dari koleksi."),
    Answer.BOOK_UNKNOWN_AT_DESK: N_("Buku ini belum terkatalog. Tambahkan dahulu ke katalog."),
    Answer.BOOK_SERIES_AT_DESK: N_("Beberapa publikasi memakai nomor ini. Pilih judulnya."),
    Answer.BADGE_AT_DESK: N_("Ini kartu petugas yang berlaku. Masuk tetap dengan kata sandi."),
    Answer.CARD_AT_DESK: N_(
        "Kartu ini tidak dipakai di meja. Pindai tiket, tanda loker, atau buku."
    ),
    Answer.FOREIGN_AT_DESK: N_(
        "Kode ini bukan dari ruang baca. Pindai tiket, tanda loker, atau buku."
    ),
    Answer.TICKET_AT_STATION: N_("Tiket %(label)s siap memindai."),
    Answer.TAG_AT_STATION: N_("Ini tanda loker %(number)s. Di stasiun pindai, pindai tiket Anda."),
    Answer.BOOK_AT_STATION: N_("%(title)s dikenali. Pindai tiket Anda dahulu, lalu bukunya."),
    Answer.BOOK_UNKNOWN_AT_STATION: N_(
        "Buku ini belum terkatalog. Tunjukkan di meja agar dapat dicatat."
    ),
    Answer.BADGE_AT_STATION: N_("Kartu petugas tidak dipakai di sini. Pindai tiket Anda."),
    Answer.CARD_AT_STATION: N_("Kartu ini tidak dipakai di stasiun pindai. Pindai tiket Anda."),
    Answer.FOREIGN_AT_STATION: N_(
        "Kode ini bukan dari ruang baca. Di sini pindai tiket atau buku perpustakaan."
    ),
}
