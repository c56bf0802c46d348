"""Python's garbage collector, in a process that has loaded the whole portal and now begins its work."""

import gc


def settle() -> None:
    """What is loaded by now stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
