"""Private files: stored whole and unchanged, served only by a view that has already asked who may read.

`inspection` looks inside a file before anybody trusts it, `derived` makes what a browser may show of it.
`services.keep` stores an upload and refuses what it should, `papers` one that comes whole with a form and is to be
shown; `serving.serve` answers with an original, `serving.show` with a preview. This app never decides who may read or
upload: an app's view draws the object that owns the file from `visible_to`, asks its own rule, then hands over
(architecture: "What keeps it so").
"""
