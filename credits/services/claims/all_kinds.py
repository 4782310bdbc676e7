"""Imports every kind of claim, so that each registers itself."""

from credits.services.claims import conventional  # noqa: F401
