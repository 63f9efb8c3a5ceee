"""Painting: maps, curves, axes and matrices, and the figures and animations made of them."""
