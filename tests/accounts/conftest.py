"""The scene that the tests of authorization share."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from tests.accounts import scene as scenes


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Any) -> Iterator[scenes.Scene]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    caches["throttle"].clear()
    logging.disable(logging.CRITICAL)  # thousands of refusals, each with a traceback
    yield scenes.build()
    logging.disable(logging.NOTSET)
