"""Settings: one frozen record from wenzheng.toml and the environment, read once at start-up."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from index.errors import WenzhengError
from index.library import default_folder


def default_desk() -> Path:
    """WENZHENG_DESK where it is set, else beside the default library."""
    from platformdirs import user_data_path

    named = os.environ.get("WENZHENG_DESK")
    return Path(named) if named else user_data_path("wenzheng") / "desk"


class BadSettings(WenzhengError):
    """wenzheng.toml cannot be read, or holds a key or value that is not known."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Every key of wenzheng.toml is a field of this record; an unknown key is an error."""

    library: Path = field(default_factory=default_folder)
    embedder: str = "contextual"  # contextual, static, lsa, or a sentence-transformers model by path or hub name
    embedder_device: str = ""  # "", cpu, cuda, mps …; "" lets the library choose
    embedder_dtype: str = "float32"  # or float16, bfloat16
    embedder_batch_size: int = 32
    embedder_backend: str = "torch"  # or onnx, openvino
    reranker: str = ""  # "" none; a cross-encoder by path or hub name; device, dtype … as the embedder's
    close_reading: bool = True  # our own reader reads the first passages together with the question
    reader: str = ""  # "" the one that ships; a folder that `python -m index.training.reading` wrote
    thesaurus: str = ""  # a folder of one's own words, beside those that are bundled
    keep_files: bool = True  # copies of what is indexed stay in the library, for readers to have
    desk: Path = field(default_factory=default_desk)  # what the desks keep: accounts, tickets, feedback
    ticket_days: int = 365  # closed tickets are deleted after so many days
    answer_days: int = 365  # answers with a lasting link, and feedback, likewise
    asks_per_minute: int = 30  # what one address may ask; 0: as much as it likes
    model: str = ""  # "" answers extractively; a path or hub name, or provider:name for langchain's init_chat_model
    model_max_tokens: int = 512
    model_timeout_s: float = 60.0
    model_context_tokens: int = 0  # prompt and reply together; 0: all that the model reads
    model_dtype: str = "auto"  # as it was saved; or float32, float16, bfloat16
    model_device: str = ""  # "" the best there is; cpu, cuda:0, mps …; auto: over all of them (needs accelerate)
    model_bits: int = 0  # 4 or 8: a smaller network (needs bitsandbytes); 0: as it is

    def of_answers(self) -> dict[str, Any]:
        """Those that an answer depends on, by name: neither folders nor what the desks keep and allow."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _NO_ANSWER}

    @classmethod
    def load(cls, library: Path | None = None, file: Path | None = None) -> Settings:
        """From wenzheng.toml in the working folder (or `file`), WENZHENG_LIBRARY and the command line, last wins."""
        path = file or Path(os.environ.get("WENZHENG_CONFIG", "wenzheng.toml"))
        values = _read(path) if path.exists() or file else {}
        if library is not None:
            values["library"] = library
        elif os.environ.get("WENZHENG_LIBRARY"):
            values["library"] = Path(os.environ["WENZHENG_LIBRARY"])
        if os.environ.get("WENZHENG_DESK"):
            values["desk"] = Path(os.environ["WENZHENG_DESK"])
        return cls(**values)


_NO_ANSWER = {"library", "keep_files", "desk", "ticket_days", "answer_days", "asks_per_minute"}


def _read(path: Path) -> dict[str, Any]:
    try:
        loaded = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise BadSettings(f"设置文件 {path} 读不懂：{exc}。请改正后再试，或先把它移开。") from exc
    return _checked(path, loaded)


def _checked(path: Path, loaded: Mapping[str, Any]) -> dict[str, Any]:
    defaults = Settings()
    known = {each.name for each in fields(Settings)}
    values: dict[str, Any] = {}
    for key, value in loaded.items():
        if key not in known:
            raise BadSettings(f"设置文件 {path} 里的“{key}”不认识。可用的有：{'、'.join(sorted(known))}。")
        wanted = type(getattr(defaults, key))
        if issubclass(wanted, Path) and isinstance(value, str):
            values[key] = Path(value).expanduser()
        elif isinstance(value, wanted) or (wanted is float and isinstance(value, int)):
            values[key] = wanted(value)
        else:
            raise BadSettings(f"设置文件 {path} 里“{key}”的值不对：{value!r}。应为 {wanted.__name__}。")
    return values
