"""The front door: everything `make` does. Only `machine` runs on the system's bare Python; the rest runs in `.venv`."""
