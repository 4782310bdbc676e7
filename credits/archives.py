"""Uploaded files that may be ZIPs: their members, bounded before anything is unpacked."""

import io
import zipfile
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from accounts.errors import Refusal


class UnpackError(Refusal):
    """The files are refused: `code` says why."""


def archive_problem(code: str) -> str:
    return {
        "too_many": _("Too many files at once. Upload them in several parts."),
        "too_large": _("The files are too large together. Upload them in several parts."),
    }.get(code, _("The ZIP cannot be read. Make it again, without a password."))


def unpacked(
    files: Iterable[tuple[str, bytes]], most: int, most_bytes: int
) -> Iterator[tuple[str, bytes]]:
    """Files by name with their bytes, ZIPs as their members; no ZIP inside a ZIP is opened.

    Raises UnpackError: `too_many`, `too_large`, `unreadable`.
    """
    count = size = 0
    for name, data in files:
        for member, content in _members(name, data, most, most_bytes):
            count, size = count + 1, size + len(content)
            if count > most:
                raise UnpackError("too_many")
            if size > most_bytes:
                raise UnpackError("too_large")
            yield member, content


def _members(name: str, data: bytes, most: int, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK\x03\x04"):
        yield name, data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            if len(infos) > most:
                raise UnpackError("too_many")
            if sum(i.file_size for i in infos) > most_bytes:
                raise UnpackError("too_large")
            for info in infos:
                with archive.open(info) as member:
                    content = member.read(most_bytes + 1)
                yield info.filename.rsplit("/", 1)[-1], content
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        raise UnpackError("unreadable") from None
