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
