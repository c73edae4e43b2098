"""Catalogue records whose titles are made as those of BPS are, for tests and benches.

The frames are real: a yearly book of every district and every sub-district, welfare and poverty,
regional accounts, prices, harvests, press releases of every month, static tables. Names of places
come from real ones; abstracts spread their words as unevenly as texts do.
"""

import itertools
import random
from collections.abc import Iterator


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DISTRICTS = _listed(
    "Pasaman|Pasaman Barat|Dharmasraya|Agam|Lima Puluh Kota|Solok|Solok Selatan|Sijunjung"
    "|Tanah Datar|Padang Pariaman|Pesisir Selatan|Kepulauan Mentawai|Mandailing Natal"
    "|Tapanuli Utara|Tapanuli Selatan|Toba|Samosir|Dairi|Karo|Langkat|Asahan|Labuhanbatu|Nias"
    "|Kampar|Rokan Hulu|Rokan Hilir|Indragiri Hulu|Siak|Bengkalis|Kerinci|Merangin|Sarolangun"
    "|Bungo|Tebo|Musi Rawas|Ogan Komering Ilir|Lahat|Lampung Barat|Tanggamus|Pesawaran|Bogor"
    "|Sukabumi|Cianjur|Garut|Tasikmalaya|Ciamis|Kuningan|Majalengka|Sumedang|Indramayu|Subang"
    "|Karawang|Cilacap|Banyumas|Purbalingga|Kebumen|Wonosobo|Magelang|Boyolali|Klaten|Sragen"
    "|Blora|Rembang|Jepara|Kendal|Gunungkidul|Bantul|Sleman|Pacitan|Ponorogo|Trenggalek"
    "|Blitar|Jember|Banyuwangi|Bondowoso|Tuban|Lamongan|Gresik|Sampang|Pandeglang|Lebak"
    "|Jembrana|Gianyar|Lombok Timur|Sumbawa|Dompu|Sumba Timur|Belu|Alor|Ende|Ngada|Sambas"
    "|Ketapang|Sintang|Kotawaringin Barat|Katingan|Barito Kuala|Tabalong|Kutai Timur|Berau"
    "|Bulungan|Minahasa Selatan|Poso|Donggala|Selayar|Bulukumba|Gowa|Maros|Luwu Timur"
    "|Tana Toraja|Konawe|Muna|Gorontalo|Majene|Buru|Halmahera Barat|Fakfak|Manokwari|Merauke"
    "|Jayawijaya|Nabire|Biak Numfor"
)
PROVINCES = _listed(
    "Sumatera Barat|Aceh|Sumatera Utara|Riau|Jambi|Lampung|Bengkulu|Banten|Jawa Barat"
    "|Jawa Tengah|Jawa Timur|Bali|Kalimantan Barat|Kalimantan Timur|Sulawesi Utara"
    "|Sulawesi Tengah|Gorontalo|Maluku|Papua"
)
SUB_DISTRICTS = _listed(
    "Bonjol|Tigo Nagari|Simpang Alahan Mati|Lubuk Sikaping|Panti|Padang Gelugur|Duo Koto|Rao"
    "|Mapat Tunggul|Sungai Rumbai|Koto Besar|Asam Jujuhan|Koto Baru|Koto Salak|Tiumang"
    "|Padang Laweh|Sitiung|Timpeh|Pulau Punjung|Lubuk Basung|Tanjung Mutiara|Palembayan|Baso"
    "|Banuhampu|Kamang Magek|Guguak|Harau|Mungka|Suliki|Talamau|Kinali|Luhak Nan Duo"
    "|Ranah Batahan|Sungai Aur|Lembah Melintang|Batipuh|Rambatan|Lintau Buo|Sungayang|Kubung"
    "|Gunung Talang|Pantai Cermin|Hiliran Gumanti|Sangir|Koto Parik Gadang|Kamang Baru"
    "|Tanjung Gadang|Lareh Sago|Bayang|Lengayang|Ranah Pesisir|Linggo Sari|Silaut|Siberut"
    "|Sipora|Pagai|Enam Lingkung|Nan Sabaris|Ulakan Tapakis|Batang Anai|Sintuk|Cisarua|Ciawi"
    "|Cibungbulang|Leuwiliang|Jonggol|Cileungsi|Parung|Cariu|Bumiayu|Ajibarang|Wangon|Sumpiuh"
    "|Kroya|Majenang|Gombong|Karanganyar|Prembun|Kalasan|Depok|Mlati|Gamping|Wonosari|Playen"
    "|Semanu|Kraksaan|Besuki|Panarukan|Genteng|Rogojampi|Glenmore|Ubud|Tegallalang|Aikmel"
    "|Selong|Labuapi|Waingapu|Wewewa|Lewa|Kalabahi|Sekadau|Nanga Pinoh|Pangkalan Bun|Sampit"
    "|Amuntai|Tanjung Redeb|Tanjung Selor|Amurang|Tomohon|Parigi|Ampana|Bantaeng|Sungguminasa"
    "|Malili|Rantepao|Unaaha|Raha|Limboto|Tilamuta|Namlea|Tobelo|Kaimana|Arso|Wamena"
)
NAMES = 40_000  # made-up ones: there are about 84,000 villages, many of the same name
SIDES = ("", "", "", " Utara", " Selatan", " Barat", " Timur", " Tengah")
MONTHS = _listed(
    "Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember"
)
SUBJECTS = _listed(
    "Statistik Umum|Kependudukan|Tenaga Kerja|Pendidikan|Kesehatan|Kemiskinan|Kesejahteraan"
    "|Pertanian|Perkebunan|Perikanan|Peternakan|Kehutanan|Industri|Energi|Perdagangan"
    "|Pariwisata|Transportasi|Harga|Inflasi|Neraca Regional|Keuangan|Gender|Perumahan"
    "|Politik dan Keamanan"
)
# (how often, kind, subject, title)
FRAMES: tuple[tuple[int, str, str, str], ...] = (
    (30, "publication", "Statistik Umum", "Kecamatan {k} Dalam Angka {y}"),
    (8, "publication", "Statistik Umum", "Kabupaten {d} Dalam Angka {y}"),
    (2, "publication", "Statistik Umum", "Provinsi {p} Dalam Angka {y}"),
    (6, "publication", "Statistik Umum", "Statistik Daerah Kabupaten {d} {y}"),
    (4, "publication", "Statistik Umum", "Statistik Daerah Kecamatan {k} {y}"),
    (5, "publication", "Kesejahteraan", "Indikator Kesejahteraan Rakyat Kabupaten {d} {y}"),
    (3, "publication", "Kesejahteraan", "Statistik Kesejahteraan Rakyat Provinsi {p} {y}"),
    (
        4,
        "publication",
        "Neraca Regional",
        "Produk Domestik Regional Bruto Kabupaten {d} Menurut Lapangan Usaha {a}-{y}",
    ),
    (
        3,
        "publication",
        "Neraca Regional",
        "Produk Domestik Regional Bruto Kabupaten {d} Menurut Pengeluaran {a}-{y}",
    ),
    (3, "publication", "Kemiskinan", "Data dan Informasi Kemiskinan Kabupaten {d} {y}"),
    (2, "publication", "Kemiskinan", "Profil Kemiskinan Provinsi {p} {m} {y}"),
    (3, "publication", "Tenaga Kerja", "Keadaan Angkatan Kerja Kabupaten {d} Agustus {y}"),
    (3, "publication", "Kesejahteraan", "Indeks Pembangunan Manusia Kabupaten {d} {y}"),
    (3, "publication", "Pertanian", "Luas Panen dan Produksi Padi Kabupaten {d} {y}"),
    (2, "publication", "Pertanian", "Statistik Tanaman Hortikultura Kabupaten {d} {y}"),
    (2, "publication", "Pertanian", "Hasil Pencacahan Lengkap Sensus Pertanian Kabupaten {d} {y}"),
    (2, "publication", "Kependudukan", "Proyeksi Penduduk Kabupaten {d} {a}-{y}"),
    (2, "publication", "Kependudukan", "Profil Kependudukan Kabupaten {d} Hasil Sensus {y}"),
    (2, "publication", "Gender", "Statistik Gender Kabupaten {d} {y}"),
    (2, "publication", "Kesehatan", "Profil Kesehatan Ibu dan Anak Provinsi {p} {y}"),
    (2, "publication", "Pendidikan", "Statistik Pendidikan Provinsi {p} {y}"),
    (2, "publication", "Transportasi", "Statistik Transportasi Darat Provinsi {p} {y}"),
    (2, "publication", "Pariwisata", "Direktori Hotel dan Akomodasi Lain Kabupaten {d} {y}"),
    (2, "publication", "Keuangan", "Statistik Keuangan Pemerintah Desa Kabupaten {d} {y}"),
    (2, "publication", "Statistik Umum", "Potensi Desa Kabupaten {d} {y}"),
    (8, "press_release", "Inflasi", "Perkembangan Indeks Harga Konsumen {p} {m} {y}"),
    (4, "press_release", "Pertanian", "Perkembangan Nilai Tukar Petani {p} {m} {y}"),
    (4, "press_release", "Perdagangan", "Perkembangan Ekspor dan Impor {p} {m} {y}"),
    (4, "press_release", "Pariwisata", "Perkembangan Pariwisata dan Transportasi {p} {m} {y}"),
    (2, "press_release", "Neraca Regional", "Pertumbuhan Ekonomi {p} Triwulan {t} {y}"),
    (
        6,
        "static_table",
        "Kependudukan",
        "Jumlah Penduduk Menurut Kecamatan dan Jenis Kelamin di Kabupaten {d}, {y}",
    ),
    (4, "static_table", "Perkebunan", "Luas Areal Tanaman Perkebunan di Kabupaten {d}, {y}"),
    (4, "static_table", "Perikanan", "Produksi Perikanan Budidaya di Kabupaten {d}, {y}"),
    (4, "static_table", "Peternakan", "Populasi Ternak Menurut Kecamatan di Kabupaten {d}, {y}"),
    (3, "static_table", "Perumahan", "Rumah Tangga Menurut Sumber Penerangan di Provinsi {p}, {y}"),
)
WORDS = _words(
    "data penduduk kabupaten menurut statistik tahun jumlah kecamatan dan yang di dengan"
    " publikasi menyajikan angka daerah wilayah produksi rumah tangga persen hasil survei"
    " sensus nasional sosial ekonomi pertanian pendidikan kesehatan kemiskinan tenaga kerja"
    " laki perempuan usia pengeluaran konsumsi makanan bukan pendapatan regional bruto"
    " lapangan usaha harga berlaku konstan pertumbuhan laju indeks pembangunan manusia"
    " harapan hidup lama sekolah rata pengangguran terbuka angkatan partisipasi padi sawah"
    " jagung ubi kedelai panen luas hektar ton sayuran buah karet kelapa sawit kopi kakao"
    " perkebunan rakyat ternak sapi kerbau kambing ayam ikan perikanan budidaya tangkap hutan"
    " industri pengolahan listrik air bersih pelanggan perdagangan ekspor impor pelabuhan"
    " hotel kamar tamu wisatawan jalan aspal kendaraan bermotor bank koperasi simpanan kredit"
    " inflasi kelompok bahan pangan perumahan sandang inti bergejolak triwulan bulan keadaan"
    " perbandingan antar provinsi indonesia gambaran umum pemerintah kebijakan perencanaan"
    " evaluasi sasaran masyarakat pengguna informasi tabel grafik ulasan ringkas disajikan"
    " berdasarkan sumber instansi terkait metodologi konsep definisi kuesioner responden"
    " sampel blok rancangan estimasi kesalahan kualitas cakupan periode seri lengkap edisi"
)
SYLLABLES = _words(
    "ba bu ca da du ga gi ha hi ja ju ka ki ko la li lu ma mi mu na ni nu pa pi pu ra ri ru"
    " sa si su ta ti tu wa wi ya"
)


