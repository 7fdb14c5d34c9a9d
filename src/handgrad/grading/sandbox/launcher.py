"""Shuts a process in, then becomes the submission's: a script, with its orders as JSON on standard input.

It imports the standard library alone. What it does, in order: new namespaces (user, mount, process, network
and more), a file system that holds Python and the submission and nothing else, limits, another user, no way
to gain rights again, and the submission's own process with an empty environment.
"""

import contextlib
import ctypes
import json
import os
import platform
import resource
import signal
import sys
from typing import Any

NEW_SPACES = {"mount": 0x00020000, "user": 0x10000000, "process": 0x20000000, "network": 0x40000000}
NEW_OTHERS = 0x08000000 | 0x04000000  # of System V's messages, and of the host's name
READ_ONLY, NO_SET_UID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
DETACH = 2
NO_NEW_PRIVILEGES, DEATH_SIGNAL = 38, 1
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
"""The number of the system call, which the C library has no function for."""

KEPT = 6
"""File descriptors that the submission's process is started with: the three usual ones and its channel."""

FAILED = 97
"""Exit status where the process could not be shut in."""

libc = ctypes.CDLL(None, use_errno=True)


def must(result: int, what: str) -> None:
    """Stop where a system call failed."""
    if result != 0:
        error = os.strerror(ctypes.get_errno())
        raise OSError(f"{what}: {error}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """One mount."""
    found = libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode())
    must(found, f"mount {target}")


def enter_spaces(orders: dict[str, Any]) -> None:
    """New namespaces. Root's user numbers are mapped by the parent, from outside; a user's own by itself."""
    root = os.getuid() == 0
    user, group = os.getuid(), os.getgid()
    told, ready = os.pipe(), os.pipe()
    parent = os.getpid()
    helper = os.fork() if root else 0
    if root and helper == 0:  # outside the new user namespace, where root may map several users
        os.close(told[1])
        if os.read(told[0], 1) != b"1":
            os._exit(1)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{parent}/{name}", "w") as file:
                file.write(f"0 0 1\n{orders['user']} {orders['user']} 1\n")
        os.write(ready[1], b"1")
        os._exit(0)
    must(libc.unshare(sum(NEW_SPACES.values()) | NEW_OTHERS), "unshare")
    if root:
        os.close(ready[1])
        os.write(told[1], b"1")
        if os.read(ready[0], 1) != b"1":
            raise OSError("the users of the new namespace could not be mapped")
        os.waitpid(helper, 0)
    else:
        own = (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"))
        for name, line in own:
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)
    for end in (*told, ready[0], *(() if root else (ready[1],))):
        os.close(end)
    with contextlib.suppress(OSError), open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")  # inside of these no further ones, in which a submission would have rights again


def new_root(orders: dict[str, Any]) -> None:
    """A file system with Python, the submission, and a little room to write."""
    root = orders["root"]
    mount("none", "/", "none", RECURSIVE | PRIVATE)
    mount("none", root, "tmpfs", NO_SET_UID | NO_DEVICES, "size=4m,mode=755")
    for room in ("/tmp", orders["work"]):  # before the rest: Python itself may lie in /tmp
        os.makedirs(root + room, exist_ok=True)
        mount("none", root + room, "tmpfs", NO_SET_UID | NO_DEVICES, f"size={orders['disk']},mode=1777")
    for source, target in orders["shown"]:
        place = root + target
        if os.path.islink(source):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(os.readlink(source), place)
            continue
        if os.path.isdir(source):
            os.makedirs(place, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            open(place, "w").close()
        mount(source, place, "none", BIND | RECURSIVE)
        device = target.startswith("/dev/")
        flags = os.statvfs(place).f_flag & 0xF  # what is forbidden outside stays so
        if not device:
            mount("none", place, "none", BIND | REMOUNT | READ_ONLY | NO_SET_UID | NO_DEVICES | flags)
    for hidden in orders["hidden"]:
        if os.path.isdir(root + hidden):
            mount("none", root + hidden, "tmpfs", READ_ONLY, "size=4k")
    os.chdir(root)
    os.makedirs("old", exist_ok=True)
    number = PIVOT_ROOT[platform.machine()]
    must(libc.syscall(number, b".", b"old"), "pivot_root")
    os.chdir("/")
    must(libc.umount2(b"/old", DETACH), "umount")
    os.rmdir("/old")
    mount("none", "/", "none", BIND | REMOUNT | READ_ONLY | NO_SET_UID | NO_DEVICES)


def limit(orders: dict[str, Any]) -> None:
    """Limits on time, memory, files and processes."""
    names = {"cpu": "CPU", "memory": "AS", "file": "FSIZE", "processes": "NPROC", "files": "NOFILE"}
    for key, name in names.items():
        value = int(orders["limits"][key])
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        later = value + 1 if key == "cpu" else value  # a signal that can be told from others, then the end
        if hard != resource.RLIM_INFINITY:
            value, later = min(value, hard), min(later, hard)
        resource.setrlimit(kind, (value, later))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def become(orders: dict[str, Any]) -> None:
    """The submission's process, for good."""
    if orders["user"] != os.getuid():
        os.setgroups([])
        os.setresgid(orders["user"], orders["user"], orders["user"])
        os.setresuid(orders["user"], orders["user"], orders["user"])
    libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    must(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
    limit(orders)
    os.chdir(orders["work"])
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.closerange(KEPT, 1024)
    os.execve(orders["command"][0], orders["command"], orders["environment"])


def watch(child: int) -> int:
    """Wait for the submission's process, and for what it leaves behind; its end as a shell tells it."""
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def main() -> None:
    """Shut in, fork, wait."""
    orders = json.loads(sys.stdin.read())
    libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # its many processes may each take what one may: they go before the grader does
    try:
        if orders["tier"] == "namespaces":
            enter_spaces(orders)
            first = os.fork()  # the first process of the new process namespace: its end is the end of all
            if first != 0:
                os.closerange(3, KEPT)  # the channel is the submission's: its end must be seen by the grader
                sys.exit(watch(first))
            libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
            new_root(orders)
        child = os.fork()
        if child == 0:
            become(orders)
    except (OSError, KeyError, ValueError) as error:
        os.write(2, f"could not be shut in: {error}\n".encode())
        os._exit(FAILED)
    os.closerange(3, KEPT)
    os._exit(watch(child))


if __name__ == "__main__":
    main()
