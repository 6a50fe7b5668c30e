"""Pearson's r between many neurons of two models, from batches of points, in bounded memory.

The sums of products are float32 matrix products. They are exact to about 1e-5 because values are
shifted and scaled first, by the mean and standard deviation of the first batch, which then stay,
and because no long sum is made in one piece.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

_FEW = 64
_BLOCK = 512
"""Points in one product where there are few rows: matrix libraries add those one by one, in
float32, and 2,048 equal signs in a row cost two digits."""
_CONSTANT = 1e-10
"""Of a neuron's variance to its squared scale; below, it is constant and has no correlation."""


class Side:
    """The neurons on one side, with their running sums.

    Args:
        n: Neurons.
    """

    def __init__(self, n: int) -> None:
        self.n_points = 0
        self._shift = torch.zeros(n)
        self.scale = torch.ones(n)
        """What each neuron's values are divided by, [n]."""
        self._sum = torch.zeros(n, dtype=torch.float64)
        self._squares = torch.zeros(n, dtype=torch.float64)

    def take(self, values: NDArray[np.float32]) -> torch.Tensor:
        """Shift and scale a batch, and add it to the sums.

        Args:
            values: [n_points, n], in activation units.

        Returns:
            float32 [n_points, n].
        """
        x = torch.from_numpy(values)
        if not self.n_points and len(x):
            exact = x.double()
            spread = exact.std(0, correction=0)
            largest = (exact - exact.mean(0)).abs().amax(0)
            # Silent in the first batch is not dead: whoever wakes up later is scaled like the rest.
            usual = spread[spread > 0].median() if (spread > 0).any() else torch.tensor(1.0)
            is_silent = spread <= 1e-6 * largest.clamp(min=1e-30)
            self._shift = exact.mean(0).float()
            self.scale = torch.where(is_silent, usual, spread).float()
        z = (x - self._shift) / self.scale
        self.n_points += len(z)
        self._sum += z.sum(0, dtype=torch.float64)
        self._squares += z.double().square_().sum(0)
        return z

    @property
    def total(self) -> torch.Tensor:
        """Sum of the shifted and scaled values, float64 [n]."""
        return self._sum

    @property
    def scatter(self) -> torch.Tensor:
        """Sum of squares round the mean, shifted and scaled, float64 [n]; NaN if it is constant."""
        n = max(self.n_points, 1)
        found = self._squares - self._sum.square() / n
        return torch.where(found > _CONSTANT * n, found, torch.nan)


class Products:
    """Sums of products of the neurons on two sides.

    Args:
        a: Neurons of the rows.
        b: Neurons of the columns.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x, y = rng.normal(size=(2, 100, 3)).astype(np.float32)
        >>> products = Products(Side(3), Side(3))
        >>> for t in (slice(0, 40), slice(40, 100)):
        ...     products.add(products.a.take(x[t]), products.b.take(y[t]))
        >>> bool(np.allclose(products.r(), np.corrcoef(x.T, y.T)[:3, 3:], atol=1e-6))
        True
    """

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        is_small = len(a.scale) < _FEW
        self._sums = torch.zeros(
            len(a.scale), len(b.scale), dtype=torch.float64 if is_small else torch.float32
        )

    def add(self, x: torch.Tensor, y: torch.Tensor) -> None:
        """Add a batch of points, as `Side.take` gave it for the two sides."""
        if len(self._sums) < _FEW:
            for i in range(0, len(x), _BLOCK):
                self._sums += x[i : i + _BLOCK].T @ y[i : i + _BLOCK]
        else:
            self._sums.addmm_(x.T, y)

    def transposed(self) -> Products:
        """Give the same with rows and columns changed; it shares the sums."""
        turned = Products.__new__(Products)
        turned.a, turned.b, turned._sums = self.b, self.a, self._sums.T
        return turned

    def covariances(self, rows: slice = slice(None)) -> torch.Tensor:
        """Give sums of products round the means, shifted and scaled, float64 [n_rows, n_b]."""
        both = torch.outer(self.a.total[rows], self.b.total) / max(self.a.n_points, 1)
        return self._sums[rows].double() - both

    def r(self, rows: slice = slice(None)) -> NDArray[np.float64]:
        """Give Pearson's r of some rows with all columns, [n_rows, n_b]; NaN for the constant."""
        under = torch.outer(self.a.scatter[rows], self.b.scatter).sqrt()
        found: NDArray[np.float64] = (self.covariances(rows) / under).clamp(-1, 1).numpy()
        return found
