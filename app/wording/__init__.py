"""Words for people, in the reader's language: sentences for refusals and errors, dates, numbers.

`say(error)` one sentence (or several, joined) · `say_all(error)` one for each broken rule ·
`say_clash(clash, tz)` what is in the way · `formats` dates, times and numbers.
"""

from app.wording.clashes import say_clash
from app.wording.sentences import SENTENCES, say, say_all

__all__ = ["SENTENCES", "say", "say_all", "say_clash"]
