"""A POSIX shared memory segment: the file /dev/shm/<name>, its descriptor and its mapping.

Not `multiprocessing.shared_memory`: its resource tracker unlinks a name when a process that merely attached to it exits
(before Python 3.13 there is no way to tell it not to). What is here is unlinked when somebody says so.
"""

from __future__ import annotations

import enum
import errno
import fcntl
import mmap
import os
import stat
from typing import Callable, Optional, Tuple

from .errors import (
    InvalidNameError,
    InvalidObjectError,
    NoSpaceError,
    NotAllowedError,
    ObjectNotFoundError,
    SharedObjectError,
    SystemCallError,
)
from .layout import DATA_OFFSET, TAG_NONE, TAG_OFFSET, grown_size, whole_pages
from .locks import locked

SHM_DIR = "/dev/shm"  # where Linux's shm_open looks; glibc and musl both have it fixed
PRIVATE = 0o600  # the mode that Python's shm_open gives, and who takes part unless told otherwise
_WRITERS = 0o022
_BLOCK = 512  # of st_blocks, whatever the file system's own are
_OPEN_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
_MAX_NAME_BYTES = 255

# What open(O_TMPFILE) says where the kernel or the file system has no unnamed files (EISDIR: a kernel older than the
# flag takes it for O_DIRECTORY), and what linkat says where there is no /proc to name the descriptor by.
_NO_UNNAMED_FILES = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT)
_NO_LINK_BY_DESCRIPTOR = (errno.ENOENT, errno.EXDEV, errno.EPERM, errno.EACCES)


def check_name(name: str) -> str:
    """The name, if a segment can have it.

    :raises TypeError: not a str.
    :raises InvalidNameError: empty, "." or "..", with "/" or NUL, longer than 255 bytes, or not encodable.
    """
    if not isinstance(name, str):
        raise TypeError(f"a SharedObject's name must be a str, not {type(name).__name__}")
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError:
        raise InvalidNameError(f"{name!r} can't be a SharedObject's name: it is not encodable as a file name") from None
    if not name:
        problem = "it is empty"
    elif name in (".", ".."):
        problem = "it means a directory"
    elif "/" in name or "\0" in name:
        problem = "it contains '/' or NUL"
    elif len(encoded) > _MAX_NAME_BYTES:
        problem = f"it is {len(encoded)} bytes long, and {_MAX_NAME_BYTES} is the limit"
    else:
        return name
    raise InvalidNameError(f"{name!r} can't be a SharedObject's name: {problem}. It names a file in {SHM_DIR}.")


def unlink(name: str, *, missing_ok: bool = False) -> None:
    """Remove the name of a shared object. Processes that have it open keep their (now nameless) memory.

    :raises InvalidNameError: not a possible name.
    :raises ObjectNotFoundError: there is none of that name, and not `missing_ok`.
    :raises NotAllowedError: (a PermissionError) it is another user's.
    """
    try:
        os.unlink(_path(check_name(name)))
    except FileNotFoundError:
        if not missing_ok:
            raise _not_found(name) from None
    except OSError as e:
        raise _refused(name, "unlinked", e) from None


def exists(name: str) -> bool:
    """Whether there is a shared object of that name, or somebody is making one.

    :raises InvalidNameError: not a possible name.
    """
    return os.path.isfile(_path(check_name(name)))


class Link(enum.Enum):
    """What has become of a segment's name."""

    KEPT = "its segment has its name"
    LOST = "its segment has lost its name, and nobody else can open it"
    TAKEN = "another segment has its name now"


class EmptySegment(Exception):
    """The file has no size yet: somebody is between shm_open and ftruncate."""


