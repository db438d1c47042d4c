"""One request and one answer a question: what every view shows."""
