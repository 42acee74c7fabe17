"""What can be wrong with an office's file: told by key, all at once, and then nothing has changed."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Category, Office, OpeningHours, Organisation, Resource
from app.services.office_file import OfficeFileInvalid, load_office
from tests.databases import both
from tests.factories import Factory
from tests.services.office_files import OFFICE, WHOLE

ROOM = '[[resources]]\nslug = "a"\nname = "A"\nkind = "room"\ncapacity = 4\n'
ROOM_B = ROOM.replace('"a"', '"b"')
VALUE = "[[values]]\nresource = 'a'\n"
HOURS = '[[opening_hours]]\ndays = ["mon"]\nopens = "08:00"\ncloses = "17:00"\n'
CLOSURE = "[[closures]]\nstarts = 2026-10-25\nends = 2026-10-26\n"
PROJECT = '[[projects]]\nslug = "p"\nname = "P"\nhost = "z"\nstarts = 2026-01-01\nends = 2027-01-01\n'
RULE = "[[rules]]\nnotice_minutes = 60\n"
COMPANY = '[[categories]]\nslug = "y"\n'

# Text after a sound [office], the key that is wrong, and the code.
PROBLEMS = [
    ("[[resource]]", "resource", "unknown_key"),
    ("[resources]", "resources", "wrong_type"),
    ('adress = "Storgatan"', "office.adress", "unknown_key"),
    ('language = "fi"', "office.language", "not_one_of"),
    ('holidays = "XX"', "office.holidays", "unknown_country"),
    (ROOM.replace("4", "0"), "resources[a].capacity", "out_of_range"),
    (ROOM.replace("4", "true"), "resources[a].capacity", "wrong_type"),
    (ROOM.replace("4", '"4"'), "resources[a].capacity", "wrong_type"),
    (ROOM.replace("capacity = 4", ""), "resources[a].capacity", "missing"),
    (ROOM.replace("room", "rom"), "resources[a].kind", "not_one_of"),
    (ROOM.replace('kind = "room"', ""), "resources[a].kind", "missing"),
    (ROOM.replace('slug = "a"', "slug = 3"), "resources[1].slug", "wrong_type"),
    (ROOM + "approval = 1", "resources[a].approval", "wrong_type"),
    (ROOM + "min_minutes = 60\nmax_minutes = 30", "resources[a].max_minutes", "below"),
    (ROOM + 'equipment = ["", "x"]', "resources[a].equipment", "bad_word"),
    (ROOM + "equipment = [1]", "resources[a].equipment", "wrong_type"),
    (ROOM + 'active_from = "2026-01-01"', "resources[a].active_from", "wrong_type"),
    (ROOM + "active_from = 2026-01-01T10:00:00", "resources[a].active_from", "wrong_type"),
    (ROOM + "active_from = 2026-01-01\nactive_to = 2026-01-01", "resources[a].active_to", "not_after"),
    (ROOM + "active_from = 0001-01-01", "resources[a].active_from", "year_out_of_range"),
    (ROOM + 'parts = ["b"]', "resources[a].parts", "unknown_resource"),
    (ROOM + 'parts = ["a"]', "resources[a].parts", "loop"),
    (ROOM + 'pool = "a"', "resources[a].slug", "is_a_pool"),
    (ROOM + ROOM, "resources[a].slug", "twice"),
    (ROOM.replace('"a"', '"tallen"'), "resources[tallen].slug", "slug_taken"),
    ('[[pools]]\nslug = "tallen"', "pools[tallen].slug", "slug_taken"),
    (HOURS.replace("days", "dagar"), "opening_hours[1].days", "missing"),
    (HOURS.replace('"mon"', ""), "opening_hours[1].days", "missing"),
    (HOURS.replace("mon", "måndag"), "opening_hours[1].days", "not_one_of"),
    (HOURS.replace("08:00", "18:00"), "opening_hours[1].closes", "not_after"),
    (HOURS.replace("17:00", "25:00"), "opening_hours[1].closes", "bad_clock"),
    (HOURS.replace("08:00", "8.00"), "opening_hours[1].opens", "bad_clock"),
    (HOURS.replace('"08:00"', "08:00:30"), "opening_hours[1].opens", "bad_clock"),
    (HOURS.replace('"08:00"', "8"), "opening_hours[1].opens", "wrong_type"),
    (CLOSURE.replace("2026-10-25", "2026-03-29T02:30:00"), "closures[1].starts", "time_does_not_exist"),
    (CLOSURE.replace("2026-10-25", "2026-10-25T02:30:00"), "closures[1].starts", "time_is_ambiguous"),
    (CLOSURE.replace("ends = 2026-10-26", ""), "closures[1].ends", "missing"),
    (CLOSURE.replace("26\n", "25\n"), "closures[1].ends", "not_after"),
    (CLOSURE + CLOSURE, "closures", "closure_twice"),
    (CLOSURE + 'resource = "z"', "closures[1].resource", "unknown_resource"),
    (RULE + "notice = 60", "rules[1].notice", "unknown_key"),
    (RULE.replace("60", '"60"'), "rules[1].notice_minutes", "wrong_type"),
    (RULE.replace("60", "-1"), "rules[1].notice_minutes", "out_of_range"),
    (RULE + "approval = 1", "rules[1].approval", "wrong_type"),
    (RULE + 'resource = "tallen"', "rules[1].resource", "unknown_resource"),
    (RULE + 'category = "z"', "rules[1].category", "unknown_category"),
    (RULE + 'organisation = "z"', "rules[1].organisation", "unknown_organisation"),
    (RULE + 'organisation = "granit"\ncategory = "company"', "rules[1].organisation", "rule_for_two"),
    (RULE + "starts = 2026-01-01\nends = 2026-01-01", "rules[1].ends", "not_after"),
    (RULE + "starts = 2027-03-28T02:30:00", "rules[1].starts", "time_does_not_exist"),
    (RULE + "min_minutes = 60\nmax_minutes = 30", "rules[1].max_minutes", "below"),
    (RULE + "max_days_ahead = 0", "rules[1].max_days_ahead", "below"),
    (RULE + RULE, "rules[2]", "rule_twice"),
    ("[[rules]]\nreason = 'Städning'", "rules[1]", "rule_says_nothing"),
    (ROOM + "[[rules]]\nresource = 'a'\nat_once = 2", "rules[1].at_once", "rule_of_office"),
    (
        '[[organisations]]\nslug = "y"\nname = "Y"\ncategory = "z"',
        "organisations[y].category",
        "unknown_category",
    ),
    (COMPANY + 'name = { sv = "Y", fr = "Y" }', "categories[y].name.fr", "unknown_key"),
    (COMPANY + "name = {}", "categories[y].name", "missing"),
    (COMPANY + "name = 3", "categories[y].name", "wrong_type"),
    (COMPANY, "categories[y].name", "missing"),
    (PROJECT, "projects[p].host", "unknown_organisation"),
    (PROJECT.replace('"z"', '"granit"') + 'funders = ["z"]', "projects[p].funders", "unknown_organisation"),
    (PROJECT.replace('"z"', '"granit"') + 'kinds = ["hall"]', "projects[p].kinds", "not_one_of"),
    (PROJECT.replace('"z"', '"granit"').replace("2027", "2025"), "projects[p].ends", "not_after"),
    ('[[targets]]\nproject = "p"\nindicator = "x"', "targets[1].project", "unknown_project"),
    (
        ROOM + 2 * "[[capacities]]\nresource = 'a'\ncapacity = 2\n",
        "capacities[2].valid_from",
        "capacities_overlap",
    ),
    (ROOM + VALUE, "values[1].per_hour", "missing"),
    (ROOM + VALUE + "per_hour = 10.005", "values[1].per_hour", "bad_amount"),
    (ROOM + VALUE + "per_hour = -1", "values[1].per_hour", "bad_amount"),
    (ROOM + VALUE + "per_hour = 100000.01", "values[1].per_hour", "bad_amount"),
    (ROOM + VALUE + 'per_hour = "10"', "values[1].per_hour", "wrong_type"),
    (ROOM + 2 * (VALUE + "per_hour = 10\n"), "values", "value_twice"),
    (ROOM + "parts=['b']\n" + ROOM_B + VALUE + "per_hour = 10", "values[1].resource", "is_a_whole"),
    (ROOM + "parts=['b']\n" + ROOM_B + HOURS + "resource = 'a'", "opening_hours[1].resource", "is_a_whole"),
]

# Whole texts.
BROKEN = [
    ("", "office", "missing"),
    ("[office]", "office.slug", "missing"),
    ("office = 3", "office", "wrong_type"),
    (OFFICE.replace("Stockholm", "Stokholm"), "office.timezone", "unknown_timezone"),
    (OFFICE.replace("Europe/Stockholm", "../../etc/passwd"), "office.timezone", "unknown_timezone"),
    (OFFICE.replace('"x"', '"X Y"'), "office.slug", "not_a_slug"),
    (OFFICE.replace('"X"', '""'), "office.name", "missing"),
    (OFFICE.replace('"X"', '"a\\nb"'), "office.name", "control_characters"),
    (OFFICE.replace('"X"', '"a\\u0000b"'), "office.name", "control_characters"),
    (OFFICE.replace('"X"', f'"{"a" * 201}"'), "office.name", "too_long"),
    ("[office\n", "line 1", "broken_toml"),
    ("\n\na = @", "line 3", "broken_toml"),
    ("a = [", "end of file", "broken_toml"),
]


def problems_of(text: str, now: datetime) -> list[tuple[str, str]]:
    with pytest.raises(OfficeFileInvalid) as invalid:
        load_office(text, now=now)
    return [(problem.key, problem.code) for problem in invalid.value.problems]


def everything() -> list[int | None]:
    models = (Office, Resource, OpeningHours, Category, Organisation)
    return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


@pytest.mark.parametrize(("text", "key", "code"), PROBLEMS)
def test_a_problem_is_told_by_its_key(make: Factory, now: datetime, text: str, key: str, code: str) -> None:
    make.room("tallen")
    make.organisation("granit")
    before = everything()
    assert problems_of(OFFICE + text, now)[:1] == [(key, code)]
    assert everything() == before


@pytest.mark.parametrize(("text", "key", "code"), BROKEN)
def test_a_broken_file_is_told_by_key_or_line(
    app: Flask, now: datetime, text: str, key: str, code: str
) -> None:
    assert problems_of(text, now)[0] == (key, code)


@both
def test_all_problems_are_told_at_once_and_nothing_is_changed(app: Flask, now: datetime) -> None:
    text = WHOLE.replace('kind = "desk"', 'kind = "stol"').replace('host = "granit"', 'host = "marmor"')
    text += "\n[[closures]]\nstarts = 2026-03-29T02:30:00\nends = 2026-03-29T12:00:00\n"
    assert problems_of(text, now) == [
        ("resources[plats-1].kind", "not_one_of"),
        ("closures[2].starts", "time_does_not_exist"),
        ("projects[kontoret].host", "unknown_organisation"),
    ]
    assert set(everything()) == {0}


def test_an_unknown_key_is_told_with_what_was_probably_meant(app: Flask, now: datetime) -> None:
    with pytest.raises(OfficeFileInvalid) as invalid:
        load_office(OFFICE + 'langauge = "sv"', now=now, filename="kontor.toml")
    assert invalid.value.problems[0].params == {"suggestion": "language"}
    assert invalid.value.filename == "kontor.toml"
