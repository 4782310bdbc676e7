"""Regulations as pages: the list by date, one edition with its articles, and its file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policy import allows, guard
from credits.models import RegulationVersion
from credits.rules.editions import Edition, current
from positions.models import Position
from reports import regulations
from reports.views import regulation_steps as steps

State = RegulationVersion.State


@guard("regulation", "view")
@require_GET
def regulation_list(request: HttpRequest) -> HttpResponse:
    """Which edition holds when; for staff, what is on its way."""
    context: dict[str, Any] = {
        "rows": regulations.listed(regulations.all_editions(current()), timezone.localdate()),
        "may_add": allows(request.user, "regulation", "add"),
    }
    if allows(request.user, "regulation_version", "view"):
        others = RegulationVersion.objects.exclude(state=State.PUBLISHED)
        waiting = RegulationVersion.objects.filter(
            state=State.PUBLISHED, withdrawal_by__isnull=False
        )
        context |= {
            "versions": [
                (version, steps.BADGES[version.state])
                for version in (others | waiting)
                .select_related("drafted_by")
                .defer("source", "golden")
            ],
        }
    return render(request, "reports/regulation_list.html", context)


@guard("regulation", "view")
@require_GET
def regulation_page(request: HttpRequest, key: str) -> HttpResponse:
    """One edition: its values with their articles, what changed, where it is used."""
    edition = _edition(key)
    earlier = regulations.before(edition, regulations.all_editions(current()))
    sections = regulations.sections(edition, earlier)
    staff = allows(request.user, "regulation_version", "view")
    context = {
        "edition": edition,
        "regime": regulations.words.REGIMES.get(edition.regime, edition.regime),
        "earlier": earlier,
        "sections": sections,
        "changes": regulations.changes(sections),
        "positions": position_names(edition),
        "open_start": edition.effective_from.year < 1900,
        "use": regulations.use_of(key) if staff else None,
        "version": _published(key) if staff else None,
    }
    return render(request, "reports/regulation_page.html", context)


@guard("regulation", "view")
@require_GET
def regulation_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file as it was handed in or shipped: what the next edition begins from."""
    text = regulations.file_of(_edition(key), _published(key))
    return steps.toml(text, key)


def _edition(key: str) -> Edition:
    found = regulations.by_key(key)
    if found is None:
        raise Http404
    return found


def _published(key: str) -> RegulationVersion | None:
    return RegulationVersion.objects.filter(key=key, state=State.PUBLISHED).first()


def position_names(edition: Edition) -> list[str]:
    found = Position.objects.filter(code__in=edition.positions)
    return sorted(found.values_list("name", flat=True))


_VERSION = "peraturan/versi/<uuid:public_id>/"
routes: list[URLPattern] = [
    path("peraturan/", regulation_list, name="regulations"),
    path("peraturan/muat/", steps.regulation_load, name="regulation_load"),
    path(_VERSION, steps.regulation_version, name="regulation_version"),
    path(f"{_VERSION}berkas.toml", steps.regulation_source, name="regulation_source"),
    path(f"{_VERSION}dampak.xlsx", steps.regulation_effects, name="regulation_effects"),
    path(f"{_VERSION}coba/", steps.regulation_try, name="regulation_try"),
    path(f"{_VERSION}terbitkan/", steps.regulation_publish, name="regulation_publish"),
    path(f"{_VERSION}buang/", steps.regulation_discard, name="regulation_discard"),
    path(f"{_VERSION}tarik/", steps.regulation_withdraw_ask, name="regulation_withdraw_ask"),
    path(f"{_VERSION}tarik/sahkan/", steps.regulation_withdraw, name="regulation_withdraw"),
    path(f"{_VERSION}tarik/batal/", steps.regulation_keep, name="regulation_keep"),
    path("peraturan/<slug:key>/", regulation_page, name="regulation"),
    path("peraturan/<slug:key>/berkas.toml", regulation_file, name="regulation_file"),
]
