"""Load the demonstration ministry into an empty database."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from credits.models import ActivityTable
from credits.rules.editions import using
from credits.services.rulebooks import in_force
from employees.models import Agency, Employee
from positions.services import load_catalogue
from reports.demo import accounts, claims, write
from reports.demo.ministry import build

DEFAULT_SEED = 1


class Command(BaseCommand):
    help = (
        "Load the demonstration ministry (SAMPLE DATA): 3,669 invented people, of whom 1,904 "
        "hold a functional position. The same seed gives the same people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the chance")
        parser.add_argument(
            "--no-recalculation", action="store_true", help="leave the first recalculation out"
        )

        parser.add_argument("--no-claims", action="store_true", help="leave the claims out")

    def handle(self, *args: Any, **options: Any) -> None:
        ministry = build(options["seed"])
        if Employee.objects.exists():
            self._refuse_unless_same({person.nip for person in ministry.people}, options["seed"])
            return
        if not Agency.objects.filter(code="kemnaker").exists():
            load_catalogue()
        with transaction.atomic():
            write.write(ministry)
            accounts.make()
        write.analyse()
        self.stdout.write(
            _("Sample data loaded: %(people)d invented people, %(holders)d of them holders.")
            % {
                "people": len(ministry.people),
                "holders": sum(bool(person.held) for person in ministry.people),
            }
        )
        if not options["no_recalculation"]:
            self._recalculate()
        if not (options["no_recalculation"] or options["no_claims"]):
            self._claims()

    def _claims(self) -> None:
        if not ActivityTable.objects.exists():
            call_command("load_activities", verbosity=0)
        with using(in_force()):
            number = claims.make()
        self.stdout.write(_("Sample claims: %(number)d, in every state.") % {"number": number})

    def _refuse_unless_same(self, expected: set[str], seed: int) -> None:
        sample = set(Employee.objects.filter(is_sample=True).values_list("nip", flat=True))
        if sample == expected:
            self.stdout.write(
                _("The demonstration with seed %(seed)d is already loaded.") % {"seed": seed}
            )
            return
        raise CommandError(
            _("The database already holds people; the demonstration is only for an empty one.")
        )

    def _recalculate(self) -> None:
        from credits.services.runs import recalculate_now

        actor = User.objects.filter(is_sample=True, username="biro_sdm").first()
        run = recalculate_now({"all": True}, "Penghitungan pertama data contoh", actor)
        self.stdout.write(
            _("Recalculated: %(done)d people, %(posted)d entries, %(not_computed)d not computed.")
            % {"done": run.done, "posted": run.posted, "not_computed": run.not_computed}
        )
