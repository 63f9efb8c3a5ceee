"""VGG-12 at work: layers, one step, training by phases, precision, predictions and saliency. Keras loads inside functions."""
