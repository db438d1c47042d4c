"""The golden record: what every command answers on bundled data, kept to be compared after a change."""
