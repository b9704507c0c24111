"""The seams to large models, Embedder and Reranker, and the one door to sentence-transformers.

What needs no download is elsewhere: our own embedder in `index/static.py`, latent semantics in `index/lsa.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from index.errors import EmbedderError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from sentence_transformers import CrossEncoder, SentenceTransformer

    Vector = npt.NDArray[np.float32]
    Vectors = npt.NDArray[np.float32]

Model = TypeVar("Model")


class Embedder(Protocol):
    """Texts to unit vectors. `name` enters the manifest: a question never meets another model's vectors.

    Safe to call from several threads. A model that cannot be loaded raises EmbedderError at the first use of any member
    that needs it.
    """

    @property
    def name(self) -> str:
        """The model and what else decides the vectors; the same name gives the same vectors."""

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """float32 (len(texts), dim), in the order given. An empty text gives a zero row; [] gives (0, dim)."""

    def embed_question(self, text: str) -> Vector:
        """float32 (dim,). Apart from embed_texts, because some models want a question worded differently."""


# What models want said before a question and before a text, for those that do not say it in their own configuration.
# (pattern of the model's name, question prompt, text prompt); the first that matches counts.
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    (
        r"\be5-.*instruct\b",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
        "",
    ),
    (r"\be5-", "query: ", "passage: "),
    (r"\bbge-.*zh\b", "为这个句子生成表示以用于检索相关文章：", ""),
    (r"\bbge-.*en\b", "Represent this sentence for searching relevant passages: ", ""),
    (
        r"\bqwen3-embedding",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
        "",
    ),
)
_SAMPLE_BYTES = 1 << 20


class _Large(Generic[Model]):
    """A model that is loaded at first use, once for all threads."""

    def __init__(self, model: str, device: str | None, dtype: str, batch_size: int, backend: str) -> None:
        self._model_name = model
        self._device = device
        self._dtype = dtype
        self._batch_size = batch_size
        self._backend = backend
        self._lock = Lock()
        self._loaded: Model | None = None

    def _load(self) -> Model:
        raise NotImplementedError

    def _model(self) -> Model:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @property
    def _options(self) -> dict[str, str]:
        """What only torch is told."""
        return {"dtype": self._dtype} if self._backend == "torch" else {}


class SentenceTransformerEmbedder(_Large["SentenceTransformer"]):
    """Any sentence-transformers model, by hub name or local path. Loaded at first use, which may take seconds.

    The prompts are those given here, else the model's own, else those of its family (e5, bge, Qwen3-Embedding).
    """

    def __init__(
        self,
        model: str,
        *,
        device: str | None = None,  # cpu, cuda, cuda:1, mps; None: the best there is
        dtype: str = "float32",  # of the computation: float32, float16, bfloat16; vectors are float32 in any case
        batch_size: int = 32,
        backend: str = "torch",  # or onnx, openvino, which need packages of their own
        question_prompt: str | None = None,
        text_prompt: str | None = None,
    ) -> None:
        super().__init__(model, device, dtype, batch_size, backend)
        self._question_prompt = question_prompt
        self._text_prompt = text_prompt

    @property
    def name(self) -> str:
        """The hub name, or the folder's name with a digest of its files; then a digest of prompts given here."""
        folder = Path(self._model_name)
        name = f"{folder.resolve().name}@{_digest(folder)}" if folder.is_dir() else self._model_name
        if self._question_prompt is None and self._text_prompt is None:
            return name
        prompts = repr((self._question_prompt, self._text_prompt)).encode()
        return f"{name}+{hashlib.sha256(prompts).hexdigest()[:8]}"

    @property
    def dim(self) -> int:
        return int(self._model().get_embedding_dimension() or 0)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Texts longer than the model reads are cut by its tokeniser."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if filled:
            prompt = self.prompts[1]
            found = self._model().encode_document(
                [texts[i] for i in filled], prompt=prompt, batch_size=self._batch_size, show_progress_bar=False
            )
            vectors[filled] = self._unit(np.asarray(found, np.float32), len(filled))
        return vectors

    def embed_question(self, text: str) -> Vector:
        import numpy as np

        if not text.strip():
            return np.zeros(self.dim, np.float32)
        found = self._model().encode_query([text], prompt=self.prompts[0], show_progress_bar=False)
        vector: Vector = self._unit(np.asarray(found, np.float32), 1)[0]
        return vector

    @property
    def prompts(self) -> tuple[str, str]:
        """What is put before a question and before a text."""
        own = self._model().prompts
        question = own.get("query") or ""
        text = own.get("document") or own.get("passage") or own.get("corpus") or ""
        if not question and not text:
            question, text = _family_prompts(self._model_name)
        return (
            question if self._question_prompt is None else self._question_prompt,
            text if self._text_prompt is None else self._text_prompt,
        )

    def _load(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        with _opening("嵌入", self._model_name, self._backend):
            return SentenceTransformer(
                self._model_name,
                device=self._device,
                backend=self._backend,  # type: ignore[arg-type]
                model_kwargs=self._options,
            )

    def _unit(self, vectors: Vectors, count: int) -> Vectors:
        import numpy as np

        if vectors.shape != (count, self.dim) or not np.isfinite(vectors).all():
            raise EmbedderError(
                f"嵌入模型“{self._model_name}”给出的向量不可用（形状 {vectors.shape}，或含有非数值）。"
                "请换一个模型，或改用 float32 精度。"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


class Reranker(Protocol):
    """Reads a question and a passage together. Safe to call from several threads; EmbedderError as an Embedder."""

    @property
    def name(self) -> str:
        """The model."""

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text, in the order given, how much it answers the question: the log of the odds. [] for none."""


class CrossEncoderReranker(_Large["CrossEncoder"]):
    """Any cross-encoder, by hub name or local path, or a Qwen3-Reranker. Loaded at first use, which may take seconds.

    bge-reranker and its like give one number a pair. Qwen3-Reranker is a language model that is asked whether the
    passage fits and says yes or no: the difference of these two logits is the log of the odds.
    """

    def __init__(
        self,
        model: str,
        *,
        device: str | None = None,
        dtype: str = "float32",
        batch_size: int = 32,
        backend: str = "torch",
        longest: int = 512,  # pieces of question and passage together
    ) -> None:
        super().__init__(model, device, dtype, batch_size, backend)
        self._longest = longest

    @property
    def name(self) -> str:
        folder = Path(self._model_name)
        return folder.resolve().name if folder.is_dir() else self._model_name

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        import numpy as np

        if not texts:
            return []
        model = self._model()
        if _says_yes_or_no(model):
            found = self._asked(model, [_judge(question, text) for text in texts])
        else:
            pairs = [(question, text) for text in texts]
            options = {"batch_size": self._batch_size, "show_progress_bar": False}
            found = np.asarray(model.predict(pairs, activation_fn=_as_it_is, **options), np.float32)  # type: ignore[call-overload]
        if found.shape != (len(texts),) or not np.isfinite(found).all():
            raise EmbedderError(
                f"重排模型“{self._model_name}”给出的分数不可用（形状 {found.shape}，或含有非数值）。"
                "请换一个模型，或改用 float32 精度。"
            )
        return [float(each) for each in found]

    def _asked(self, model: CrossEncoder, prompts: Sequence[str]) -> Vectors:
        """yes against no, at the end of each prompt; prompts of like lengths together."""
        import numpy as np

        tokeniser: Any = model.tokenizer
        tokeniser.padding_side = "left"
        yes, no = (tokeniser.convert_tokens_to_ids(word) for word in ("yes", "no"))
        ends = tokeniser(_JUDGE_ENDS, add_special_tokens=False)["input_ids"]
        bodies = tokeniser(
            list(prompts), add_special_tokens=False, truncation=True, max_length=self._longest - len(ends)
        )["input_ids"]
        found = np.zeros(len(prompts), np.float32)
        order = sorted(range(len(prompts)), key=lambda at: len(bodies[at]))
        for start in range(0, len(order), self._batch_size):
            part = order[start : start + self._batch_size]
            batch = tokeniser.pad({"input_ids": [bodies[at] + ends for at in part]}, return_tensors="pt")
            found[part] = _last_logits(model, batch, yes, no)
        return found

    def _load(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        with _opening("重排", self._model_name, self._backend):
            loaded: CrossEncoder = CrossEncoder(
                self._model_name,
                device=self._device,
                backend=self._backend,
                max_length=self._longest,
                model_kwargs=self._options,
            )
            return loaded


# What Qwen3-Reranker was trained to be asked, by its model card; the instruction names our task.
_JUDGE = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct "
    'provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
    "<Instruct>: Given a question, retrieve passages of government notices that answer it\n"
    "<Query>: {question}\n<Document>: {passage}"
)
_JUDGE_ENDS = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"


def _judge(question: str, passage: str) -> str:
    """Neither side can bring marks of the conversation along."""
    return _JUDGE.format(question=question.replace("<|", "< |"), passage=passage.replace("<|", "< |"))


def _says_yes_or_no(model: CrossEncoder) -> bool:
    config: Any = model.config
    return str((config.architectures or [""])[0]).endswith("ForCausalLM")


def _last_logits(model: CrossEncoder, batch: Any, yes: int, no: int) -> Vectors:  # noqa: ANN401
    """The difference of two logits behind the last piece; no gradients are kept."""
    import numpy as np

    inner: Any = model.model
    inner.requires_grad_(False)
    logits = inner(**batch.to(inner.device), use_cache=False).logits[:, -1]
    return np.asarray((logits[:, yes] - logits[:, no]).float().cpu(), np.float32)


def _as_it_is(scores: Any) -> Any:  # noqa: ANN401 (tensors)
    """No sigmoid: the log of the odds is wanted."""
    return scores


@contextmanager
def _opening(what: str, model: str, backend: str) -> Iterator[None]:
    """Whatever a model's files, the hub or the device may raise, as ours, with the way out."""
    try:
        yield
    except ImportError as exc:
        raise EmbedderError(
            f"推理后端 {backend} 要的软件包没有安装。请运行 .venv/bin/pip install 'sentence-transformers[{backend}]'，"
            "或把 embedder_backend 改回 torch。"
        ) from exc
    except Exception as exc:
        raise EmbedderError(
            f"{what}模型“{model}”无法载入：{_first_line(exc)}。请检查模型名称、设备和精度；没有网络时，"
            "请先把模型下载到本机，再给出它的文件夹路径。"
        ) from exc


def _family_prompts(model: str) -> tuple[str, str]:
    name = Path(model).name.lower()
    for pattern, question, text in _FAMILIES:
        if re.search(pattern, name):
            return question, text
    return "", ""


def _digest(folder: Path) -> str:
    """Tells apart models whose folders bear one name: sizes of all files, and of each its beginning, middle and end."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
            with path.open("rb") as file:
                for start in sorted({0, max(0, size // 2), max(0, size - _SAMPLE_BYTES)}):
                    file.seek(start)
                    digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip("。.")
