"""What a scan is, judged by its first bytes and never by its name."""

SCAN_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
_SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


def file_ending(head: bytes) -> str | None:
    """ "pdf", "jpg" or "png" by the first bytes of a file; None for anything else."""
    return next((ending for sign, ending in _SIGNATURES.items() if head.startswith(sign)), None)
