"""Seasons that were never measured: SYNTHETIC readings and night means, with signals of a stated law or with none.

No Qt, no Keras, no database, and no files but the NetCDF ones of a corpus: Kp, main field and events come in as arguments.

Glossary
--------
law
    How precursors look and when they come.
signal
    One of them: a place, a size, a stretch of time.
layout
    Where the stations stand.
nuisance
    What is wrong with a season and is no signal.
null season
    One without signals.
corpus
    Many seasons that differ in everything but what they are drawn from, for training on and for testing with.
"""
