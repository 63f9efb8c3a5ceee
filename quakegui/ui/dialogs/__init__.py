"""Windows above the window: importing, settings, labels by rule, export, the guide, the palette of commands."""
