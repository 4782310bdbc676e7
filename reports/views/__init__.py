"""Pages that look over all apps."""

from reports.views.help import help_index, help_screen
from reports.views.overview import overview
from reports.views.people import people_export, people_list, people_search
from reports.views.person import person_page
from reports.views.start import findings_page, start_page

__all__ = [
    "findings_page",
    "help_index",
    "help_screen",
    "overview",
    "people_export",
    "people_list",
    "people_search",
    "person_page",
    "start_page",
]
