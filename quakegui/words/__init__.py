"""Sentences as values: English where nobody asks, any language of the catalogues where somebody reads.

Every room may say something; only the window and the report know in which language it is read.
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
