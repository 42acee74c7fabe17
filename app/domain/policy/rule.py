"""What a booking rule is."""

from typing import ClassVar


class Rule:
    """`code` is its one reason. What an office decided for itself, its host may set aside."""

    code: ClassVar[str]
    host_may_set_aside: ClassVar[bool] = False
