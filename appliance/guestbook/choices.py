"""The lists of the guest book, as the national survey codes them."""

from collections.abc import Iterable

from appliance.choice import Choice

OTHER_OCCUPATION = "7"
OTHER_AGENCY = "9"
OTHER_PURPOSE = "5"
UNDER_17 = "1"
IN_PERSON = "1"  # channel: came to the counter
LIBRARY = "1"  # service: reading room


SEX = (
    Choice("1", "Laki-laki", "Male"),
    Choice("2", "Perempuan", "Female"),
)
AGE_BANDS = (
    Choice(UNDER_17, "Di bawah 17 tahun", "Under 17"),
    Choice("2", "17–25 tahun", "17–25"),
    Choice("3", "26–34 tahun", "26–34"),
    Choice("4", "35–44 tahun", "35–44"),
    Choice("5", "45–54 tahun", "45–54"),
    Choice("6", "55–65 tahun", "55–65"),
    Choice("7", "Di atas 65 tahun", "Over 65"),
)
GUARDIANS = (
    Choice("parent", "Orang tua", "Parent"),
    Choice("guardian", "Wali", "Guardian"),
    Choice("teacher", "Guru, dengan izin orang tua", "Teacher, with the parents' leave"),
    Choice("relative", "Keluarga lain, dengan izin orang tua", "Other relative, with their leave"),
)
EDUCATION = (
    Choice("1", "SLTA/sederajat atau di bawahnya", "Senior high school or below"),
    Choice("2", "D1/D2/D3", "Diploma (D1/D2/D3)"),
    Choice("3", "D4/S1", "Bachelor (D4/S1)"),
    Choice("4", "S2", "Master (S2)"),
    Choice("5", "S3", "Doctorate (S3)"),
)
OCCUPATIONS = (
    Choice("1", "Pelajar/Mahasiswa", "Pupil or student"),
    Choice("2", "Peneliti/Dosen", "Researcher or lecturer"),
    Choice("3", "ASN/TNI/Polri", "Civil service, military or police"),
    Choice("4", "Pegawai BUMN/BUMD", "State or regional enterprise"),
    Choice("5", "Pegawai Swasta", "Private employee"),
    Choice("6", "Wiraswasta", "Self-employed"),
    Choice(OTHER_OCCUPATION, "Lainnya", "Other"),
)
AGENCY_CATEGORIES = (
    Choice("1", "Lembaga Negara", "State institution"),
    Choice("2", "Kementerian & Lembaga Pemerintah", "Ministry or government agency"),
    Choice("3", "TNI/POLRI/BIN/Kejaksaan", "Military, police, intelligence or prosecution"),
    Choice("4", "Pemerintah Daerah", "Regional government"),
    Choice("5", "Lembaga Internasional", "International organisation"),
    Choice("6", "Lembaga Penelitian & Pendidikan", "Research or education"),
    Choice("7", "BUMN/BUMD", "State or regional enterprise"),
    Choice("8", "Swasta", "Private company"),
    Choice(OTHER_AGENCY, "Lainnya", "Other"),
)
PURPOSES = (
    Choice("1", "Tugas sekolah/tugas kuliah", "School or university assignment"),
    Choice("2", "Pemerintahan", "Government work"),
    Choice("3", "Komersial", "Commercial use"),
    Choice("4", "Penelitian", "Research"),
    Choice(OTHER_PURPOSE, "Lainnya", "Other"),
)
# Services and channels are bit codes in the survey, so that a selection is also their sum.
SERVICES = (
    Choice(LIBRARY, "Perpustakaan", "Library"),
    Choice("2", "Permintaan data", "Data request"),
    Choice("4", "Akses produk di website BPS", "Products on the BPS website"),
    Choice("8", "Konsultasi statistik", "Statistical consultation"),
    Choice("16", "Rekomendasi kegiatan statistik", "Recommendation of a statistical activity"),
)
CHANNELS = (
    Choice(IN_PERSON, "Datang langsung", "In person"),
    Choice("2", "PST online (pst.bps.go.id)", "PST online (pst.bps.go.id)"),
    Choice("4", "Website BPS/AllStats BPS", "BPS website or AllStats BPS"),
    Choice("8", "Surat/email", "Letter or e-mail"),
    Choice("16", "Aplikasi chat", "Chat application"),
    Choice("32", "Lainnya", "Other"),
)
# The survey's codes of kinds of disability, asked as what it takes to help: nobody is asked for a
# diagnosis. Empty means none or not said.
DISABILITIES = (
    Choice("1", "Bantuan bergerak: kursi roda, pintu, tangga", "Help to move: wheelchair, doors"),
    Choice("2", "Penjelasan sederhana, pelan-pelan", "Simple words, taking time"),
    Choice("3", "Tempat tenang atau pendamping", "A quiet place or company"),
    Choice("4", "Bantuan melihat, mendengar, atau berbicara", "Help to see, hear or speak"),
)

LISTS: dict[str, tuple[Choice, ...]] = {
    "sex": SEX,
    "age_band": AGE_BANDS,
    "education": EDUCATION,
    "occupation": OCCUPATIONS,
    "agency_category": AGENCY_CATEGORIES,
    "purpose": PURPOSES,
    "services": SERVICES,
    "channels": CHANNELS,
    "disability": DISABILITIES,
}


def codes_of(field: str) -> frozenset[str]:
    """Every code a field accepts."""
    return frozenset(choice.code for choice in LISTS[field])


def labels(field: str, codes: Iterable[str], language: str) -> tuple[str, ...]:
    """The labels of these codes, in the order of the list; unknown codes are left out."""
    wanted = set(codes)
    return tuple(c.label(language) for c in LISTS[field] if c.code in wanted)
