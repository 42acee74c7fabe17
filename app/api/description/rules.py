"""What holds for bookings: rules, hours of a month, closures; and how hosts change them."""

from typing import Any

from app.api.description.parts import (
    FROM_TO,
    IDENTIFIER,
    INSTANT_OR_NONE,
    KEY,
    NUMBER,
    OFFICE,
    PAGED,
    SPAN,
    TEXT,
    TEXT_OR_NONE,
    TIME,
    TRUTH,
    Schema,
    answers,
    body,
    in_path,
    listed,
    page,
    query,
    record,
    ref,
)
from app.domain.policy import FLAGS, NUMBERS
from app.services.closures import REASON_LENGTH as CLOSURE_REASON
from app.services.rules.made import REASON_LENGTH

NUMBER_OR_NONE: Schema = {"type": ["integer", "null"]}
TRUTH_OR_NONE: Schema = {"type": ["boolean", "null"]}
TIME_OR_NONE: Schema = {**TIME, "type": ["string", "null"]}
SETTINGS: dict[str, Schema] = {
    **dict.fromkeys(FLAGS, TRUTH_OR_NONE),
    **{name: {**NUMBER_OR_NONE, "minimum": low, "maximum": high} for name, (low, high) in NUMBERS.items()},
}
RULE_WISH: dict[str, Schema] = {
    "resource": {**TEXT_OR_NONE, "description": "Slug of what it is about; null: all of the office."},
    "category": {**TEXT_OR_NONE, "description": "Slug of whom it is for, a category …"},
    "organisation": {**TEXT_OR_NONE, "description": "… or an organisation; neither: everybody."},
    "starts": {
        **TIME_OR_NONE,
        "description": "For dates from then on; a date means its midnight. null: always.",
    },
    "ends": {**TIME_OR_NONE, "description": "For dates until then, exclusive; null: for ever."},
    "reason": {"type": "string", "maxLength": REASON_LENGTH, "description": "Told to whom it stops."},
    **SETTINGS,
}
CLOSURE: dict[str, Schema] = {
    "id": IDENTIFIER,
    "office": TEXT,
    "resource": {**TEXT_OR_NONE, "description": "Slug of what is closed; null: all of the office."},
    "starts": SPAN["start"],
    "ends": SPAN["end"],
    "reason": TEXT,
    "source": {
        "type": "string",
        "enum": ["file", "host", "holiday"],
        "description": "The office's file, a host, or the public holidays.",
    },
    "ended": {**TRUTH, "description": "It was taken back."},
}
BOOKED: Schema = {"booking": IDENTIFIER, "occurrence": IDENTIFIER, **SPAN}

SCHEMAS: dict[str, Schema] = {
    "Limits": record(
        {
            "resource": TEXT,
            "organisation": {**TEXT_OR_NONE, "description": "Whom it holds for; null: anybody."},
            "may_book": TRUTH,
            "reason": {"type": "string", "description": "Why not, in the office's own words."},
            "approval": {**TRUTH, "description": "A host has to say yes."},
            "notice_minutes": NUMBER,
            "max_days_ahead": NUMBER,
            "min_minutes": NUMBER,
            "max_minutes": NUMBER,
            "at_once": {
                **NUMBER_OR_NONE,
                "description": "Resources of the office at the same time; null: any.",
            },
            "hours_per_month": {**NUMBER_OR_NONE, "description": "null: any number."},
            "lapse_minutes": {**NUMBER, "description": "A request lapses so long before its start."},
            "release_minutes": {
                **NUMBER_OR_NONE,
                "description": "Nobody came so long after the start: a no-show; null: never.",
            },
            "closed_for_you": {
                **listed(record({**SPAN, "reason": TEXT})),
                "description": "Times to come in which it may not be booked.",
            },
        },
        description="What holds at this moment, every rule resolved.",
    ),
    "Rule": record(
        {
            "id": IDENTIFIER,
            "office": TEXT,
            "resource": TEXT_OR_NONE,
            "category": TEXT_OR_NONE,
            "organisation": TEXT_OR_NONE,
            "starts": INSTANT_OR_NONE,
            "ends": INSTANT_OR_NONE,
            **SETTINGS,
            "reason": TEXT,
            "source": {"type": "string", "enum": ["file", "host"]},
            "ended": {**TRUTH, "description": "It holds no more."},
        },
        description="One rule as it was made; null says nothing.",
    ),
    "NewRule": record(
        {"office": TEXT, **RULE_WISH},
        required=("office",),
        additionalProperties=False,
        description="At least one setting has to say something.",
    ),
    "OtherRule": record(RULE_WISH, required=(), additionalProperties=False),
    "Closure": record(CLOSURE),
    "EnteredClosure": record(
        {
            **CLOSURE,
            "booked": {**listed(record(BOOKED)), "description": "What is booked in that time: it stays."},
        }
    ),
    "NewClosure": record(
        {
            "office": TEXT,
            "resource": {
                **TEXT_OR_NONE,
                "description": "Slug of one resource, not of a composite; all of the office, if left out.",
            },
            "starts": {**TIME, "description": f"{TIME['description']} A date means its midnight."},
            "ends": {**TIME, "description": "Exclusive."},
            "reason": {"type": "string", "maxLength": CLOSURE_REASON, "description": "Everybody reads it."},
            "cancel": {
                **listed(IDENTIFIER),
                "description": "Of what is booked in that time, the `id`s of the occurrences that are "
                "cancelled; their bookers get a mail. The others stay.",
            },
        },
        required=("office", "starts", "ends"),
        additionalProperties=False,
    ),
}