class Segment:
    """An open, mapped segment. Its memory stays valid for whoever holds a view of it, also after `close`."""

    def __init__(self, name: str, fd: int, size: int) -> None:
        """Owns the descriptor once this has returned."""
        self.name = name
        self.fd = fd
        self.size = size
        self._identity = _identity(os.fstat(fd))
        self._map_it(size)

    def _map_it(self, size: int) -> None:
        # An mmap keeps a duplicate of its descriptor, which a forked child can't get rid of: as one of the description
        # that is locked, it would keep the lock of a parent that is killed.
        own = _open_anew(self.fd)
        try:
            mapped = mmap.mmap(self.fd if own is None else own, size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        except ValueError:  # shorter than its size was a moment ago
            raise self._truncated(os.fstat(self.fd).st_size) from None
        except OSError as e:
            raise _refused(self.name, "mapped", e) from None
        finally:
            if own is not None:
                os.close(own)
        self._map: Optional[mmap.mmap] = mapped
        self.buf = memoryview(self._map)
        self.readonly = self.buf.toreadonly()

    def link(self) -> Link:
        """Who has the name now. Also after `close`."""
        try:
            found = _identity(os.stat(_path(self.name), follow_symlinks=False))
        except FileNotFoundError:
            return Link.LOST
        # No other file gets this inode number while this segment is open or mapped.
        return Link.KEPT if found == self._identity else Link.TAKEN

    def is_linked(self) -> bool:
        """Whether it has a name, at all."""
        return os.fstat(self.fd).st_nlink > 0

    def _truncated(self, size: int) -> InvalidObjectError:
        return InvalidObjectError(
            f"SharedObject {self.name!r}: its segment had {self.size} bytes, and has {size}: a peer has truncated it. "
            "What was in it is lost. Unlink it, and have its producer make it anew."
        )

    def has_grown(self) -> bool:
        """Whether the segment is longer than what is mapped: a peer has adopted it (given it a trailer), or stored a
        longer value, if it is of the kind that grows.

        To be called under the lock, before the memory is touched: where a peer has truncated it, that would end the
        process (SIGBUS). Without the lock the answer yes is as good, as segments never shrink.

        :raises InvalidObjectError: it is shorter.
        """
        # A third of what fstat costs in Python. Nothing here uses the descriptor's position.
        size = os.lseek(self.fd, 0, os.SEEK_END)
        if size < self.size:
            raise self._truncated(size)
        return size > self.size

    def reserve(self) -> bool:
        """Get the memory of a segment with holes, as plain processes make them. Under the lock.

        Where a full tmpfs has none for a page, touching it would end the process (SIGBUS).

        :returns: False if it has holes and no type: it is being made, nothing was reserved, and it must not be touched.
        :raises NoSpaceError: (an OSError) there is none left.
        """
        if os.fstat(self.fd).st_blocks * _BLOCK >= self.size or self.size < DATA_OFFSET:
            return True
        if self.size > DATA_OFFSET and os.pread(self.fd, 1, TAG_OFFSET) in (b"", bytes([TAG_NONE])):
            return False
        _allocate(self.name, self.fd, self.size)
        return True

    def map_again(self, then: Callable[[], None]) -> None:
        """Map all of a segment that has grown. Views of the old mapping stay valid, and show the same memory.

        `then` is called before `has_grown` ceases to be true: if a signal handler raises, the next call does it again.
        """
        size = os.fstat(self.fd).st_size
        self._map_it(size)
        then()
        self.size = size

    def grow(self, needed: int, then: Callable[[], None]) -> None:
        """Make it so long at least, and map that. Under the writer lock.

        Its pages are reserved before its size changes, so whoever sees the size can touch them, and a writer that
        dies here has changed nothing, or left a segment that is longer than it need be.

        :param then: as for `map_again`.
        :raises NoSpaceError: (an OSError) no room; nothing has changed.
        """
        try:
            _allocate(self.name, self.fd, grown_size(self.size, needed))
        except NoSpaceError:
            _allocate(self.name, self.fd, whole_pages(needed))
        self.map_again(then)

    @classmethod
    def open(cls, name: str, mode: int = PRIVATE) -> "Segment":
        """Map an existing segment, all of it.

        :param mode: who may take part: no other user, unless it gives the group or others access; no writers that it
            does not let.

        :raises ObjectNotFoundError: there is none.
        :raises EmptySegment: it has no size yet.
        :raises InvalidObjectError: it is not a plain file.
        :raises NotAllowedError: (a PermissionError) no permission, or it is open to more users.
        :raises SystemCallError: (an OSError) a symbolic link, and the like.
        """
        try:
            fd = os.open(_path(name), _OPEN_FLAGS)
        except FileNotFoundError:
            raise _not_found(name) from None
        except OSError as e:
            raise _refused(name, "opened", e) from None
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                raise InvalidObjectError(f"SharedObject {name!r}: {_path(name)} is not a plain file")
            found = stat.S_IMODE(status.st_mode)
            if found & _WRITERS & ~mode or (status.st_uid != os.geteuid() and not mode & ~PRIVATE):
                raise NotAllowedError(
                    errno.EACCES,
                    f"SharedObject {name!r} is open to others than this user: it belongs to user {status.st_uid} and "
                    f"has the mode {found:04o}, where {mode:04o} is allowed (SharedObject's `mode`)",
                    _path(name),
                )
            if status.st_size == 0:
                raise EmptySegment
            return cls(name, fd, status.st_size)
        except BaseException as e:
            os.close(fd)
            if _is_bare(e):
                raise _refused(name, "opened", e) from None
            raise

    @classmethod
    def create(cls, name: str, size: int, fill: Callable[[memoryview], None], mode: int = PRIVATE) -> "Segment":
        """Make a segment that nobody sees before `fill` has written the whole of it.

        `fill` gets the zeroed memory. Its pages are allocated beforehand, so a full tmpfs is an OSError here and not a
        SIGBUS at some later write.

        :raises FileExistsError: the name is taken.
        :raises NoSpaceError: (an OSError) shared memory is full.
        :raises NotAllowedError: (a PermissionError) no permission.
        :raises SystemCallError: (an OSError) too many open files, and the like.
        """
        segment = cls._create_unnamed(name, size, fill, mode)
        return segment if segment is not None else cls._create_in_place(name, size, fill, mode)

    @classmethod
    def _create_unnamed(
        cls, name: str, size: int, fill: Callable[[memoryview], None], mode: int
    ) -> Optional["Segment"]:
        """By a file without a name that is linked when it is complete; None where that can't be done."""
        try:
            fd = os.open(SHM_DIR, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, PRIVATE)
        except OSError as e:
            if e.errno in _NO_UNNAMED_FILES:
                return None
            raise _refused(name, "made", e) from None
        try:
            _allocate(name, fd, size)
            os.fchmod(fd, mode)  # the mode as it is given, whatever the umask
            segment = cls(name, fd, size)
            fill(segment.buf)
            directory = os.open(SHM_DIR, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                # The directory descriptor is what makes Python call linkat; plain link() does not follow /proc's link.
                os.link(f"/proc/self/fd/{fd}", name, dst_dir_fd=directory, follow_symlinks=True)
            finally:
                os.close(directory)
        except BaseException as e:
            os.close(fd)  # the mapping goes with the last reference to it
            if isinstance(e, OSError) and e.errno in _NO_LINK_BY_DESCRIPTOR:
                return None
            if _is_bare(e):
                raise _refused(name, "made", e) from None
            raise
        return segment

    @classmethod
    def _create_in_place(cls, name: str, size: int, fill: Callable[[memoryview], None], mode: int) -> "Segment":
        """By O_EXCL, under the writer lock from the start; the tag is written last, as it says "complete"."""
        try:
            fd = os.open(_path(name), _OPEN_FLAGS | os.O_CREAT | os.O_EXCL, PRIVATE)
        except OSError as e:
            if _is_bare(e):
                raise _refused(name, "made", e) from None
            raise
        try:

            def make() -> Segment:
                _allocate(name, fd, size)
                segment = cls(name, fd, size)
                whole = bytearray(size)
                fill(memoryview(whole))
                segment.buf[DATA_OFFSET:] = whole[DATA_OFFSET:]
                segment.buf[:TAG_OFFSET] = whole[:TAG_OFFSET]
                segment.buf[TAG_OFFSET] = whole[TAG_OFFSET]
                os.fchmod(fd, mode)
                return segment

            return locked(fd, fcntl.LOCK_EX, None, name, make)
        except BaseException:
            unlink(name, missing_ok=True)
            os.close(fd)
            raise

    def leave_parent(self) -> None:
        """In a forked child: an open file description of its own, under the same number.

        The inherited one is the parent's too, so a flock on it would convert or drop the parent's.
        """
        fd = _open_anew(self.fd)
        if fd is not None:
            os.dup2(fd, self.fd, inheritable=False)
            os.close(fd)

    def close(self) -> None:
        """Let descriptor and mapping go; may be called again.

        The mapping ends with the last reference to it, never by mmap.close(): that would pull it from under an array
        that somebody kept, as numpy does not always hold a buffer for as long as it uses it.
        """
        if self._map is None:
            return
        self._map = self.buf = self.readonly = None  # type: ignore[assignment]
        os.close(self.fd)


def _open_anew(fd: int) -> Optional[int]:
    """A descriptor of the same file with an open file description of its own; None where there is no /proc."""
    try:
        return os.open(f"/proc/self/fd/{fd}", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None


def _allocate(name: str, fd: int, size: int) -> None:
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError as e:
        raise NoSpaceError(
            e.errno, f"SharedObject {name!r}: no room for its {size} bytes: {e.strerror}", SHM_DIR
        ) from None


def _is_bare(e: BaseException) -> bool:
    """Whether it is the system's own error, and not the one by which callers know that the name is taken."""
    return isinstance(e, OSError) and not isinstance(e, (SharedObjectError, FileExistsError))


def _refused(name: str, what: str, e: BaseException) -> SharedObjectError:
    assert isinstance(e, OSError)
    path = _path(name)
    if e.errno in (errno.EISDIR, errno.ENXIO):
        return InvalidObjectError(f"SharedObject {name!r}: {path} is not a plain file")
    why = "it is a symbolic link, and those are not followed" if e.errno == errno.ELOOP else e.strerror
    error = NotAllowedError if isinstance(e, PermissionError) else SystemCallError
    return error(e.errno, f"SharedObject {name!r} can't be {what}: {why}", path)


def _identity(status: os.stat_result) -> Tuple[int, int]:
    return status.st_dev, status.st_ino


def _path(name: str) -> str:
    return f"{SHM_DIR}/{name}"


def _not_found(name: str) -> ObjectNotFoundError:
    return ObjectNotFoundError(errno.ENOENT, f"there is no SharedObject {name!r}", _path(name))
