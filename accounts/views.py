"""Pages about the account itself: language, notices, the first-day tour."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from accounts import services
from accounts.models import Notice
from accounts.notices import text_of
from accounts.pages import paged, signed_in
from accounts.policy import guard, public, visible

NOTICES_A_PAGE = 30


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and remember it with the account."""
    response = set_language(request)
    if request.user.is_authenticated:
        services.remember_language(request.user, request.POST.get("language", ""))
    return response


@guard("notice", "view")
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """What ended of the work that the reader began, newest first."""
    listed = paged(request, visible(Notice.objects.all(), request.user, "notice"), NOTICES_A_PAGE)
    rows = [(notice, text_of(notice)) for notice in listed["page"]]
    return render(request, "accounts/notices.html", {"list": listed, "rows": rows})


@guard("notice", "change")
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it is read then."""
    mine = visible(Notice.objects.all(), request.user, "notice", "change")
    notice = get_object_or_404(mine, pk=pk)
    services.read_notices(signed_in(request), [notice.pk])
    return redirect(notice.url)


@guard("notice", "change")
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    services.read_notices(signed_in(request))
    messages.success(request, _("All notices are marked as read."))
    return redirect("accounts:notices")


@guard("site", "view")
@require_POST
def tour(request: HttpRequest) -> HttpResponse:
    """Go on with the first-day tour, leave it, or begin it again."""
    user = signed_in(request)
    steps = {"next": user.tour_step + 1, "back": user.tour_step - 1, "again": 0}
    services.set_tour(user, steps.get(request.POST.get("go", ""), services.TOUR_STEPS))
    return redirect("admin:index")
