"""The decisions of awarding: who is given what, and why. Pure: no Django, no clock."""
