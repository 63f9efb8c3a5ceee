"""What is kept: readings, daily values, events, the label journal, runs and predictions, in one folder."""
