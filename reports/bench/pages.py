"""What the list of people costs, at three page sizes, through the whole site."""

from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from accounts.models import User
from reports.bench.recalculation import recalculate
from reports.bench.table import Figure

MOST = 12
PLAIN = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@override_settings(STORAGES=PLAIN, SECURE_SSL_REDIRECT=False)
def people_list(people: int, repeats: int) -> list[Figure]:
    """Statements and seconds of a page of 25, 50 and 100 people, session and sign-in included."""
    recalculate()
    officer, _ = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})
    client = Client(SERVER_NAME="localhost")
    client.force_login(officer)
    return [_page(client, people, size, repeats) for size in (25, 50, 100)]


def _page(client: Client, people: int, size: int, repeats: int) -> Figure:
    address, spent = reverse("reports:people"), []
    for _ in range(repeats):
        with CaptureQueriesContext(connection) as captured:
            begin = perf_counter()
            answer = client.get(address, {"size": size})
            spent.append(perf_counter() - begin)
        if answer.status_code != 200:
            raise AssertionError(answer.status_code)
    return Figure(
        f"people list, {size} a page",
        people,
        ours_s=round(median(spent), 6),
        queries=len(captured),
        target=f"<= {MOST} queries",
        holds=len(captured) <= MOST,
    )
