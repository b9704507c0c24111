"""What was learned → the folder that ships; sentence-transformers opens it as a static model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from index.nearness import ABOUT, HOW_NEAR, NEIGHBOURS, SCALES, TABLE, TELLING
from index.pieces import SPECIAL
from index.static import TENSOR, WEIGHTS

if TYPE_CHECKING:
    from index.pieces import Ids
    from index.training.learn import Floats, Near

_NEIGHBOURS = 8  # of each piece
_AT_ONCE = 1024  # pieces
_PARTS = (
    ("0", "", "sentence_transformers.models.StaticEmbedding"),
    ("1", "1_Normalize", "sentence_transformers.models.Normalize"),
)


def write_model(bag: Floats, near: Near, tokeniser: Path, folder: Path) -> None:
    """The bag in sixteen bits, nearness in eight with a scale for each piece."""
    import numpy as np
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(tokeniser, folder / "tokenizer.json")
    peak = float(np.abs(bag).max())  # only directions matter; half precision holds them best near 1
    save_file({TENSOR: (bag / peak).astype(np.float16)}, folder / WEIGHTS)
    scales = np.maximum(np.abs(near.table).max(axis=1), 1e-6) / 127
    np.save(folder / SCALES, scales.astype(np.float32), allow_pickle=False)
    np.save(folder / TABLE, np.rint(near.table / scales[:, None]).astype(np.int8), allow_pickle=False)
    np.save(folder / TELLING, near.telling.astype(np.float32), allow_pickle=False)
    neighbours, how_near = _nearest(near.table)
    np.save(folder / NEIGHBOURS, neighbours.astype(np.uint16), allow_pickle=False)
    np.save(folder / HOW_NEAR, np.rint(np.clip(how_near, 0, 1) * 255).astype(np.uint8), allow_pickle=False)
    files: dict[str, object] = {
        ABOUT: {"same": round(near.same, 4)},
        "modules.json": [{"idx": int(at), "name": at, "path": path, "type": kind} for at, path, kind in _PARTS],
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine", "prompts": {"query": "", "document": ""}},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / WEIGHTS).chmod(0o644)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "1_Normalize" / "config.json").write_text("{}\n", "utf-8")


def _nearest(table: Floats) -> tuple[Ids, Floats]:
    """(pieces, neighbours): of each piece the nearest others, nearest first, and their cosines; none are special."""
    import numpy as np

    count = min(_NEIGHBOURS, max(1, len(table) - SPECIAL - 1))
    neighbours = np.zeros((len(table), count), np.int64)
    how_near = np.zeros((len(table), count), np.float32)
    for start in range(0, len(table), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(table)))
        cosines = table[rows] @ table.T
        cosines[:, :SPECIAL] = -1
        cosines[np.arange(len(rows)), rows] = -1
        best = np.sort(np.argpartition(-cosines, count - 1, axis=1)[:, :count], axis=1)
        order = np.argsort(-np.take_along_axis(cosines, best, axis=1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)
        neighbours[rows] = best
        how_near[rows] = np.take_along_axis(cosines, best, axis=1)
    return neighbours, how_near
