"""Training, prediction and evaluation of runs, on a season or on ready-made maps, without Qt.

`source` is the common protocol; `season_source` and `ready_maps` implement it. The subpackages are `runs` (stored runs),
`network` (VGG-12 and its training) and `worker` (the training process, which communicates by `messages`). The quality of
predictions is computed in `quakegui.judge`.
"""
