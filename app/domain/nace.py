"""The sector of a company by NACE, as people write it.

Rev. 2 and Rev. 2.1 have other numbers of the same shape; Swedish SNI has one digit more.
"""

import re

_CODE = re.compile(
    r"(?P<section>[A-V])?[ .]?(?P<division>\d\d)(?:[.,]?(?P<group>\d)(?P<classes>\d{0,2}))?", re.ASCII
)


def read_sector(text: str) -> str | None:
    """`J 62.10`, `6210` or `62.100` as `62.10`; a division or group alone stays. None if it is no such code.

    Whether the classification has the code is not known here: it changes, and the register tells.
    """
    match = _CODE.fullmatch(text.strip().upper())
    if match is None:
        return None
    return match["division"] + (f".{match['group']}{match['classes'][:1]}" if match["group"] else "")
