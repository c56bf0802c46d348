"""People: a user known by phone or mailbox, sign-in, a second factor, invitations."""
