"""The worker process: its jobs, its environment, and how it is started, supervised and ended."""
