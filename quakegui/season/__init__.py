"""The science: from field readings to labelled day maps.

Pure functions on frozen data. The package uses no Qt, no Keras, no database and no files: Kp values and the main field are
arguments.

Glossary
--------
station
    A place with a total-intensity magnetometer, identified by a short code.
reading
    One value of the total intensity F in nT. It represents one sampling interval centred on its UTC timestamp.
day
    A local calendar day in the project's time zone.
night mean
    Mean F over the local night window of a day.
anomaly
    A night mean minus the common mode and the station's own background, in nT. Divided by the station's scatter it is
    *z*, the unit used everywhere.
day map
    The 480 x 480 map of one day's z values: what the analyst sees and what the model is trained on.
extremum region
    A connected patch of a day map where abs(z) reaches the threshold.
event
    An earthquake of the catalogue.
label
    One of five classes given to a day: 0 none, 1 north large, 2 north small, 3 south large, 4 south small.
run
    One training of the model, with everything needed to repeat it.
prediction
    The class probabilities of a day, computed with the model of a run.
season
    The days that are shown, labelled and evaluated; earlier days are warm-up.
"""
