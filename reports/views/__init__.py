"""Pages that look over all apps."""

from reports.views.people import people_export, people_list, people_search
from reports.views.person import person_page, reveal
from reports.views.start import findings_page, start_page

__all__ = [
    "findings_page",
    "people_export",
    "people_list",
    "people_search",
    "person_page",
    "reveal",
    "start_page",
]
