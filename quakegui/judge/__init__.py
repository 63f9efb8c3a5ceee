"""Evaluation of predictions: splits, baselines, scores, alarms, skill and verdict. No Keras and no files.

Start here: `splits` divides the days, `predictors.PREDICTORS` lists the baselines, `scoring` compares a run with each of them
on the same days, and `verdict` states the result in one sentence.
"""
