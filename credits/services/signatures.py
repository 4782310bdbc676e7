"""Whether a file is a signed copy of a document.

Electronic signing of a PDF appends to it (ISO 32000-1, 7.5.6 incremental updates; 12.8): the
document's own bytes stay in front, and a signature dictionary with /ByteRange comes after. That
is all that is looked at here; whether the signature is valid is the signing service's business.
"""

import re

_SIGNATURE = re.compile(rb"/ByteRange\s*\[")


def is_signed_copy(file: bytes, issued: bytes) -> str | None:
    """None when `file` is `issued` with a signature appended, else a code why not."""
    if not file.startswith(issued):
        return "not_this_document"
    return None if _SIGNATURE.search(file, len(issued)) else "no_signature"
