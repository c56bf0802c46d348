"""How passwords are kept: Argon2id at the memory and passes that OWASP recommends for a server."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: about 25 ms of one core. Django's own default takes 100 MB a sign-in, so that a
    last minute of 500 people would not fit into memory. PBKDF2 hashes are still read, and renewed at sign-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
