"""Who did what, when and why: history kept by the database, with the verb, the actor and the reason."""
