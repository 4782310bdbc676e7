from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    name = "credits"
    verbose_name = _("Credits")

    def ready(self) -> None:
        from credits import importing, keeping, notices, policy  # noqa: F401 - they need the models
        from credits.services import evidence  # noqa: F401 - freezes what is submitted
        from credits.services.claims import all_kinds  # noqa: F401
        from credits.views.claims import fact_panel  # noqa: F401

        importing.register()
        keeping.register()
        _ask_for_the_rules_when_computing()


def _ask_for_the_rules_when_computing() -> None:
    """A request or task that computes finds the set of editions in force, once; others ask not."""
    from celery.signals import task_postrun, task_prerun
    from django.core.signals import request_finished, request_started

    from credits.rules.editions import deferred, forget
    from credits.services.rulebooks import in_force

    def begin(**kwargs: Any) -> None:
        deferred(in_force)

    def end(**kwargs: Any) -> None:
        forget()

    for started in (request_started, task_prerun):
        started.connect(begin, weak=False, dispatch_uid="credits.rules")
    for finished in (request_finished, task_postrun):
        finished.connect(end, weak=False, dispatch_uid="credits.rules")
