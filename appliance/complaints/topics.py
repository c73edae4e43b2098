"""What a complaint may be about: the fourteen components of the service standard, and two more.

Six components are of the service itself and come first; eight are of the office behind it
(Permenpan 15/2014).
"""

from appliance.actor import Role
from appliance.choice import Choice

SERVICE = (
    Choice("requirements", "Persyaratan", "Requirements"),
    Choice("procedure", "Sistem, mekanisme, dan prosedur", "System, mechanism and procedure"),
    Choice("time", "Waktu penyelesaian", "Time it takes"),
    Choice("fee", "Biaya atau tarif", "Fee or tariff"),
    Choice("product", "Produk pelayanan: koleksi dan data", "What is provided: collection, data"),
    Choice("complaints", "Penanganan pengaduan", "Handling of complaints"),
)
OFFICE = (
    Choice("service", "Sikap dan kemampuan petugas", "Conduct and competence of staff"),
    Choice("facility", "Sarana dan prasarana", "Facilities"),
    Choice("staffing", "Jumlah petugas", "Number of staff"),
    Choice("guarantee", "Jaminan pelayanan", "Guarantee of the service"),
    Choice("safety", "Keamanan dan keselamatan", "Security and safety"),
    Choice("supervision", "Pengawasan internal", "Internal supervision"),
    Choice("evaluation", "Evaluasi kinerja", "Evaluation of performance"),
    Choice("legal_basis", "Dasar hukum", "Legal basis"),
)
OTHERS = (
    Choice("integrity", "Pungutan, gratifikasi, atau calo", "Illegal fees, gifts or middlemen"),
    Choice("other", "Hal lain", "Something else"),
)
TOPICS = SERVICE + OFFICE + OTHERS
CODES = frozenset(topic.code for topic in TOPICS)
# An officer must not be the one who reads that an officer took money.
ADMIN_TOPICS = frozenset({"integrity"})


def hidden_from(role: Role) -> frozenset[str]:
    """The topics that people of this role do not get to read."""
    return frozenset() if role is Role.ADMIN else ADMIN_TOPICS


def topic(code: str) -> Choice:
    """The topic with this code; a code from before these reads as it is written."""
    return next((one for one in TOPICS if one.code == code), Choice(code, code, code))
