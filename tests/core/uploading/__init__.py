"""A tiny site with one slot to upload into, for the tests and figures of the resumable upload."""
