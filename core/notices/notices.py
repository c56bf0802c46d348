"""The ground floor's own kind of notice: a mail to oneself, to see whether mail works."""

from core.links import absolute

from .registry import Kind, register

register(Kind("trial", "试发通知", lambda: {"link": absolute("/")}, safe_to_repeat=True))
