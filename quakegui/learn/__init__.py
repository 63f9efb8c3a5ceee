"""The network: data sets, training, runs, and the worker process; what they predict goes to `quakegui.judge`. No Qt."""
