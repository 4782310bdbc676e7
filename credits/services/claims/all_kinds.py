"""Imports every kind of claim, so that each registers itself."""

from credits.services.claims import (  # noqa: F401
    conventional,
    determining,
    objecting,
    papers,
    telling,
)
