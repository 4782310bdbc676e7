"""What the pages cost, through the whole site, signed in as an officer."""

from collections.abc import Iterator
from statistics import quantiles
from time import perf_counter

from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from accounts.models import User
from employees.models import Employee
from reports.bench.recalculation import recalculate
from reports.bench.table import Figure

LIST, PERSON = 12, 15  # statements that a list and the person page may take
REQUESTS = 20  # of each page at least: a 95th percentile needs them
LISTS = (
    "reports:people",
    "reports:findings",
    "credits:runs",
    "credits:documents",
    "employees:imports",
)
PLAIN = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@override_settings(STORAGES=PLAIN, SECURE_SSL_REDIRECT=False)
def pages(people: int, repeats: int) -> list[Figure]:
    """Statements, median and 95th percentile of each page, session and sign-in included."""
    recalculate()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would have by the time somebody looks
    officer, _ = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})
    client = Client(SERVER_NAME="localhost")
    client.force_login(officer)
    return [_page(client, people, max(repeats, REQUESTS), *measured) for measured in _addresses()]


def _addresses() -> Iterator[tuple[str, str, int]]:
    """Name, address and most statements of each page."""
    yield "start page", reverse("admin:index"), 0
    yield "overview", reverse("reports:overview"), 0
    for size in (25, 50, 100):
        yield f"people list, {size} a page", f"{reverse('reports:people')}?size={size}", LIST
    for route in LISTS[1:]:
        yield f"list {route}", reverse(route), LIST
    longest = Employee.objects.annotate(n=Count("ratings")).order_by("-n", "pk").first()
    if longest is not None:
        yield "person page", reverse("reports:person", args=[longest.public_id]), PERSON


def _page(client: Client, people: int, requests: int, name: str, address: str, most: int) -> Figure:
    spent = []
    for _ in range(requests):
        with CaptureQueriesContext(connection) as captured:
            begin = perf_counter()
            answer = client.get(address)
            spent.append(perf_counter() - begin)
        if answer.status_code != 200:
            raise AssertionError(f"{address}: {answer.status_code}")
    cuts = quantiles(spent, n=20)
    return Figure(
        name,
        people,
        ours_s=round(cuts[9], 6),
        queries=len(captured),
        target=f"<= {most} queries" if most else "",
        holds=len(captured) <= most if most else None,
        note=f"p95 {cuts[18] * 1000:.0f} ms",
    )
