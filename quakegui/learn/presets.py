"""Named recipes; every part of one can be changed."""

from __future__ import annotations

from quakegui.learn.runconfig import RunConfig

PRESETS: dict[str, RunConfig] = {
    "compact": RunConfig(name="VGG-12, compact head", size=120, head="compact"),
    "fast": RunConfig(name="VGG-12, narrow and quick", size=120, head="compact", width=8, epochs=15, patience=5),
    "small": RunConfig(name="VGG-12, very small", size=60, head="compact", width=8, dense=(64, 32), epochs=20, patience=0),
    "full": RunConfig(name="VGG-12 at 480 pixels", size=480, head="compact"),
    "paper": RunConfig(
        name="VGG-12 as published", protocol="paper", size=480, head="paper", class_weights=False, final_fit=False
    ),
}
