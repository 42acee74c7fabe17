"""From bookings to the funder's figure: `report`, and what stands behind it.

Map:
    live        the report of a period as the bookings stand now
    projects    which project it is about
    material    what it is counted from: resources and rows
    document    the figures as the report JSON
    sections    its further sections; companies, conferences and quality have modules of their own
    around      the months, periods and project that a report is seen beside
    checksum    what it was counted from, as one number
    public      what the public sees of it
    readers     who reads how much of it
    names       what the slugs are called
    changes     what differs between two reports
    targets     what was promised beside what was reached
    behind      the dates behind a figure
    monthly     which monthly reports are due
    overview    what there is to read: projects, years and months
"""

from app.services.reports.document import Report
from app.services.reports.live import report, report_for, report_together
from app.services.reports.projects import project_for, project_named, projects_of

__all__ = [
    "Report",
    "project_for",
    "project_named",
    "projects_of",
    "report",
    "report_for",
    "report_together",
]
