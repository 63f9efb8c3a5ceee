"""Sentences as values: they are English by default, and are translated to a language of the catalogues when displayed.

Every package creates sentences; only the window and the report know the language in which they are read.
"""

from quakegui.words.catalogue import ENGLISH, languages, own_name, word, worded
from quakegui.words.said import Said, counted, joined, mark, text_from_json, text_to_json

__all__ = [
    "ENGLISH",
    "Said",
    "counted",
    "joined",
    "languages",
    "mark",
    "own_name",
    "text_from_json",
    "text_to_json",
    "word",
    "worded",
]
