from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmployeesConfig(AppConfig):
    name = "employees"
    verbose_name = _("Employees")

    def ready(self) -> None:
        from employees import catalogue, notices, policy  # noqa: F401 - these need the models
        from employees.services import kinds

        catalogue.register()
        kinds.register()
