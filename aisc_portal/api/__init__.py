"""The read-only API (`/api/v1/`): what the portal shows, for programs; composed from the apps' own pages.

`public` needs no account; `organiser` needs a token with the scope (`core.api`) and sees what the token's maker sees in
the admin. Both only read, except that a token's use and a taking of scores are noted.
"""
