"""Pages that look over all apps."""

from reports.views.start import start_page

__all__ = ["start_page"]
