"""What a run is and where it lies: recipe, data, checkpoint, predictions, folder, archive and trash. No Keras."""
