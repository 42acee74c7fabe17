"""Whether the parts of a description fit each other and what the installation holds already."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from app.services.office_file.entries import (
    CapacityEntry,
    ClosureEntry,
    Description,
    HoursEntry,
    ResourceEntry,
    RuleEntry,
    ValueEntry,
)
from app.services.office_file.problems import Problem, suggestion

T = TypeVar("T", bound=Hashable)

SHARE = "share:"


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored. Resources, pools and projects by slug, with the slug of their office."""

    categories: frozenset[str]
    organisations: frozenset[str]
    resources: Mapping[str, str]
    pools: Mapping[str, str]
    projects: Mapping[str, str]
    with_bookings: frozenset[str]  # resources that hold slots of their own


def check(description: Description, known: Known) -> Iterator[Problem]:
    """Everything that does not fit, in the file's order of tables."""
    yield from _twice(description)
    yield from _taken(description, known)
    yield from _references(description, known)
    yield from _composites(description, known)
    yield from _capacities(description.capacities)


def _twice(description: Description) -> Iterator[Problem]:
    for table, slugs in (
        ("categories", [each.slug for each in description.categories]),
        ("organisations", [each.slug for each in description.organisations]),
        ("activities", [each.slug for each in description.activities]),
        ("pools", [each.slug for each in description.pools]),
        ("resources", [each.slug for each in description.resources]),
        ("projects", [each.slug for each in description.projects]),
    ):
        for slug in _repeated(slugs):
            yield Problem(f"{table}[{slug}].slug", "twice", {"slug": slug})
    for closure in _repeated((each.resource, each.starts_at, each.ends_at) for each in description.closures):
        yield Problem("closures", "closure_twice", {"starts": closure[1], "ends": closure[2]})
    for number in _said_before(description.rules):
        yield Problem(description.rules[number].key, "rule_twice")
    for value in _repeated((each.resource, each.valid_from) for each in description.values):
        yield Problem("values", "value_twice", {"slug": value[0]})
    for project, indicator in _repeated((each.project, each.indicator) for each in description.targets):
        yield Problem("targets", "target_twice", {"project": project, "indicator": indicator})


def _said_before(rules: Sequence[RuleEntry]) -> Iterator[int]:
    """The places of rules that say word for word what an earlier one says."""
    said = [replace(rule, key="") for rule in rules]
    return (number for number, rule in enumerate(said) if rule in said[:number])


def _taken(description: Description, known: Known) -> Iterator[Problem]:
    """Resources and pools share one namespace over all offices; projects have theirs."""
    here = description.office.slug
    pools = {pool.slug for pool in description.pools}
    for resource in description.resources:
        if resource.slug in pools:
            yield Problem(f"resources[{resource.slug}].slug", "is_a_pool", {"slug": resource.slug})
        yield from _taken_slug("resources", resource.slug, here, known.resources, known.pools)
    for pool in description.pools:
        yield from _taken_slug("pools", pool.slug, here, known.pools, known.resources)
    for project in description.projects:
        yield from _taken_slug("projects", project.slug, here, known.projects, {})


def _taken_slug(
    table: str, slug: str, here: str, alike: Mapping[str, str], other: Mapping[str, str]
) -> Iterator[Problem]:
    owner = other.get(slug) or alike.get(slug, here)
    if slug in other or owner != here:
        yield Problem(f"{table}[{slug}].slug", "slug_taken", {"slug": slug, "office": owner})


def _references(description: Description, known: Known) -> Iterator[Problem]:
    categories = known.categories.union(each.slug for each in description.categories)
    organisations = known.organisations.union(each.slug for each in description.organisations)
    projects = [each.slug for each in description.projects]
    for organisation in description.organisations:
        key = f"organisations[{organisation.slug}].category"
        yield from _nothing(key, "category", organisation.category, categories)
    for project in description.projects:
        path = f"projects[{project.slug}]"
        yield from _nothing(f"{path}.host", "organisation", project.host, organisations)
        for funder in project.funders:
            yield from _nothing(f"{path}.funders", "organisation", funder, organisations)
    for rule in description.rules:
        yield from _nothing(f"{rule.key}.category", "category", rule.category, categories)
        yield from _nothing(f"{rule.key}.organisation", "organisation", rule.organisation, organisations)
    for target in description.targets:
        yield from _nothing(f"{target.key}.project", "project", target.project, projects)
        if target.indicator.startswith(SHARE):
            category = target.indicator.removeprefix(SHARE)
            yield from _nothing(f"{target.key}.indicator", "category", category, categories)
    yield from _to_resources(description)


def _to_resources(description: Description) -> Iterator[Problem]:
    """Rules belong to resources of this file; hours, values and closures to such as have no parts."""
    slugs = [each.slug for each in description.resources]
    wholes = {each.slug for each in description.resources if each.parts}
    entries: list[CapacityEntry | HoursEntry | ClosureEntry | ValueEntry] = [
        *description.capacities,
        *description.values,
        *description.opening_hours,
        *description.closures,
    ]
    for entry in entries:
        key = f"{entry.key}.resource"
        yield from _nothing(key, "resource", entry.resource, slugs)
        if entry.resource in wholes and not isinstance(entry, CapacityEntry):
            yield Problem(key, "is_a_whole", {"slug": entry.resource})
    for rule in description.rules:
        yield from _nothing(f"{rule.key}.resource", "resource", rule.resource, slugs)


def _composites(description: Description, known: Known) -> Iterator[Problem]:
    resources = {each.slug: each for each in description.resources}
    for resource in description.resources:
        key = f"resources[{resource.slug}].parts"
        for part in resource.parts:
            yield from _nothing(key, "resource", part, resources)
        if _is_in_itself(resource, resources):
            yield Problem(key, "loop", {"slug": resource.slug})
        if resource.parts and resource.slug in known.with_bookings:
            yield Problem(key, "whole_has_bookings", {"slug": resource.slug})


def _is_in_itself(resource: ResourceEntry, resources: Mapping[str, ResourceEntry]) -> bool:
    seen: set[str] = set()
    waiting = list(resource.parts)
    while waiting:
        part = waiting.pop()
        if part in resources and part not in seen:
            seen.add(part)
            waiting.extend(resources[part].parts)
    return resource.slug in seen


def _capacities(capacities: Collection[CapacityEntry]) -> Iterator[Problem]:
    """Two capacities of a resource at once would leave open which counts."""
    for one, other in combinations(capacities, 2):
        if one.resource == other.resource and _share_a_day(one, other):
            yield Problem(f"{other.key}.valid_from", "capacities_overlap", {"slug": one.resource})


def _share_a_day(one: CapacityEntry, other: CapacityEntry) -> bool:
    ends = [(a.valid_to, b.valid_from) for a, b in ((one, other), (other, one))]
    return all(end is None or start is None or start < end for end, start in ends)


def _nothing(key: str, what: str, slug: str | None, known: Collection[str]) -> Iterator[Problem]:
    """A reference to nothing; an empty one has been noted when it was read."""
    if slug and slug not in known:
        yield Problem(key, f"unknown_{what}", {"slug": slug, "suggestion": suggestion(slug, known)})


def _repeated(things: Iterable[T]) -> list[T]:
    return [thing for thing, times in Counter(things).items() if thing and times > 1]
