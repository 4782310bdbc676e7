"""Who signs a form on a day, and what stands above the name.

The direct superior of the period signs the three forms of the conversion regime (R-012); a
conventional or integration PAK is determined by the officer registered for the employer and the
level. A deputy signs instead where one acts on the day of signing.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from credits.documents.content import Capacity, Signatory
from credits.models import DeterminingOfficer
from credits.models.officers import LADDER
from employees.models import Employee
from employees.selectors import deputies
from positions.ladder import Level

_CAPACITY = {"definitive": Capacity.OWN, "plt": Capacity.PLT, "plh": Capacity.PLH}
_PREFIX = {Capacity.PLT: "Plt.", Capacity.PLH: "Plh."}

Signing = tuple[Employee | None, Signatory | None]
NOBODY: Signing = (None, None)


class Signatories:
    """Officers and deputies of one day, read once for many people. Two statements."""

    def __init__(self, on: date) -> None:
        self._acting = deputies(on)
        self._officers: dict[tuple[int, int], DeterminingOfficer] = {}
        for officer in DeterminingOfficer.objects.on(on).select_related("employee"):
            for step in range(officer.lowest, officer.highest + 1):
                self._officers[(officer.agency_id, step)] = officer

    def superior(self, person: Any) -> Signing:
        """The direct superior in the person's prefetched `now_rated_by`, if one is known."""
        if not person.now_rated_by:
            return NOBODY
        known = person.now_rated_by[0]
        block = Signatory(
            name=known.superior.full_name,
            nip=known.superior.nip,
            offices=(known.office or "Pejabat Penilai Kinerja",),
            capacity=_CAPACITY[known.capacity],
        )
        return self._present(known.superior, block)

    def determining(self, person: Employee, level: str) -> Signing:
        """Who determines the PAK of a person at a level; never the person itself."""
        step = LADDER.index(Level(level)) + 1
        officer = self._officers.get((person.employer_id, step))
        if officer is None:
            return NOBODY
        block = Signatory(
            name=officer.employee.full_name,
            nip=officer.employee.nip,
            offices=officer.offices,
            capacity=Capacity(officer.capacity),
        )
        found = self._present(officer.employee, block)
        return NOBODY if found[0] == person else found

    def _present(self, officer: Employee, block: Signatory) -> Signing:
        """The officer, or who acts for him on the day, in the deputy's capacity."""
        acting = self._acting.get(officer.pk)
        if acting is None:
            return officer, block
        who = acting.deputy
        return who, deputised(block, who.full_name, who.nip, _CAPACITY[acting.capacity])


def deputised(block: Signatory, name: str, nip: str, capacity: Capacity) -> Signatory:
    """The block of an officer signed by his deputy: "Plh." stands before the officer's own office.

    Under a.n. and u.b. the lines above stay: "a.n. Sekretaris Jenderal / Plh. Kepala Biro,".
    """
    if block.capacity not in (Capacity.AN, Capacity.UB):
        return replace(block, name=name, nip=nip, capacity=capacity)
    *above, own = block.offices
    return replace(block, name=name, nip=nip, offices=(*above, f"{_PREFIX[capacity]} {own}"))
