"""One request and one answer a question: what the command line, a page or an app shows.

Each module answers one question. It has a frozen request, ``answer(request, *, progress=None)``, and a
frozen answer with ``to_dict()`` (the command's JSON without ``"ok"``), ``rows()`` (its table as
data), ``told()`` (what the terminal shows, in order) and, where there is a page, ``page()``.
Nothing here prints; no module imports another one's weight.
"""
