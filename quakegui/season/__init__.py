"""The science: from field readings to labelled day maps.

Pure functions on frozen data. No Qt, no Keras, no database, no files: Kp values and the main field come in as arguments.

Glossary
--------
station
    A place with a total-intensity magnetometer, known by a short code.
reading
    One value of the total intensity F in nT, standing for the interval of one cadence centred on its UTC stamp.
day
    A local calendar day of the project's time zone.
night mean
    Mean F of one station over the local night window of a day.
anomaly
    What is left of a night mean after the common mode and the station's own baseline are removed, in nT; divided by the
    station's own scale it is *z*, the unit used everywhere.
day map
    The 480 x 480 map of one day's z values: what the analyst sees and what the network is trained on.
extremum region
    A connected patch of a day map beyond the threshold.
event
    An earthquake of the catalogue.
label
    One of five classes given to a day: 0 none, 1 north large, 2 north small, 3 south large, 4 south small.
run
    One training of the network, with everything needed to repeat it.
prediction
    The class probabilities that a run gives to a day.
season
    The first to the last day that are shown and judged; the days before it are warm-up.
"""
