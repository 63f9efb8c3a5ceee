"""VGG-12: layers, training step, training by phases, precision, predictions and saliency. Keras loads inside functions."""
