"""Which language models lie on this machine, and what fits its memory.

Nothing is loaded and nothing leaves the machine: folders are looked into, and an Ollama on localhost is asked for its
list, if it answers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

OLLAMA = "http://127.0.0.1:11434"
_WAIT_S = 1.0  # for an Ollama that may not be there
_MARGIN = 1.2  # of the weights: what reading and writing take besides, an estimate
_WEIGHTS = (".safetensors", ".bin")
_LARGEST_ANSWER = 4_000_000  # bytes of Ollama's list that are read


@dataclass(frozen=True, slots=True)
class Held:
    """A model that is here. `name` is what `model` is to be set to."""

    name: str
    bytes: int  # of its weights
    where: str

    def fits(self, memory: int) -> bool:
        """Whether so many bytes of memory hold it."""
        return self.bytes * _MARGIN <= memory


def held_models(model: str = "", hub: Path | None = None, ollama: str = OLLAMA) -> list[Held]:
    """Chat models in the hub's cache (`hub`: its own place), beside the folder that `model` names, and in Ollama."""
    return [*_in_hub(hub or _hub()), *_beside(model), *_in_ollama(ollama)]


def memory_bytes() -> int:
    """The memory of this machine, or less where a container bounds it; 0 where it cannot be told."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not a Unix
        return 0
    try:
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    except (OSError, ValueError):  # no container, or "max"
        return total


def _hub() -> Path:
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE)


def _in_hub(cache: Path) -> Iterator[Held]:
    """models--Qwen--Qwen3-4B/snapshots/REVISION/config.json → Qwen/Qwen3-4B."""
    for folder in sorted(cache.glob("models--*")):
        snapshots = sorted(folder.glob("snapshots/*/config.json"), key=lambda file: file.stat().st_mtime)
        if snapshots and _chats(snapshots[-1]):
            name = folder.name.removeprefix("models--").replace("--", "/", 1)
            yield Held(name, _weights(snapshots[-1].parent), "下载缓存")


def _beside(model: str) -> Iterator[Held]:
    """The models in the folder that holds the one which the settings name."""
    folder = Path(model).expanduser()
    if not model or not folder.is_absolute() or not folder.parent.is_dir():
        return
    for config in sorted(folder.parent.glob("*/config.json")):
        if _chats(config):
            yield Held(str(config.parent), _weights(config.parent), "文件夹")


def _in_ollama(address: str) -> Iterator[Held]:
    try:
        with build_opener(ProxyHandler({})).open(f"{address}/api/tags", timeout=_WAIT_S) as reply:
            models = json.loads(reply.read(_LARGEST_ANSWER))["models"]
            held = [Held(f"ollama:{each['name']}", int(each["size"]), "Ollama") for each in models]
    except (OSError, ValueError, KeyError, TypeError):  # nobody there, or another service
        return
    yield from held


def _chats(config: Path) -> bool:
    try:
        architectures = json.loads(config.read_text("utf-8")).get("architectures") or []
    except (OSError, ValueError, AttributeError):
        return False
    return any(str(name).endswith("ForCausalLM") for name in architectures)


def _weights(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.suffix in _WEIGHTS)