def records(count: int, *, abstracts: bool = True, seed: int = 1309) -> Iterator[dict[str, object]]:
    """That many rows of `publication`, each title once, the oldest first; always the same ones."""
    chance = random.Random(seed)
    shares = [frame[0] for frame in FRAMES]
    weights = list(itertools.accumulate(1 / (place + 2) for place in range(len(WORDS))))
    tail = [_name(chance) for _ in range(NAMES)]
    seen: set[str] = set()
    while len(seen) < count:
        frame = chance.choices(FRAMES, shares)[0]
        year = 2000 + len(seen) * 26 // count
        title = _title(frame[3], year, tail, chance, seen)
        if title in seen:
            continue
        seen.add(title)
        yield {
            "kind": frame[1],
            "title": title,
            "subject": frame[2] if chance.random() < 0.7 else chance.choice(SUBJECTS),
            "year": year,
            "released_on": f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            "abstract": _abstract(title, weights, tail, chance) if abstracts else "",
            "domain": f"{chance.randint(11, 94)}{chance.randint(1, 12):02d}",
            "publication_number": f"{1101 + len(seen) % 500}0.{year % 100:02d}{len(seen) % 99:02d}",
        }


def _title(frame: str, year: int, names: list[str], chance: random.Random, seen: set[str]) -> str:
    # With many records the real sub-districts are used up; villages and more take their place.
    place = chance.choice(SUB_DISTRICTS) + chance.choice(SIDES)
    if len(seen) > 5000 and chance.random() < 0.8:
        place = f"{chance.choice(names).title()} {chance.choice(names).title()}"
    district = chance.choice(DISTRICTS)
    if len(seen) > 5000 and chance.random() < 0.6:
        district = f"{district} {chance.choice(names).title()}"
    return frame.format(
        k=place,
        d=district,
        p=chance.choice(PROVINCES),
        m=chance.choice(MONTHS),
        t=chance.choice(("I", "II", "III", "IV")),
        y=year,
        a=year - 4,
    )


def _abstract(title: str, weights: list[float], tail: list[str], chance: random.Random) -> str:
    words = chance.choices(WORDS, cum_weights=weights, k=chance.randint(45, 110))
    words += chance.choices(tail, k=chance.randint(10, 25))
    chance.shuffle(words)
    return f"{title} {' '.join(words)}."


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) + chance.choice(
        ("", "n", "ng")
    )
