"""Keeps memory from the process that it does not need."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE_BYTES = 128 * 1024  # glibc's own default, which it forgets after the first large block
ARENAS = 2


def hash_without_openssl() -> None:
    """Let hashlib take the interpreter's own SHA-2; OpenSSL's library alone is 3.7 MB.

    For a process that checks no password and speaks no TLS. Call before anything loads hashlib;
    afterwards it does nothing.
    """
    sys.modules.setdefault("_hashlib", None)  # type: ignore[arg-type] # None: not to be imported


def without_tls() -> None:
    """Let nothing load `ssl`, which http.client does for whoever might speak it; 4 MB.

    For a process that speaks no TLS: what needs it fails at once, not only where it would speak.
    Call before anything loads http.client; afterwards it does nothing.
    """
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type] # None: not to be imported


def stay_small() -> None:
    """Give large blocks back at once and share heaps between threads (malloc(3), glibc only).

    glibc raises its threshold for large blocks to the size of the first one freed, 19 MiB for a
    password check, and keeps a heap for each thread: six sign-ins on eight threads left 45 MB
    in the web process. Call before any thread starts; without glibc it does nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
    mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)
    mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Hand what is free at the top of the heap back to the system now."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
