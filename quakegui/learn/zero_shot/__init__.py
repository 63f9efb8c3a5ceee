"""Networks that answer for a season they never saw: how one is applied, which one ships, what it finds in fresh seasons.

`applying` lets a pre-trained model answer for a season as a finished run, or refuses in a sentence; `shipped` is that of the
installation and how it is made; `trials` measures power and false alarms on simulated seasons.
"""
