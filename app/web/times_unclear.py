"""What a form says that cannot be read its times from."""

from app.domain.errors import DomainError


class TimesUnclear(DomainError):
    """The local times mean no instants, or several. `errors`: text by field."""

    code = "times_unclear"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors
