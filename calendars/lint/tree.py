"""Properties nested into components."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from calendars.lint.content import Property, check_property, properties
from calendars.lint.defect import Defect

_DEEPEST = 4


@dataclass
class Component:
    """A component with its properties and the components inside it."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)

    def get(self, name: str) -> Property | None:
        """The first property of that name."""
        return next((p for p in self.properties if p.name == name), None)

    def all(self, name: str) -> list[Property]:
        """Every property of that name."""
        return [p for p in self.properties if p.name == name]

    def value(self, name: str) -> str:
        """The first property's raw value, empty without one."""
        prop = self.get(name)
        return prop.value if prop else ""

    def children(self, name: str) -> list["Component"]:
        """The components of that name directly inside."""
        return [c for c in self.components if c.name == name]

    def walk(self) -> Iterator["Component"]:
        """This component and everything inside it."""
        yield self
        for component in self.components:
            yield from component.walk()


def parse(ics: bytes) -> tuple[Component, list[Defect]]:
    """The whole file as a nameless component, and the faults met on the way."""
    root = Component("", 1)
    stack = [root]
    defects: list[Defect] = []
    for prop in properties(ics):
        if isinstance(prop, Defect):
            defects.append(prop)
        elif prop.name == "BEGIN" and len(stack) > _DEEPEST:
            defects.append(Defect(prop.line, "structure", "nested too deeply"))
            break
        elif prop.name == "BEGIN":
            component = Component(prop.value.upper(), prop.line)
            stack[-1].components.append(component)
            stack.append(component)
        elif prop.name == "END":
            if len(stack) == 1 or stack[-1].name != prop.value.upper():
                defects.append(Defect(prop.line, "structure", f"END:{prop.value} closes nothing"))
            else:
                stack.pop()
        else:
            defects += check_property(prop)
            stack[-1].properties.append(prop)
    defects += [Defect(open_.line, "structure", f"{open_.name} is not closed") for open_ in stack[1:]]
    return root, defects
