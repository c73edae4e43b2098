"""What described data is coded by: block III of the national survey of data needs (SKD)."""

from appliance.choice import Choice

LEVELS = (
    Choice("1", "Nasional", "National"),
    Choice("2", "Provinsi", "Province"),
    Choice("3", "Kabupaten/kota", "Regency or municipality"),
    Choice("4", "Kecamatan", "District"),
    Choice("5", "Desa/kelurahan", "Village"),
    Choice("6", "Individu", "Individual"),
    Choice("7", "Lainnya", "Other"),
)
PERIODS = (
    Choice("1", "Sepuluh tahunan", "Every ten years"),
    Choice("2", "Lima tahunan", "Every five years"),
    Choice("3", "Tiga tahunan", "Every three years"),
    Choice("4", "Tahunan", "Yearly"),
    Choice("5", "Semesteran", "Half-yearly"),
    Choice("6", "Triwulanan", "Quarterly"),
    Choice("7", "Bulanan", "Monthly"),
    Choice("8", "Mingguan", "Weekly"),
    Choice("9", "Harian", "Daily"),
    Choice("10", "Lainnya", "Other"),
)
SOURCES = (
    Choice("publication", "Publikasi", "Publication"),
    Choice("microdata", "Data mikro", "Microdata"),
    Choice("map", "Peta Wilkerstat", "Map of statistical areas"),
    Choice("tabulation", "Tabulasi data", "Tabulation"),
    Choice("website", "Tabel di website", "Table on the website"),
)
YES, NO = "1", "0"
NATIONAL = (Choice(YES, "Ya", "Yes"), Choice(NO, "Tidak", "No"))
# Asked of those who came for a state institution, a ministry, the forces or a regional government.
ASKED_FOR_NATIONAL = frozenset({"1", "2", "3", "4"})
OUTCOMES = (
    Choice("1", "Ya, sesuai", "Yes, as needed"),
    Choice("2", "Ya, tetapi tidak sesuai", "Yes, but not as needed"),
    Choice("3", "Tidak diperoleh", "Not obtained"),
    Choice("4", "Belum diperoleh", "Not obtained yet"),
)
OBTAINED = frozenset({"1", "2"})  # only these are asked how good the data are
WORST, BEST = 1, 10

CODED: dict[str, tuple[Choice, ...]] = {
    "level": LEVELS,
    "period": PERIODS,
    "source": SOURCES,
    "national": NATIONAL,
}
"""The fields of the request form that are kept as codes; each may stay empty."""
