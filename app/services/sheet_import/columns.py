"""What a column of a sheet can be, and the headings, Swedish and English, that say so."""

import re
from collections.abc import Mapping, Sequence

from app.services.sheet_import.reading import Sheet

# What is matched with names of ours; a sheet without the column has one for all its rows.
NAMED = ("resource", "organisation", "activity", "category", "status")
_HEADINGS: Mapping[str, str] = {
    "date": "datum, dag, date, day, startdatum, start date, bokningsdatum, mötesdatum, mötesdag, bokat datum",
    "start": "start, starttid, start time, från, from, börjar, begins, starts, tid, time, "
    "klockslag, klockan, kl, tid från, klockan från, fr o m",
    "end_date": "slutdatum, till datum, end date",
    "end": "slut, sluttid, slutar, till, tid till, klockan till, t o m, end, end time, ends, to, until",
    "duration": "längd, timmar, antal timmar, tim, varaktighet, minuter, hours, duration, length, minutes",
    "resource": "rum, lokal, sal, plats, resurs, konferensrum, mötesrum, sammanträdesrum, lokalnamn, "
    "rumsnamn, rum/lokal, resources, room, resource, place",
    "title": "titel, rubrik, ärende, syfte, benämning, möte, mötesnamn, mötesrubrik, ämne, title, subject, "
    "purpose, meeting",
    "organisation": "organisation, organization, företag, bolag, kund, hyresgäst, aktör, förening, "
    "förvaltning, avdelning, enhet, verksamhet, beställare, arrangör, organisation/företag, "
    "företag/organisation, company, customer, org",
    "activity": "vad, aktivitet, aktivitetstyp, typ, mötestyp, typ av möte, typ av aktivitet, "
    "typ av bokning, bokningstyp, ändamål, användning, activity, type, kind, what",
    "category": "kategori, användarkategori, kundkategori, målgrupp, organisationstyp, typ av organisation, "
    "category, user category",
    "status": "status, bokningsstatus, utfall, state",
    "women": "kvinnor, varav kvinnor, antal kvinnor, women, female",
    "men": "män, varav män, antal män, men, male",
    "other": "övriga, annat, ej angivet, other, not stated, other or not stated",
    "heads": "antal, antal personer, antal deltagare, deltagare, personer, besökare, antal besökare, "
    "antal pers, heads, people, participants, attendees, number of people, persons",
    "id": "id, bokningsid, boknings-id, bokningsnummer, bokningsnr, löpnummer, nr, booking id, number",
    "organiser_email": "e-post, epost, mejl, mail, e-mail, email, organiser email, organiser_email",
    "created_at": "skapad, bokad, bokad den, bokningstid, created, created at, created_at, booked at",
}
FIELDS = tuple(_HEADINGS)
FIELD_OF = {heading: field for field, all_of in _HEADINGS.items() for heading in all_of.split(", ")}
LOOKED_THROUGH = 20  # rows among which the headings are looked for


def guess_header(sheet: Sheet) -> int:
    """The number of the row with the most headings that we know; else of the first with two cells filled."""
    rows = sheet.rows[:LOOKED_THROUGH]
    number, cells = max(rows, key=lambda row: len(guess_columns(row[1])))
    if guess_columns(cells):
        return number
    return next((number for number, cells in rows if sum(map(bool, cells)) > 1), rows[0][0])


def guess_columns(headings: Sequence[str]) -> dict[str, int]:
    """The places of the columns that their headings tell, by field; of two alike, the first."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        field = FIELD_OF.get(_plain(heading))
        if field:
            found.setdefault(field, place)
    return found


def _plain(heading: str) -> str:
    """Without what stands in brackets, and without signs at its end."""
    return re.sub(r"\(.*?\)", "", heading).casefold().strip(" .:*?")
