"""Imports every kind of claim, so that each registers itself."""

from credits.services.claims import conventional, handing_in  # noqa: F401