EXAMPLE_SETTINGS: dict[str, Any] = dict.fromkeys(SETTINGS)
EXAMPLE_RULE = {
    "id": 12,
    "office": "stockholm",
    "resource": None,
    "category": None,
    "organisation": "granit-son",
    "starts": None,
    "ends": None,
    **EXAMPLE_SETTINGS,
    "hours_per_month": 40,
    "reason": "Partneravtal",
    "source": "host",
    "ended": False,
}
EXAMPLE_CLOSURE = {
    "id": 34,
    "office": "stockholm",
    "resource": "asken",
    "starts": "2027-04-06T06:00:00+00:00",
    "ends": "2027-04-06T10:00:00+00:00",
    "reason": "Målning",
    "source": "host",
    "ended": False,
}
TO_HOSTS = ("403", "404", "422")
WRITTEN = ("400", "413", "415")

PATHS: dict[str, Any] = {
    "/rules": {
        "get": {
            "operationId": "listRules",
            "summary": "What holds for bookings; for hosts every rule there is, too",
            "parameters": [
                OFFICE,
                query("organisation", "Slug; the caller's own, if left out."),
                query("resource", "Slugs of resources, joined by commas; all of the office, if left out."),
            ],
            "responses": answers(
                "200",
                "By organisation and resource; `rules` only for hosts.",
                record({"items": listed(ref("Limits")), "rules": listed(ref("Rule"))}, required=("items",)),
                *("404", "422"),
            ),
        },
        "post": {
            "operationId": "createRule",
            "summary": "One more rule, from now on; for hosts",
            "parameters": [KEY],
            "requestBody": body(
                "NewRule",
                hours_of_a_month={
                    "office": "stockholm",
                    "organisation": "granit-son",
                    "hours_per_month": 40,
                    "reason": "Partneravtal",
                },
                closed_to_a_category={
                    "office": "stockholm",
                    "resource": "storstugan",
                    "category": "company",
                    "may_book": False,
                    "starts": "2027-05-03",
                    "ends": "2027-05-08",
                    "reason": "Mässveckan",
                },
            ),
            "responses": answers(
                "201",
                "It holds. Refused with everything that is wrong with it.",
                ref("Rule"),
                *(*WRITTEN, *TO_HOSTS),
                example=EXAMPLE_RULE,
            ),
        },
    },
    "/rules/history": {
        "get": {
            "operationId": "listRulesEver",
            "summary": "Every rule that holds or has held, the latest first; for hosts",
            "parameters": [OFFICE, *PAGED],
            "responses": answers("200", "A page.", page(ref("Rule")), *TO_HOSTS),
        }
    },
    "/rules/{rule_id}": {
        "parameters": [in_path("rule_id", "`id` of a rule that a host made.")],
        "put": {
            "operationId": "replaceRule",
            "summary": "Another rule in its stead, with an id of its own; for hosts",
            "description": "What the body leaves out, the new rule does not say. The former one stays to be "
            "read, ended. 412 where it has ended meanwhile.",
            "parameters": [KEY],
            "requestBody": body(
                "OtherRule", more_hours={"organisation": "granit-son", "hours_per_month": 60}
            ),
            "responses": answers(
                "200", "The new rule.", ref("Rule"), *(*WRITTEN, *TO_HOSTS, "412"), example=EXAMPLE_RULE
            ),
        },
        "delete": {
            "operationId": "endRule",
            "summary": "It holds no more; bookings that were made meanwhile stay; for hosts",
            "parameters": [KEY],
            "responses": answers(
                "200",
                "As it was. Twice is once.",
                ref("Rule"),
                *("400", *TO_HOSTS),
                example={**EXAMPLE_RULE, "ended": True},
            ),
        },
    },
    "/quota": {
        "get": {
            "operationId": "listQuotas",
            "summary": "The hours that organisations have in a month, and what is left of them",
            "parameters": [
                OFFICE,
                query("organisation", "Slug; the caller's own, if left out, and for hosts all."),
                query("month", "As 2027-02; the present one, if left out."),
            ],
            "responses": answers(
                "200",
                "None where no rule sets hours.",
                record({"items": listed(ref("Quota"))}),
                *("404", "422"),
            ),
        }
    },
    "/closures": {
        "get": {
            "operationId": "listClosures",
            "summary": "When an office, or something in it, is closed; public holidays too",
            "parameters": [OFFICE, *FROM_TO, *PAGED],
            "responses": answers(
                "200",
                "Those that reach into that time, in order; at most 800 days, 366 if `to` is left out.",
                page(ref("Closure")),
                *("404", "422"),
            ),
        },
        "post": {
            "operationId": "createClosure",
            "summary": "Closes the office, or something in it, for a time; for hosts",
            "parameters": [KEY],
            "requestBody": body(
                "NewClosure",
                a_morning={
                    "office": "stockholm",
                    "resource": "asken",
                    "starts": "2027-04-06T08:00",
                    "ends": "2027-04-06T12:00",
                    "reason": "Målning",
                },
            ),
            "responses": answers(
                "201",
                "Closed. What is booked in that time stays, and is named.",
                ref("EnteredClosure"),
                *(*WRITTEN, *TO_HOSTS),
                example={**EXAMPLE_CLOSURE, "booked": []},
            ),
        },
    },
    "/closures/{closure_id}": {
        "parameters": [in_path("closure_id", "`id` of a closure that a host entered.")],
        "delete": {
            "operationId": "endClosure",
            "summary": "Open again; for hosts",
            "parameters": [KEY],
            "responses": answers(
                "200",
                "As it was. Twice is once.",
                ref("Closure"),
                *("400", *TO_HOSTS),
                example={**EXAMPLE_CLOSURE, "ended": True},
            ),
        },
    },
}
