"""Zero-shot models, which predict a season that was not used in their training.

`applying` predicts a season with a pre-trained model as a finished run; `shipped` is the model supplied with the program and
how it is made; `trials` measures power and false positives on synthetic seasons.
"""
