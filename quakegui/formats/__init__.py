"""Files into readings, events and indices. One module per format; knows files, nothing else."""
