"""The network: data sets, splits, training, baselines, and how good the predictions really are. No Qt."""
