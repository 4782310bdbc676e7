"""Pages about the account itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.policy import public
from accounts.services import remember_language


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and remember it with the account."""
    response = set_language(request)
    if request.user.is_authenticated:
        remember_language(request.user, request.POST.get("language", ""))
    return response
