"""The project: readings, daily values, earthquakes, the label journal, runs and predictions, stored in one folder."""
