"""The limits of guessing passwords: axes' own per account and address, and one per account.

The second counts the failures of an account from everywhere, and refuses only addresses in networks
where the account never signed in: whoever guesses at an account locks its owner out of no place
that he uses.
"""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessFailureLog
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.sign_ins import signed_in_before


class LockoutHandler(AxesDatabaseHandler):
    """Axes' handler, which also asks how often the account failed in the last hour."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        locked = self._everywhere(request, credentials)
        request.locked_everywhere = locked  # type: ignore[attr-defined]
        return locked

    def _everywhere(self, request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
        """Every line of axes' log of failures is a password that was tried: refused ones are not
        logged, hence the limit opens again while somebody goes on trying."""
        key = get_client_username(request, credentials)
        since = request.axes_attempt_time - settings.ACCOUNT_COOLOFF_TIME  # type: ignore[attr-defined]
        failures = AccessFailureLog.objects.filter(username=key, attempt_time__gt=since)
        if failures.count() < settings.ACCOUNT_FAILURE_LIMIT:
            return False
        return not signed_in_before(key, request)

    def reset_attempts(
        self,
        *,
        ip_address: str | None = None,
        username: str | None = None,
        ip_or_username: bool = False,
    ) -> int:
        """Also forget what counts for the account, where an administrator unlocks one."""
        if username and not ip_address:
            AccessFailureLog.objects.filter(username=username).delete()
        return int(
            super().reset_attempts(
                ip_address=ip_address, username=username, ip_or_username=ip_or_username
            )
        )

    def remove_out_of_limit_failure_logs(self, *, username: str, limit: int | None = None) -> int:
        """Keep of each name what still counts. The library's own would, beyond a number of rows,
        remove the newest."""
        over = timezone.now() - settings.ACCOUNT_COOLOFF_TIME
        rows = AccessFailureLog.objects.filter(username=username, attempt_time__lte=over)
        return int(rows.delete()[0])
