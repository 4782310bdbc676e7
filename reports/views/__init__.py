"""Pages that look over all apps."""

from reports.views.compare import compare_export, compare_page
from reports.views.people import people_export, people_list, people_search
from reports.views.people_bulk import people_bulk
from reports.views.people_lists import (
    list_open,
    list_remove,
    list_save,
    people_columns,
    people_suggest,
)
from reports.views.person import person_page, person_print
from reports.views.start import findings_page, start_page

__all__ = [
    "compare_export",
    "compare_page",
    "findings_page",
    "list_open",
    "list_remove",
    "list_save",
    "people_bulk",
    "people_columns",
    "people_export",
    "people_list",
    "people_search",
    "people_suggest",
    "person_page",
    "person_print",
    "start_page",
]
