"""The ZIP around an XLSX, judged before anything inside is believed.

Runs in the child process only. Order: directory (names, doubles, flags, sizes, ratios), nothing
before or behind the archive, then every part once to its end (CRC, no DTD, UTF-8 only).
Neither openpyxl nor calamine does this: both read files with trailing bytes, `../` names,
macros and doubled parts without complaint (design/reliability.md, part 4).
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from employees.sheets.limits import MIB, Limits, SheetRefused

CHUNK = 256 * 1024
# Small parts compress well by nature: a ratio says something only beyond this size.
_RATIO_FROM = 4 * MIB
_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENCRYPTED = 0x1
_MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|activex/.*\.bin$", re.IGNORECASE)
_XML_NAME = re.compile(r"\.(?:xml|rels|vml)$", re.IGNORECASE)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UTF8_NAMES = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


def open_checked(stream: IO[bytes], limits: Limits) -> zipfile.ZipFile:
    """The archive after all checks of its directory and parts; raises SheetRefused."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, struct.error) as error:
        raise SheetRefused("zip_damaged") from error
    _check_directory(archive.infolist(), limits)
    _check_end(stream)
    for info in archive.infolist():
        if not info.is_dir():
            _check_part(archive, info)
    return archive


def read_chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of one part; whatever is wrong with the packing refuses the file."""
    try:
        with archive.open(name) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise SheetRefused("zip_damaged") from error


def _check_directory(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.parts:
        raise SheetRefused("zip_parts", limit=limits.parts)
    names = [info.orig_filename for info in infos]
    if any(_escapes(name) for name in names):
        raise SheetRefused("zip_path")
    if len({name.casefold() for name in names}) != len(names):
        raise SheetRefused("zip_doubled")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise SheetRefused("encrypted")
    _check_sizes(infos, limits)
    if "EncryptedPackage" in names:
        raise SheetRefused("encrypted")
    if any(_MACROS.search(name) for name in names):
        raise SheetRefused("macros")
    if not any(name.casefold() == "[content_types].xml" for name in names):
        raise SheetRefused("wrong_format", extension=".xlsx")


def _escapes(name: str) -> bool:
    pieces = name.split("/")
    return (
        name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ":" in name
        or ".." in pieces
        or "%2e%2e" in name.lower()
    )


def _check_sizes(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    bombs = any(
        info.file_size > _RATIO_FROM and info.file_size > limits.ratio * info.compress_size
        for info in infos
    )
    whole = unpacked > _RATIO_FROM and unpacked > limits.ratio * packed
    if unpacked > limits.unpacked or bombs or whole:
        raise SheetRefused("zip_bomb", limit_mib=limits.unpacked // MIB)


def _check_end(stream: IO[bytes]) -> None:
    """The end record must be the last bytes and the directory stand right before it.

    Else there is something in front of the archive, behind it, or a comment: a second file in
    the same bytes.
    """
    size = stream.seek(0, 2)
    stream.seek(size - _END.size)
    fields = _END.unpack(stream.read(_END.size))
    if fields[0] != b"PK\5\6" or fields[7] != 0:
        raise SheetRefused("zip_trailing")
    directory_size, directory_start, end = fields[5], fields[6], size - _END.size
    if 0xFFFFFFFF in (directory_size, directory_start) or fields[4] == 0xFFFF:
        directory_size, directory_start, end = _end64(stream, end)
    if directory_start + directory_size != end:
        raise SheetRefused("zip_trailing")
    stream.seek(0)
    if stream.read(4) != b"PK\3\4":
        raise SheetRefused("zip_trailing")


def _end64(stream: IO[bytes], end: int) -> tuple[int, int, int]:
    start = end - _END64_LOCATOR.size - _END64.size
    if start < 0:
        raise SheetRefused("zip_damaged")
    stream.seek(start)
    record = _END64.unpack(stream.read(_END64.size))
    if record[0] != b"PK\6\6":
        raise SheetRefused("zip_damaged")
    return record[8], record[9], start


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Read a part to its end (CRC) and look through every XML part for a DTD."""
    xml = bool(_XML_NAME.search(info.filename))
    tail = b""
    first = True
    for chunk in read_chunks(archive, info.filename):
        if first:
            xml = xml or chunk.lstrip()[:5].lower() == b"<?xml"
            if xml:
                _check_encoding(chunk)
            if b"macroEnabled" in chunk and info.filename == "[Content_Types].xml":
                raise SheetRefused("macros")
            first = False
        if xml:
            block = tail + chunk
            if b"<!" in block and _DTD.search(block):
                raise SheetRefused("xml_dtd")
            tail = chunk[-16:]


def _check_encoding(chunk: bytes) -> None:
    """UTF-8 only, as every spreadsheet writes: another encoding could hide a DTD from the scan."""
    body = chunk.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARATION.match(body[:200])
    wide = body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:64]
    if wide or (declared and declared[1].lower() not in _UTF8_NAMES):
        raise SheetRefused("xml_encoding")
