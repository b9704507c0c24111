"""Everything that can go wrong between a document file and a passage, as one tree.

WenzhengError                    a person reads its message: the thing, the place, the way out
├── UnreadableFile               one document file cannot be read; the batch goes on
│   ├── UnsupportedFormat        a scan, an OFD, a picture …: says which formats are read
│   ├── WrongEncoding            text in an encoding that is not read
│   └── BrokenFile               empty, cut short, encrypted, too large, not what its name says
├── NothingToIndex               no readable document under the given paths
├── BadDocumentNumber            text that is no 文号
├── LibraryError                 the library folder as a whole
│   ├── LibraryMissing           there is none here: says how to build one
│   ├── LibraryMismatch          built by another version, embedder or tokeniser: says how to rebuild
│   └── LibraryDamaged           a file is gone, cut short or altered: says which
└── EmbedderError                a model that cannot be loaded or gives vectors of a wrong shape
"""

from __future__ import annotations

import errno

REBUILD = "请运行 `wenzheng index --only`，后面写出库中原有的全部文件和文件夹，重新建库。"  # where nothing can be kept

_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件或文件夹不见了",
    errno.EEXIST: "已有同名的文件",
    errno.EISDIR: "它是文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ELOOP: "链接绕回了自身",
    errno.ENAMETOOLONG: "名称过长",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件过大",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.ESTALE: "网络磁盘已断开",
    errno.ETIMEDOUT: "网络磁盘没有响应",
    errno.EBUSY: "正被别的程序占用",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.ENOMEM: "内存不足",
}


class WenzhengError(Exception):
    """Base of all errors that are told to a person. The message is Chinese and names the way out."""


class UnreadableFile(WenzhengError):
    """One document file cannot be read. Others of the batch are unharmed."""


class UnsupportedFormat(UnreadableFile):
    """A format that is not read."""


class WrongEncoding(UnreadableFile):
    """A text file whose encoding is not read."""


class BrokenFile(UnreadableFile):
    """An empty, encrypted, truncated or oversized file."""


class NothingToIndex(WenzhengError):
    """None of the given paths holds a readable document."""


class BadDocumentNumber(WenzhengError):
    """A text that is not a 文号."""


class LibraryError(WenzhengError):
    """The library folder cannot be used."""


class LibraryMissing(LibraryError):
    """There is no library in this folder."""


class LibraryMismatch(LibraryError):
    """The library was built by something else than what reads it."""


class LibraryDamaged(LibraryError):
    """A file of the library is missing, truncated or altered."""


class EmbedderError(WenzhengError):
    """An embedding model cannot be loaded or misbehaves."""


def system_reason(exc: OSError) -> str:
    """Why the system refused, in Chinese where its number is known, else in its own words."""
    return _REASONS.get(exc.errno or 0) or exc.strerror or str(exc)
