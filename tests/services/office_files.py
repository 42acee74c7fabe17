"""Office files for tests, and what is stored of them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from app.extensions import db
from app.models import (
    Category,
    Closure,
    Office,
    OpeningHours,
    Organisation,
    Pool,
    Project,
    Resource,
    ResourceCapacity,
    Target,
)
from app.services.office_file import Summary, load_office

OCTOBER = Path(__file__).parents[1] / "data" / "october-2026.toml"

WHOLE = """
[office]
slug = "stockholm"
name = "Kontoret"
timezone = "Europe/Stockholm"
holidays = "SE"
address = "Storgatan 1"
directions = "Över gården.\\nRing på."

[[categories]]
slug = "company"
name = { sv = "Företag", en = "Companies" }

[[organisations]]
slug = "granit"
name = "Granit AB"
category = "company"
co_funder = true
organisation_number = "556000-0000"

[[activities]]
slug = "meeting"
name = "Möte"

[[pools]]
slug = "desks"
name = "Skrivbord"

[[resources]]
slug = "salen"
name = "Salen"
kind = "room"
capacity = 20
parts = ["vast", "ost"]

[[resources]]
slug = "vast"
name = "Väst"
kind = "room"
capacity = 10
equipment = ["screen"]
buffer_after_minutes = 15

[[resources]]
slug = "ost"
name = "Öst"
kind = "room"
capacity = 10
active_from = 2026-01-01

[[resources]]
slug = "plats-1"
name = "Plats 1"
kind = "desk"
pool = "desks"

[[resources]]
slug = "skype-1"
name = "Skype 1"
kind = "video"
pool = "licences"

[[capacities]]
resource = "vast"
capacity = 6
valid_to = 2026-03-01

[[opening_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "08:00"
closes = "17:00"

[[opening_hours]]
days = ["sat"]
opens = 10:00:00
closes = "24:00"
resource = "ost"
valid_from = 2026-06-01

[[closures]]
starts = 2026-10-23T12:00:00
ends = 2026-10-23T17:00:00
resource = "vast"
reason = "Vattenläcka"

[[rules]]
notice_minutes = 60

[[rules]]
resource = "salen"
category = "company"
approval = true
min_minutes = 30
max_minutes = 240
max_days_ahead = 90
lapse_minutes = 60
release_minutes = 15

[[rules]]
organisation = "granit"
hours_per_month = 40
at_once = 3

[[rules]]
resource = "vast"
starts = 2026-12-01T08:00:00
ends = 2026-12-02
may_book = false
reason = "Golvet slipas"

[[projects]]
slug = "kontoret"
name = "Kontoret 2026"
host = "granit"
starts = 2026-01-01
ends = 2027-01-01
funders = ["granit"]
kinds = ["room"]
headline = "days"

[[targets]]
project = "kontoret"
indicator = "utilisation"
target = 0.7

[[targets]]
project = "kontoret"
indicator = "women_share"
target = 1

[[targets]]
project = "kontoret"
indicator = "En digital mötesplats"
"""


OFFICE = '[office]\nslug = "x"\nname = "X"\ntimezone = "Europe/Stockholm"\n'


def load(text: str, now: datetime) -> Summary:
    return load_office(text, now=now)


def without(text: str, start: str) -> str:
    """The text less the paragraph that holds these words."""
    paragraphs = text.split("\n\n")
    kept = [paragraph for paragraph in paragraphs if start not in paragraph]
    assert len(kept) == len(paragraphs) - 1
    return "\n\n".join(kept)


def resource(slug: str) -> Resource:
    return db.session.scalars(select(Resource).filter_by(slug=slug)).one()


def everything() -> dict[str, int]:
    models = (
        Office,
        Resource,
        Pool,
        OpeningHours,
        ResourceCapacity,
        Closure,
        Project,
        Target,
        Category,
        Organisation,
    )
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in models
    }


def closures(source: str) -> Sequence[Closure]:
    return db.session.scalars(select(Closure).filter_by(source=source).order_by(Closure.starts_at)).all()
