"""Other names for the same people: an encoder should learn that names matter, not which.

First names of the series' main cast, and any others in the lists below, are exchanged throughout a scene and
its questions for names of the same list, each for one and the same.
"""

import random
import re
from collections.abc import Iterable, Mapping

SHE = (
    "Monica Rachel Phoebe Emily Carol Susan Janice Amanda Amy Judy Charlotte Caroline Melanie Ana Maria "
    "Sofia Laura Julia Nina Elena Clara Ingrid Priya Mei Yuki Aisha Fatima Leila Hannah Sarah Rebecca Ruth "
    "Joan Gina Tara Zoe Ivy Nora Olivia Jolene Joanna Deborah Audrey Evelyn Andrea Calla Maya Lena Petra "
    "Katya Olga Anika Divya Noor Samira Chloe Megan Beth Alice Irene Martha Lucy Diana Gloria Paula Rosa"
).split()
HE = (
    "Ross Chandler Joey Richard Mike Barry Mark Ben Jack Frank Gunther David Peter James John Nate Tim Sam "
    "Evan Calvin Dave Marcus Luis Carlos Diego Pavel Ivan Omar Hassan Ravi Arjun Kenji Hiro Wei Tomas Lars "
    "Sven Erik Nils Paul Simon George Henry Oscar Felix Hugo Leon Max Noah Liam Owen Ethan Victor Martin "
    "Andrew Stephen Alan Brian Keith Colin Derek Graham Patrick Sean Kofi Kwame Tunde Emeka Yusuf Ali"
).split()
_NAME = re.compile(r"\b(" + "|".join([*SHE, *HE]) + r")\b")


def exchange(texts: Iterable[str], dice: random.Random) -> Mapping[str, str]:
    """Choose a new name for each that occurs in some texts; no two people get the same."""
    found = sorted({name for text in texts for name in _NAME.findall(text)})
    chosen: dict[str, str] = {}
    for names in (SHE, HE):
        ours = [name for name in found if name in names]
        chosen |= zip(ours, dice.sample(names, len(ours)), strict=True)
    return chosen


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Return a text with names exchanged."""
    return _NAME.sub(lambda match: names.get(match[1], match[1]), text) if names else text
