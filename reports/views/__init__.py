"""Pages that look over all apps."""

from reports.views.audit import access_list, audit_check, audit_export, audit_list, audit_search
from reports.views.compare import compare_export, compare_page, compare_start
from reports.views.help import help_index, help_screen
from reports.views.mydata import my_access, my_copy, my_data
from reports.views.overview import overview
from reports.views.people import people_export, people_list, people_search
from reports.views.people_bulk import people_bulk
from reports.views.people_lists import (
    list_open,
    list_remove,
    list_save,
    people_columns,
    people_suggest,
)
from reports.views.person import person_page, person_print, reveal
from reports.views.requests import (
    request_act,
    request_evidence,
    request_list,
    request_new,
    request_page,
)
from reports.views.start import findings_page, start_page

__all__ = [
    "access_list",
    "audit_check",
    "audit_export",
    "audit_list",
    "audit_search",
    "compare_export",
    "compare_page",
    "compare_start",
    "findings_page",
    "help_index",
    "help_screen",
    "list_open",
    "list_remove",
    "list_save",
    "my_access",
    "my_copy",
    "my_data",
    "overview",
    "people_bulk",
    "people_columns",
    "people_export",
    "people_list",
    "people_search",
    "people_suggest",
    "person_page",
    "person_print",
    "request_act",
    "request_evidence",
    "request_list",
    "request_new",
    "request_page",
    "reveal",
    "start_page",
]
