from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from credits import policy as credits_policy  # noqa: F401 - these need the models
        from positions import policy as positions_policy  # noqa: F401
        from reports import policy  # noqa: F401
