"""Who may do what: one table, and nothing that is not in it.

Roles hold at one office, or at all of them. Each includes the ones below it, see INCLUDES.
"""

from collections.abc import Callable, Mapping

from app.domain.errors import NotAllowed
from app.models import Booking, Office, Organisation, Person, Resource

INCLUDES: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"admin", "host", "funder", "member"}),
    "host": frozenset({"host", "member"}),
    "funder": frozenset({"funder", "member"}),
    "member": frozenset({"member"}),
}

# What an action is done to. Booking for somebody is done to an office and an organisation.
Thing = Office | Resource | Booking | tuple[Office, Organisation] | None
Rule = Callable[[Person | None, Thing], bool]


def authorize(person: Person | None, action: str, thing: Thing = None) -> None:
    """Raises NotAllowed unless the person (None: a visitor) may do this to the thing."""
    if not may(person, action, thing):
        raise NotAllowed(action=action)


def may(person: Person | None, action: str, thing: Thing = None) -> bool:
    """Whether the table lets the person do this; no to every action that is not in it."""
    if person is not None and not person.active:
        return False
    return any(rule(person, thing) for rule in RULES.get(action, ()))


def roles_at(person: Person | None, office: Office | int) -> frozenset[str]:
    """The roles a person holds at an office, with all that they include."""
    office_id = office if isinstance(office, int) else office.id
    return _roles(person, {office_id})


def roles_anywhere(person: Person | None) -> frozenset[str]:
    """The roles a person holds at any office at all: enough to be shown the way, not to be let in."""
    return _roles(person, {role.office_id for role in person.roles if role.office_id} if person else set())


def _anyone(_person: Person | None, _thing: Thing) -> bool:
    return True


def _organiser(person: Person | None, thing: Thing) -> bool:
    return person is not None and isinstance(thing, Booking) and thing.organiser_id == person.id


def _of_its_organisation(person: Person | None, thing: Thing) -> bool:
    return person is not None and isinstance(thing, Booking) and _belongs(person, thing.organisation_id)


def _member_for_own(person: Person | None, thing: Thing) -> bool:
    if person is None or not isinstance(thing, tuple):
        return False
    office, organisation = thing
    return "member" in roles_at(person, office) and _belongs(person, organisation.id)


def _host(person: Person | None, thing: Thing) -> bool:
    return "host" in _roles(person, _offices_of(thing))


def _funder(person: Person | None, thing: Thing) -> bool:
    return "funder" in _roles(person, _offices_of(thing))


def _admin(person: Person | None, thing: Thing) -> bool:
    return "admin" in _roles(person, _offices_of(thing))


RULES: Mapping[str, tuple[Rule, ...]] = {
    #  action           who may; any one of them is enough           done to
    "see_board": (_anyone,),  #                                      an office: times, no titles
    "book": (_member_for_own, _host),  #                             (office, organisation)
    "see_booking": (_organiser, _of_its_organisation, _host),  #     a booking, in full
    "change_booking": (_organiser, _host),  #                        a booking: also to cancel it
    "check_in": (_organiser, _host),  #                              a booking: they came, they left
    "count_heads": (_organiser, _host),  #                           a booking: how many came
    "host_booking": (_host,),  #                                     a booking: no-shows, approval
    "host": (_host,),  #                                             an office or a resource
    "see_report": (_funder, _host),  #                               an office
    "manage": (_admin,),  #                                          an office; nothing: the installation
}


def _roles(person: Person | None, offices: set[int]) -> frozenset[str]:
    if person is None:
        return frozenset()
    held = (role.role for role in person.roles if role.office_id is None or role.office_id in offices)
    return frozenset[str]().union(*(INCLUDES[role] for role in held))


def _offices_of(thing: Thing) -> set[int]:
    """The offices at which a thing is; a booking may be at several. None is at no single one."""
    match thing:
        case Office():
            return {thing.id}
        case Resource():
            return {thing.office_id}
        case Booking():
            places = (asked.resource or asked.pool for asked in thing.asked_for)
            return {place.office_id for place in places if place}
        case (Office() as office, _):
            return {office.id}
    return set()


def _belongs(person: Person, organisation_id: int) -> bool:
    return any(organisation.id == organisation_id for organisation in person.organisations)
