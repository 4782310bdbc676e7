"""Remove the demonstration by making the schema anew."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection
from django.utils.translation import gettext as _

from accounts.models import User
from employees.catalogue import added_agencies
from employees.models import Employee
from positions.services import is_unedited
from reports.demo import accounts


class Command(BaseCommand):
    help = (
        "Remove the demonstration: recreate the schema and load the catalogue. Refuses as soon "
        "as the database holds anything that is not sample data."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_real_data()
        try:
            with connection.cursor() as cursor:
                cursor.execute("drop schema public cascade")
                cursor.execute("create schema public")
        except ProgrammingError as error:
            raise CommandError(
                _("The database role may not recreate the schema. Run this as its owner.")
            ) from error
        connection.close()
        ContentType.objects.clear_cache()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_catalogue", verbosity=0)
        accounts.path().unlink(missing_ok=True)
        self.stdout.write(_("The demonstration is removed; the catalogue is loaded anew."))

    def _refuse_real_data(self) -> None:
        people = Employee.objects.filter(is_sample=False).count()
        if people:
            raise CommandError(
                _("%(number)d people in the database are no sample data. Nothing was removed.")
                % {"number": people}
            )
        users = User.objects.filter(is_sample=False).count()
        if users:
            raise CommandError(
                _("%(number)d accounts are no sample data. Nothing was removed.")
                % {"number": users}
            )
        if not is_unedited() or added_agencies().exists():
            raise CommandError(
                _("The catalogue has been edited or confirmed. Nothing was removed.")
            )
