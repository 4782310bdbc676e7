from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessorsConfig(AppConfig):
    name = "assessors"
    verbose_name = _("Assessors")

    def ready(self) -> None:
        from assessors import notices, plenary_words, policy  # noqa: F401 - they need the models
        from assessors.services import hooks, standing
        from assessors.views import panels

        standing.register()
        hooks.register()
        notices.register()
        panels.register()
