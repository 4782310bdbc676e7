"""The WSGI application: `gunicorn config.wsgi:application`."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402  after the application is configured

if not (settings.EMBEDDED or settings.DEBUG or os.environ.get("SECRET_KEY")):
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Give every server of this site the same 50 random characters or "
        "more, for example from `python -c 'import secrets; print(secrets.token_urlsafe(50))'`."
    )
