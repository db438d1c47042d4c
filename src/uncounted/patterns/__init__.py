"""From where, to where, by which routes, in which work: detected flows, routes, ranks, shares, claims."""
