"""Print the demonstration accounts: user name, password, role."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from employees.models import Employee
from reports.demo import accounts


class Command(BaseCommand):
    help = "Print the demonstration accounts, one per role. --reset draws new passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="draw new passwords")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Employee.objects.filter(is_sample=True).exists():
            return  # no demonstration, no accounts
        if options["reset"] or not accounts.read():
            accounts.make()
        elif not accounts.fit():
            self.stderr.write(
                _(
                    "The demonstration accounts have other passwords than this installation "
                    "keeps. `manage.py demo_accounts --reset` draws new ones."
                )
            )
            return
        passwords = accounts.read()
        self.stdout.write(_("Demonstration accounts (sample data): user name, password, role"))
        users = User.objects.filter(username__in=passwords).select_related("employee")
        for user in sorted(users, key=lambda u: list(passwords).index(u.username)):
            employee = getattr(user, "employee", None)
            who = f" ({employee.name})" if employee else ""
            password = passwords[user.username]
            self.stdout.write(
                f"  {user.username:<18} {password:<18} {accounts.role_of(user.username)}{who}"
            )
