"""A coalition's project: `uncounted.toml`, the steps from lists to page, the run folder."""
