"""What a browser may show of a file: re-encoded pictures, posters, page images, a transcoded video; made by jobs.

    derive_later(stored)                       # in the transaction that accepts the file
    stored.derivation.state, .done, .total     # what the page shows meanwhile
    stored.derived.filter(kind="page")         # each is answered with serving.show(request, …)

The original stays byte for byte and is only ever downloaded. This page stays empty of imports (see `inspection`).
"""
