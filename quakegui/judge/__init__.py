"""How good predictions are: splits, predictors that need no network, figures, alarms, skill, verdict. No Keras, no files."""
