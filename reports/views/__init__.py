"""Pages that look over all apps."""

from reports.views.audit import (
    access_list,
    audit_check,
    audit_export,
    audit_list,
    audit_search,
)
from reports.views.mydata import my_access, my_copy, my_data
from reports.views.people import people_export, people_list, people_search
from reports.views.person import person_page, reveal
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
    "findings_page",
    "my_access",
    "my_copy",
    "my_data",
    "people_export",
    "people_list",
    "people_search",
    "person_page",
    "request_act",
    "request_evidence",
    "request_list",
    "request_new",
    "request_page",
    "reveal",
    "start_page",
]
