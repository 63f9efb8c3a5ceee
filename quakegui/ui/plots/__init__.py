"""What is painted: maps, curves, axes and matrices, and the figures and animations that are made of them."""
