"""The door to scipy: minimising, and quantiles. It is imported where it is used, since it costs a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]


def minimise(loss: Callable[[Vector], tuple[float, Vector]], start: Vector) -> Vector:
    """Where the loss, which comes with its slope, is least: L-BFGS-B from `start`."""
    from scipy.optimize import minimize

    found: Vector = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


def beta_quantile(share: float, a: float, b: float) -> float:
    """The value below which a Beta(a, b) variable lies with probability `share`."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, share))
