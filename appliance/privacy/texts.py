"""The words of the privacy notice, as an office's archivist may read and change them.

The first paragraph is the short form beside the consent box. A line that begins with `#` opens a
section, a blank line ends a paragraph. Whoever changes a text gives the office's notice a new
version, so that consent can be traced to what was shown.
"""

INDONESIAN = """
Nama dan kontak Anda dipakai {office} hanya untuk melayani kunjungan ini, disimpan di peranti
kantor, dan dihapus setelah {months} bulan. Isian lainnya menjadi statistik tanpa nama.{also}

# Siapa yang mengelola data Anda
{office}, {address}. Hubungi kami di {contact}.

# Untuk apa dan atas dasar apa
Untuk memanggil dan melayani Anda, menjaga barang titipan, mengirim softcopy yang Anda minta, dan
menghitung statistik pelayanan. Dasarnya adalah persetujuan Anda dan tugas pelayanan publik kami
(UU 27 Tahun 2022 tentang Pelindungan Data Pribadi).

# Apa yang disimpan
Nama dan nama instansi, serta email dan nomor handphone bila Anda mengisinya; untuk anak juga nama
pendampingnya. Bila Anda datang lagi, nama dan nomor handphone atau kartu pengunjung mengenali isian
sebelumnya. Dari rombongan hanya ketuanya yang dicatat namanya.

Jenis kelamin, rentang umur, pendidikan, pekerjaan, kategori instansi, pemanfaatan, layanan,
sarana, data yang dicari, dan bantuan yang Anda perlukan bila Anda mengisinya. Tanggal lahir dan
nomor kependudukan tidak ditanyakan.

Apa yang Anda lakukan selama kunjungan: loker, bacaan, pindaian, salinan publikasi, dan permintaan.
{card}

# Berapa lama
Nama, kontak, dan nama instansi: {months} bulan. Hasil pindai: sampai {minutes} menit setelah
kunjungan selesai atau ruang baca tutup. Alamat yang Anda tulis untuk kiriman berkas lewat email,
dan salinan berkas yang menunggu dikirim: sampai terkirim, paling lama sepekan. Nomor, tanggal, dan
keperluan salinan publikasi disimpan seterusnya tanpa nama, supaya keasliannya dapat diperiksa.
Statistik tanpa nama disimpan seterusnya. Penilaian layanan tidak terhubung dengan kunjungan Anda,
dan bintang untuk publikasi hanya sampai kunjungan selesai.

Isi permintaan softcopy, email yang Anda tulis di situ, dan berkas jawabannya: {days} hari setelah
dijawab. Siapa pun yang memegang kode pengambilannya dapat mengambil berkasnya.

# Siapa yang melihatnya
Petugas ruang baca yang melayani Anda. {sent} Data tidak dijual dan tidak dipakai untuk iklan.

# Hak Anda
Melihat, memperbaiki, atau meminta hapus data Anda, dan menarik persetujuan kapan saja. Minta
kepada petugas di meja atau lewat {contact}; kami menjawab paling lambat 3 × 24 jam. Menarik
persetujuan tidak membatalkan layanan yang sudah diberikan.

Pengunjung di bawah 17 tahun mengisi bersama orang tua, wali, guru, atau petugas.
"""

INDONESIAN_CARD = """
Bila kartu identitas dititipkan untuk loker, yang dicatat hanya jenis kartu dan tempatnya di baki;
nomor dan gambarnya tidak pernah disimpan.
"""

ENGLISH = """
{office} uses your name and contact only to serve this visit, keeps them on the office's own
device, and deletes them after {months} months. The other answers become statistics without a
name.{also}

# Who is responsible
{office}, {address}. Contact: {contact}.

# What for, and on what ground
To call and serve you, to look after what you leave with us, to send the softcopy you ask for, and
to count the service's statistics. The ground is your consent and our duty of public service
(Law 27 of 2022 on Personal Data Protection).

# What is kept
Your name and institution, and your e-mail address and telephone number if you give them; of a child
also the name of who is with them. When you come again, name and telephone number or a visitor's
card find your earlier answers. Of a group only the leader's name is written down.

Sex, age band, education, occupation, kind of institution, intended use, services, channels, the
data you look for, and the help you need if you say so. Birth dates and population numbers are
not asked for.

What you do during the visit: locker, readings, scans, copies of publications and requests. {card}

# How long
Name, contact and institution: {months} months. Scans: until {minutes} minutes after the visit ends
or the room closes. An address that you write down to have a file sent to, and the copy that waits
for it: until it is sent, a week at most. Number, date and purpose of copies of publications are
kept without a name, so that a copy can be verified. Statistics without a name are kept. A rating of
the service is not linked to your visit, and stars for a publication only until the visit ends.

What you asked for as a softcopy, the e-mail address written there and the file of the answer:
{days} days after the answer. Whoever holds its pick-up code can fetch the file.

# Who sees it
The officers of the reading room who serve you. {sent} Nothing is sold or used for advertising.

# Your rights
To see, correct or have erased what we keep, and to withdraw consent at any time. Ask an officer
at the desk or write to {contact}; we answer within 3 × 24 hours. Withdrawing does not undo a
service already given.

Visitors under 17 fill in the guest book together with a parent, guardian, teacher or officer.
"""

ENGLISH_CARD = """
When an identity card is left for a locker, only its kind and its place in the tray are noted; its
number and picture are never stored.
"""

# Who sees it: what leaves the house, without and with fields that the office seals.
INDONESIAN_SENT = """Yang dikirim ke pusat hanya statistik tanpa nama dan
kontak."""
ENGLISH_SENT = """Only statistics without name and contact are sent
to the head office."""
INDONESIAN_SEALED = """
Yang dikirim ke pusat adalah statistik, dan {fields} Anda dalam bentuk terkunci yang hanya dapat
dibuka oleh BPS pusat bila ada alasan yang dicatat. Bila data Anda dihapus di sini, kiriman itu
juga dihapus di pusat.
"""
ENGLISH_SEALED = """
Statistics are sent to the head office, and with them your {fields}, locked so that only the head
office can open them, for a reason that is written down. When your data is erased here, what was
sent is erased there, too.
"""
INDONESIAN_SEALED_SHORT = " Ke BPS pusat juga dikirim {fields} Anda, terkunci."
ENGLISH_SEALED_SHORT = " Also sent to the head office, locked: your {fields}."
FIELDS = {
    "id": {
        "name": "nama",
        "phone": "nomor handphone",
        "email": "email",
        "agency_name": "nama instansi",
    },
    "en": {
        "name": "name",
        "phone": "telephone number",
        "email": "e-mail address",
        "agency_name": "institution",
    },
}

# What whoever answers for a child ticks; what they read is the notice and this.
INDONESIAN_GUARDIAN = """
Saya yang bertanggung jawab atas anak ini. Saya sudah membaca pemberitahuan privasi dan menyetujui
data anak ini dipakai seperti di sana. Persetujuan ini dapat saya cabut kapan saja; sejak itu
datanya tidak ditampilkan atau dipakai lagi, dan dihapus dalam 3 × 24 jam.
"""

ENGLISH_GUARDIAN = """
I answer for this child. I have read the privacy notice and agree that the child's data is used as
it says. I may withdraw this consent at any time; from then on the data is neither shown nor used,
and is erased within 3 × 24 hours.
"""
