"""Learning, without Qt: runs of a season or of ready maps, begun, trained, evaluated, and at work day by day.

`source` says in one protocol what both of them can do; `season_source` and `ready_maps` do it.

Below lie three rooms: `runs` (what is kept of a run), `network` (VGG-12 and its training) and `worker` (the process that
trains; it speaks in `messages`). How good predictions are is the business of `quakegui.judge`.
"""
