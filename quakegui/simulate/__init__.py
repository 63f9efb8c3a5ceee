"""Synthetic seasons: SYNTHETIC readings and night means, with signals of a given law or without signals.

The package uses no Qt, no Keras and no database, and writes only the NetCDF files of a corpus: Kp, main field and events are
arguments.

Glossary
--------
law
    Shape and timing of the precursors.
signal
    One precursor or false anomaly, with its place, size and time span.
layout
    Positions of the stations.
nuisance
    Disturbances of a season that are not signals.
null season
    A season without signals.
corpus
    Many seasons, each with its own random draws from the same plan, for training or testing.
"""
