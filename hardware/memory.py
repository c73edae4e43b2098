"""Hands freed memory back to the system, which glibc does not always do by itself."""

import ctypes


def give_memory_back() -> None:
    """Trim the heap; does nothing on a C library that cannot.

    What a page took now and then stays with the process, for good when nothing is scanned any
    more: one scan in about a hundred left it at 70 MB instead of 26, when pages were held whole.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
