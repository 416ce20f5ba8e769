"""Take a process the means to open a socket, so that not even a fault in the checks lets a query send a request.

On Linux a seccomp filter (man 2 seccomp) refuses the system calls; elsewhere, or where the kernel
allows no filter, the process may open no further file at all.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22
_SECCOMP_MODE_FILTER = 2

#: Machine -> (audit architecture, system calls refused: socket, connect, execve, execveat, io_uring_setup).
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 425)),
}

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # the latter fails the call with EACCES

#: System calls of the x32 ABI have this bit; no program here needs them.
_X32 = 0x40000000


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def lock_down(memory: int) -> str:
    """Give up sockets and more than ``memory`` further bytes for good, and say by which means."""
    most = _address_space() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and filter_calls():
        return "seccomp"
    forbid_files()
    return "no further files"


def _address_space() -> int:
    """Give the bytes of address space that the process has (proc(5), statm); much is never touched: stacks, arenas."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:  # no Linux
        return 0


def forbid_files() -> None:
    """Let no further file or socket be opened; those open stay usable."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def filter_calls() -> bool:
    """Install the seccomp filter; False where this machine or kernel has none."""
    machine = os.uname().machine
    if machine not in _CALLS or sys.maxsize < 2**32:
        return False
    architecture, calls = _CALLS[machine]
    # Offsets 4 and 0 of the data a filter sees are the architecture and the number of the call.
    tests = [(_JUMP_EQUAL, call) for call in calls] + [(_JUMP_AT_LEAST, _X32)]
    steps = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 0, len(tests) + 2, architecture), (_LOAD, 0, 0, 0)]
    steps += [(code, len(tests) - number, 0, value) for number, (code, value) in enumerate(tests)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
