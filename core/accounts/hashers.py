"""How passwords are kept: Argon2id at the memory and passes that OWASP recommends for a server."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

# So many at once in a process: more would be no faster on its cores, and each takes its 19 MiB.
_AT_ONCE = threading.BoundedSemaphore(2)


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: about 25 ms of one core. Django's own default takes 100 MB a sign-in, so that a
    last minute of 500 people would not fit into memory. PBKDF2 hashes are still read, and renewed at sign-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash it, when it is this one's turn."""
        with _AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare, when it is this one's turn."""
        with _AT_ONCE:
            return super().verify(password, encoded)
