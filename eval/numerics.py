"""The door to scipy: minimising, sparse matrices, quantiles. Imported where it is used, since it costs a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from scipy.sparse import csr_array

    Vector = npt.NDArray[np.float64]


def minimise(
    loss: Callable[[Vector], tuple[float, Vector]],
    start: Vector,
    bounds: Sequence[tuple[float | None, float | None]] | None = None,
) -> Vector:
    """Where the loss, which comes with its slope, is least: L-BFGS-B from `start`. A bound that is None is none."""
    from scipy.optimize import minimize

    found: Vector = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def sparse(columns: Sequence[Sequence[int]], width: int) -> csr_array:
    """A matrix (rows, width) that holds 1 in the columns given for each row, rising and none twice, and else 0."""
    import numpy as np
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *map(len, columns)])
    flat = np.array([column for row in columns for column in row], np.int32)
    return csr_array((np.ones(len(flat)), flat, ends), shape=(len(columns), width))


def beta_quantile(share: float, a: float, b: float) -> float:
    """The value below which a Beta(a, b) variable lies with probability `share`."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, share))
