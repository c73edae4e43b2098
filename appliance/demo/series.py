"""Series of publications that every district office has on its shelves.

``{d}`` is the district, ``{p}`` the province, ``{k}`` a sub-district, ``{y}`` the year, ``{b}``
the year before, ``{a}`` four years before.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its title, years, subject, what it holds, and where it stands."""

    title: str
    years: range
    subject: str
    abstract: str
    shelf: str
    catalogue_number: str
    level: str = "district"  # or province, country, sub_district
    kind: str = "publication"
    pages: tuple[int, int] = (60, 240)
    copies: int = 1


DISTRICT: tuple[Series, ...] = (
    Series(
        "{d} Dalam Angka {y}",
        range(2008, 2026),
        "Statistik Umum",
        "{d} Dalam Angka {y} memuat data geografi dan iklim, pemerintahan, penduduk dan"
        " ketenagakerjaan, sosial, pertanian, industri, pariwisata, transportasi, perbankan,"
        " pengeluaran penduduk, perdagangan, dan sistem neraca regional. Data berasal dari BPS"
        " dan instansi pemerintah di {d}, umumnya keadaan tahun {b}.",
        "1A",
        "1102001",
        pages=(280, 420),
        copies=3,
    ),
    Series(
        "Statistik Daerah {d} {y}",
        range(2010, 2025),
        "Statistik Umum",
        "Berisi ulasan deskriptif tentang pembangunan {d} dalam berbagai bidang: penduduk,"
        " pendidikan, kesehatan, kemiskinan, pertanian, dan pendapatan regional, disajikan"
        " dengan tabel dan gambar yang mudah dipahami.",
        "1B",
        "1101002",
        pages=(40, 70),
        copies=2,
    ),
    Series(
        "Produk Domestik Regional Bruto {d} Menurut Lapangan Usaha {a}-{b}",
        range(2012, 2026),
        "Neraca Regional",
        "Menyajikan PDRB {d} menurut lapangan usaha atas dasar harga berlaku dan harga konstan"
        " 2010, distribusi, laju pertumbuhan ekonomi, dan indeks implisit selama lima tahun."
        " Lapangan usaha pertanian, kehutanan, dan perikanan masih menjadi penyumbang terbesar.",
        "4A",
        "9302021",
        copies=2,
    ),
    Series(
        "Produk Domestik Regional Bruto {d} Menurut Pengeluaran {a}-{b}",
        range(2014, 2026),
        "Neraca Regional",
        "Menyajikan PDRB {d} menurut komponen pengeluaran: konsumsi rumah tangga, LNPRT,"
        " pemerintah, pembentukan modal tetap bruto, perubahan inventori, dan ekspor neto.",
        "4A",
        "9302022",
    ),
    Series(
        "Indikator Kesejahteraan Rakyat {d} {y}",
        range(2011, 2025),
        "Kesejahteraan",
        "Menyajikan taraf kesejahteraan penduduk {d}: kependudukan, kesehatan dan gizi,"
        " pendidikan, ketenagakerjaan, taraf dan pola konsumsi, perumahan dan lingkungan,"
        " kemiskinan, serta sosial lainnya. Sumber utama: Survei Sosial Ekonomi Nasional.",
        "3A",
        "4102004",
        copies=2,
    ),
    Series(
        "Indeks Pembangunan Manusia {d} {y}",
        range(2012, 2024),
        "Kesejahteraan",
        "Memuat perkembangan Indeks Pembangunan Manusia {d} dan komponennya: umur harapan hidup"
        " saat lahir, harapan lama sekolah, rata-rata lama sekolah, dan pengeluaran per kapita"
        " yang disesuaikan, dengan perbandingan antarkabupaten/kota di {p}.",
        "3A",
        "4102002",
    ),
    Series(
        "Data dan Informasi Kemiskinan {d} {y}",
        range(2015, 2025),
        "Kemiskinan",
        "Menyajikan garis kemiskinan, jumlah dan persentase penduduk miskin, indeks kedalaman"
        " dan keparahan kemiskinan, serta ciri rumah tangga miskin di {d}.",
        "3B",
        "3205014",
    ),
    Series(
        "Keadaan Angkatan Kerja {d} Agustus {y}",
        range(2013, 2025),
        "Ketenagakerjaan",
        "Memuat penduduk usia kerja, angkatan kerja, tingkat partisipasi, pengangguran terbuka,"
        " lapangan pekerjaan utama, dan status pekerjaan di {d}, hasil Survei Angkatan Kerja"
        " Nasional bulan Agustus {y}.",
        "3C",
        "2303004",
    ),
    Series(
        "Statistik Tanaman Hortikultura {d} {y}",
        range(2016, 2025),
        "Pertanian",
        "Menyajikan luas panen dan produksi sayuran, buah-buahan, tanaman biofarmaka, dan"
        " tanaman hias menurut kecamatan di {d}. Jeruk, cabai, dan pisang mendapat ulasan"
        " tersendiri.",
        "2B",
        "5204003",
    ),
    Series(
        "Luas Panen dan Produksi Padi {d} {y}",
        range(2018, 2025),
        "Pertanian",
        "Menyajikan luas panen, produksi padi, dan beras {d} yang dihitung dengan Kerangka"
        " Sampel Area, menurut bulan dan subround.",
        "2A",
        "5203031",
    ),
    Series(
        "Statistik Harga Konsumen Perdesaan {d} {y}",
        range(2017, 2024),
        "Harga",
        "Memuat harga eceran kebutuhan rumah tangga dan inflasi perdesaan di pasar-pasar {d},"
        " menurut bulan dan kelompok pengeluaran.",
        "4C",
        "7102008",
    ),
    Series(
        "Statistik Keuangan Pemerintah Nagari {d} {y}",
        range(2017, 2023),
        "Keuangan",
        "Menyajikan realisasi penerimaan dan pengeluaran pemerintah nagari di {d}, termasuk dana"
        " desa dan alokasi dana nagari.",
        "4D",
        "7203009",
    ),
    Series(
        "Potensi Desa {d} {y}",
        range(2011, 2025, 3),
        "Wilayah",
        "Memuat ketersediaan dan keterjangkauan prasarana di setiap nagari dan jorong: sekolah,"
        " fasilitas kesehatan, listrik, air minum, jalan, pasar, dan sinyal telepon seluler.",
        "5A",
        "1305023",
    ),
    Series(
        "Hasil Sensus Pertanian 2023 {d} Tahap I",
        range(2023, 2024),
        "Pertanian",
        "Hasil pencacahan lengkap Sensus Pertanian 2023: unit usaha pertanian perorangan, rumah"
        " tangga usaha pertanian, petani gurem, petani milenial, dan penggunaan lahan di {d}.",
        "2A",
        "5106022",
        copies=2,
    ),
    Series(
        "Hasil Long Form Sensus Penduduk 2020 {d}",
        range(2023, 2024),
        "Kependudukan",
        "Menyajikan indikator fertilitas, mortalitas, migrasi, pendidikan, disabilitas, dan"
        " perumahan {d} hasil pendataan Long Form Sensus Penduduk 2020.",
        "3C",
        "2102041",
    ),
    Series(
        "Potensi Ekonomi {d}: Analisis Hasil Listing Sensus Ekonomi 2016",
        range(2017, 2018),
        "Ekonomi",
        "Mengulas jumlah usaha, tenaga kerja, dan sebaran usaha nonpertanian menurut kecamatan"
        " dan skala usaha di {d}.",
        "4B",
        "9102021",
    ),
    Series(
        "Leaflet Indikator Strategis {d} {y}",
        range(2021, 2026),
        "Statistik Umum",
        "Satu lembar angka penting {d}: penduduk, kemiskinan, pengangguran, IPM, dan pertumbuhan"
        " ekonomi.",
        "1C",
        "1101015",
        kind="leaflet",
        pages=(2, 4),
        copies=5,
    ),
    Series(
        "Kecamatan {k} Dalam Angka {y}",
        range(2013, 2026),
        "Statistik Umum",
        "Kecamatan {k} Dalam Angka {y} menyajikan keadaan geografi, pemerintahan, penduduk,"
        " pendidikan, kesehatan, pertanian, dan perekonomian nagari-nagari di Kecamatan {k},"
        " {d}.",
        "1D",
        "1102001",
        level="sub_district",
        pages=(60, 140),
    ),
)

