"""The report: templates, words, pages that open without a network."""
