from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmployeesConfig(AppConfig):
    name = "employees"
    verbose_name = _("Employees")

    def ready(self) -> None:
        from employees import catalogue, keeping, notices, policy  # noqa: F401 - they need the models
        from employees.services import kinds

        catalogue.register()
        keeping.register()
        kinds.register()
