"""How large a request with files may be: refused by what it says of itself, before it is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MIB = 1024 * 1024


class RequestLimit(FileUploadHandler):
    """Answers 400 to a request larger than UPLOAD_REQUEST_LIMIT_MIB; it keeps no file itself.

    Without it a body of any size would fill the disk before a form sees it.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.UPLOAD_REQUEST_LIMIT_MIB * MIB:
            raise RequestDataTooBig("a request with files is larger than the limit")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
