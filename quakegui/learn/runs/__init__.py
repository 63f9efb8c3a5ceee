"""Runs on disk: settings, data, checkpoint, predictions, folder, archive and trash. No Keras."""
