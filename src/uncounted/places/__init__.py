"""Countries and territories: codes, labels, names in languages, covariates."""
