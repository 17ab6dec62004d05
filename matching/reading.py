"""Small tables in text files, read whole or refused with a sentence: size, encoding, NUL, broken quotes, long lines."""

import csv
import gzip
import io
import zlib
from pathlib import Path

from matching.errors import Fault, UnreadableFile

LARGEST = 100_000_000  # bytes, unpacked


def read_rows(path: Path, way_out: str, *, windows: bool = False) -> list[list[str]]:
    """All rows of a CSV file, or of one packed with gzip; raises `UnreadableFile`.

    `windows` accepts Windows-1252 where a file is not UTF-8, for publishers who write it.
    """
    data = _data(path, way_out)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if not windows:
            raise _refused(path, "is not text in UTF-8.", way_out) from None
        text = data.decode("cp1252", errors="replace")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as fault:
        raise _refused(path, f"is not CSV: {fault}.", way_out) from None


def _data(path: Path, way_out: str) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise _refused(path, "is not packed with gzip, or broke off.", way_out) from None
    if len(data) > LARGEST:
        raise _refused(path, "the file is larger than 100 MB.", way_out)
    if b"\x00" in data:
        raise _refused(path, "the file holds NUL characters and is no text.", way_out)
    return data


def _refused(path: Path, reason: str, way_out: str) -> UnreadableFile:
    return UnreadableFile((Fault(file=path.name, row=None, column=None, value=None, reason=reason, way_out=way_out),))
