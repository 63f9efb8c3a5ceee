"""The worker process: what it can be asked to do, where it runs, and how it is started, supervised and ended."""
