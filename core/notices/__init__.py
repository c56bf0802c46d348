"""E-mails and SMS: rendered and queued in the transaction that causes them, delivered once, each with its state."""
