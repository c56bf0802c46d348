"""The ground floor: knows nothing of a contest and would serve any portal."""