WIDER: tuple[Series, ...] = (
    Series(
        "{p} Dalam Angka {y}",
        range(2012, 2026),
        "Statistik Umum",
        "Memuat data pokok seluruh kabupaten dan kota di {p}: geografi, pemerintahan, penduduk,"
        " sosial, pertanian, industri, perdagangan, transportasi, dan neraca regional.",
        "6A",
        "1102001",
        level="province",
        pages=(600, 820),
    ),
    Series(
        "Statistik Kesejahteraan Rakyat {p} {y}",
        range(2016, 2025),
        "Kesejahteraan",
        "Menyajikan hasil Susenas Maret {y} untuk kabupaten/kota di {p}: kesehatan, pendidikan,"
        " perumahan, teknologi informasi, dan perlindungan sosial.",
        "6B",
        "4101003",
        level="province",
        pages=(160, 320),
    ),
    Series(
        "Luas Panen dan Produksi Padi di {p} {y}",
        range(2018, 2025),
        "Pertanian",
        "Luas panen dan produksi padi kabupaten/kota di {p} hasil Survei Kerangka Sampel Area"
        " dan Survei Ubinan.",
        "6C",
        "5203031",
        level="province",
    ),
    Series(
        "Statistik Indonesia {y}",
        range(2016, 2026),
        "Statistik Umum",
        "Statistical Yearbook of Indonesia: data dan informasi pokok Indonesia menurut provinsi,"
        " disertai perbandingan internasional.",
        "7A",
        "1101001",
        level="country",
        pages=(760, 920),
    ),
    Series(
        "Klasifikasi Baku Lapangan Usaha Indonesia {y}",
        range(2015, 2021, 5),
        "Klasifikasi",
        "Klasifikasi rujukan kegiatan ekonomi: kategori, golongan pokok, golongan, subgolongan,"
        " dan kelompok, dengan uraian dan contoh.",
        "7B",
        "1303018",
        level="country",
        kind="book",
        pages=(420, 640),
    ),
)

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
PRESS_TITLE = "Perkembangan Indeks Harga Konsumen {p} {m} {y}"
PRESS_ABSTRACT = (
    "Berita Resmi Statistik tentang inflasi bulanan dan tahunan {p} pada {m} {y}, menurut kelompok"
    " pengeluaran dan komoditas penyumbang terbesar."
)
