"""An office as a TOML file describes it: `load_office`.

Map:
    table       one TOML table, read key by key
    parse       text -> description, and what is wrong with it
    entries     the description
    check       whether it fits together and with what is stored
    store       brings the office in line; projects, dated: parts of it
    changes     what that changed
    problems    what can be wrong
    load        the use case
"""

from app.services.office_file.changes import Change, Summary
from app.services.office_file.load import load_office
from app.services.office_file.problems import OfficeFileInvalid, Problem

__all__ = ["Change", "OfficeFileInvalid", "Problem", "Summary", "load_office"]
