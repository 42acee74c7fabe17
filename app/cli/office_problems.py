"""What is wrong with an office's file, in words: `FILE: key: what is wrong and what to do`."""

from app.cli.words import SENTENCES as SHARED
from app.cli.words import fill_in
from app.services.office_file import OfficeFileInvalid, Problem

EXPECTED = {
    "text": "text in quotes",
    "texts": 'a list of texts, like ["screen", "whiteboard"]',
    "list": 'a list in brackets, like ["screen", "whiteboard"]',
    "flag": "true or false, without quotes",
    "number": "a number, without quotes",
    "date": "a date without quotes, like 2026-01-31",
    "instant": "a date and time without quotes, like 2026-01-31T12:00:00",
    "table": "a table",
    "tables": "written as tables with a heading in double brackets",
}

SENTENCES = {
    **SHARED,
    "broken_toml": "is no TOML: {message}",
    "unknown_key": "is not known here",
    "missing": "is missing; add it",
    "wrong_type": "must be {expected}",
    "too_long": "is too long; use at most {limit} characters",
    "control_characters": "has line breaks, tabs or control characters; remove them",
    "bad_word": "has an entry that is empty, longer than {limit} characters, or broken over lines",
    "not_a_slug": '"{value}" is no slug; use a-z, 0-9 and hyphens only',
    "not_one_of": "must be one of {options}",
    "out_of_range": "must be from {low} to {high}",
    "twice": '"{slug}" is there twice; remove one',
    "closure_twice": "the one from {starts} to {ends} is there twice; remove one",
    "target_twice": '"{indicator}" of {project} is there twice; remove one',
    "bad_amount": "{value} is no value of an hour; write it like 250 or 249.50, from 0 to {most}",
    "value_twice": "two values of {slug} begin on the same day",
    "bad_clock": '"{value}" is no time of day; write it like "08:00", at most "24:00"',
    "not_after": "must be after {other}",
    "below": "must not be less than {other}",
    "unknown_timezone": '"{value}" is no time zone; use an IANA name like "Europe/Stockholm"',
    "unknown_country": '"{value}" is no country with known holidays; use a code like "SE"',
    "unknown_category": 'there is no category "{slug}"; add it under [[categories]]',
    "unknown_organisation": 'there is no organisation "{slug}"; add it under [[organisations]]',
    "unknown_project": 'there is no project "{slug}" in this file; add it under [[projects]]',
    "unknown_resource": 'there is no resource "{slug}" in this file; add it under [[resources]]',
    "slug_taken": '"{slug}" is taken by another resource, pool or project of {office}; choose another slug',
    "is_a_pool": '"{slug}" is also the slug of a pool; resources and pools need different slugs',
    "is_a_whole": '"{slug}" is made of parts and open when they are; name its parts instead',
    "loop": '"{slug}" is part of itself; remove the part that leads back to it',
    "whole_has_bookings": '"{slug}" has bookings of its own; give the whole made of parts a new slug',
    "rule_twice": "says what another rule says already; remove one",
    "rule_says_nothing": "says nothing; add what it asks, like notice_minutes = 60",
    "rule_for_two": "a rule is for a category or for an organisation; remove one",
    "rule_of_office": "counts everything of the office; remove the resource",
    "capacities_overlap": '"{slug}" would have two capacities at once; let one end where the next begins',
}


def lines(invalid: OfficeFileInvalid) -> list[str]:
    """One line for each problem."""
    return [f"{invalid.filename}: {problem.key}: {_sentence(problem)}" for problem in invalid.problems]


def _sentence(problem: Problem) -> str:
    params = dict(problem.params)
    if problem.code == "wrong_type":
        params["expected"] = EXPECTED[str(params["expected"])]
    sentence = fill_in(SENTENCES[problem.code], params)
    meant = params.get("suggestion")
    return f'{sentence}; did you mean "{meant}"?' if meant else sentence
