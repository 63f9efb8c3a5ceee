"""How good predictions are: splits, predictors that need no network, figures, alarms, skill, verdict. No Keras, no files.

Where to begin: `splits` parts the days, `predictors.PREDICTORS` is the table of rivals, `scoring` compares a run with each of
them on the same days, and `verdict` says what came of it in one sentence.
"""
