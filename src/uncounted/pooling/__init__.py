"""One figure over linkage draws, imputations and strata."""
