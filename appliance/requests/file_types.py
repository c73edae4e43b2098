"""What an officer may answer with: told by a file's content, never by its name."""

import struct
import zipfile
from enum import StrEnum
from typing import IO

from appliance.errors import N_, Invalid

MOST_BYTES = 64_000_000  # what a phone takes over the Wi-Fi of a room, and a small disk can spare
_HEAD_BYTES = 1024  # where readers look for the beginning of a PDF
_PDF, _ZIP, _ZIP_END = b"%PDF-", b"PK\x03\x04", b"PK\x05\x06"
_END_BYTES = 22 + 65535  # of a ZIP archive: its last record, and the longest comment behind it
MOST_DIRECTORY_BYTES = 1_000_000  # every entry becomes an object of Python's before we see it
_SPREADSHEET = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
_MACROS = ("vbaproject.bin", "/macrosheets/")  # names of parts are of either case
TOO_LARGE = N_("Berkas paling besar 64 MB. Kecilkan, atau serahkan dengan cara lain.")
NOT_TAKEN = N_("Yang diterima hanya PDF dan lembar kerja Excel (XLSX) tanpa makro.")
EMPTY = N_("Pilih berkas yang menjawab permintaan ini.")


class FileKind(StrEnum):
    """What a file is; the values are those of the database and of file names."""

    PDF = "pdf"
    XLSX = "xlsx"


MIME = {
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def kind_of(file: IO[bytes]) -> FileKind:
    """What this file is; it is left where it was at its beginning. Raises Invalid (`file`)."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    try:
        if not size:
            raise Invalid({"file": EMPTY})
        if size > MOST_BYTES:
            raise Invalid({"file": TOO_LARGE})
        if _PDF in head:
            return FileKind.PDF
        if head.startswith(_ZIP) and _is_spreadsheet(file, size):
            return FileKind.XLSX
        raise Invalid({"file": NOT_TAKEN})
    finally:
        file.seek(0)


def _is_spreadsheet(file: IO[bytes], size: int) -> bool:
    file.seek(max(size - _END_BYTES, 0))
    tail = file.read(_END_BYTES)
    end = tail.rfind(_ZIP_END)
    if end < 0 or len(tail) - end < 22:
        return False
    (directory_bytes,) = struct.unpack_from("<L", tail, end + 12)
    if directory_bytes > MOST_DIRECTORY_BYTES:
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError):
        # RuntimeError: of a version that zipfile does not know.
        return False
    has_macros = any(part in name.lower() for name in names for part in _MACROS)
    return names >= _SPREADSHEET and not has_macros
