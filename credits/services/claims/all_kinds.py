"""Imports every kind of claim, so that each registers itself, and what all of them share."""

from credits.services.claims import (  # noqa: F401
    conventional,
    determining,
    handing_in,
    ijazah,
    integrasi,
    konversi,
    koreksi,
    objecting,
    papers,
    perpindahan,
    telling,
)
