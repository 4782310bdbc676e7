"""The kinds of import about people: master data, and appointments. Credits adds its own."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from employees.importing import columns as c
from employees.importing import facets, registry
from employees.importing.facets import Context
from employees.importing.plan import Person, SheetRow
from employees.importing.registry import Kind, Read
from employees.models import Appointment, Education, Rank, UnitMembership

EXAMPLE = {
    "nip": "199001012015011999",
    "name": "Dr. Budi Santoso, S.H., M.H.",
    "birth_place": "Bandung",
    "birth_date": "1990-01-01",
    "sex": "L",
    "card_number": "P 012345",
    "employment": "PNS",
    "golongan": "III/c",
    "rank_from": "2023-04-01",
    "unit_from": "2022-01-01",
    "degree": "S-2",
    "subject": "Ilmu Hukum",
    "graduated_on": "2019-08-20",
    "position": "Analis Kebijakan",
    "level": "Ahli Muda",
    "appointed_from": "2023-04-01",
    "way": "Perpindahan",
    "origin": "Pelaksana",
    "decree_number": "1/0235/KP.08.04/3/2023",
    "decree_date": "2023-03-28",
}

PEOPLE = Kind(
    code="people",
    title=_("People"),
    columns=(
        c.NIP,
        c.NAME,
        c.BIRTH_PLACE,
        c.BIRTH_DATE,
        c.SEX,
        c.CARD,
        c.EMPLOYMENT,
        c.EMPLOYER,
        c.GOLONGAN,
        c.RANK_FROM,
        c.UNIT,
        c.UNIT_FROM,
        c.DEGREE,
        c.SUBJECT,
        c.GRADUATED,
    ),
    reads=(Read(Rank), Read(UnitMembership), Read(Education)),
    identity=lambda values: (),
    plan=lambda person, rows, context: _plan_people(person, rows, context),
    example=EXAMPLE,
)

APPOINTMENTS = Kind(
    code="appointments",
    title=_("Appointments"),
    columns=(
        c.NIP,
        c.NAME_SEEN,
        c.POSITION,
        c.LEVEL,
        c.APPOINTED_FROM_NEEDED,
        c.WAY,
        c.ORIGIN,
        c.DECREE,
        c.DECREE_DATE,
    ),
    reads=(Read(Appointment),),
    identity=lambda values: _appointed(values),
    plan=lambda person, rows, context: _plan_appointments(person, rows, context),
    example=EXAMPLE,
)


def register() -> None:
    registry.register(PEOPLE)
    registry.register(APPOINTMENTS)


def _plan_people(person: Person, rows: list[SheetRow], context: Context) -> None:
    for row in rows:
        facets.person_of_row(row, person, context, master=True)
        facets.rank(row, person, None)
        facets.unit(row, person, context, None)
        facets.education(row, person)
        row.settle()


def _appointed(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return (values.get("appointed_from"),)


def _plan_appointments(person: Person, rows: list[SheetRow], context: Context) -> None:
    for row in sorted(rows, key=lambda r: (r.get("appointed_from"), r.number)):
        if facets.person_known(row, person):
            wanted = facets.post(row, context)
            if wanted is not None:
                facets.appointment(row, person, context, wanted, None)
        row.settle()
