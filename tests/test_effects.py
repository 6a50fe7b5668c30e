"""Direct logit effects: the search for the extreme logits. The values have their oracle in
test_scanning, where they are compared with float64 products of the models' own weights."""

from __future__ import annotations

import pytest
import torch

from lmscope.models.effects import _RUN, _extremes


@pytest.mark.parametrize("n_columns", [40, 1000, 20 * _RUN, 333 * _RUN, 333 * _RUN + 1])
@pytest.mark.parametrize("k", [1, 10])
def test_the_extremes_of_every_row_are_found_whatever_its_length(n_columns: int, k: int) -> None:
    x = torch.randn(17, n_columns, generator=torch.Generator().manual_seed(0))

    (most, at_most), (least, at_least) = _extremes(x, k)

    assert torch.equal(x.topk(k).values, most)
    assert torch.equal(x.topk(k).indices, at_most)
    assert torch.equal(x.topk(k, largest=False).values, least)
    assert torch.equal(x.topk(k, largest=False).indices, at_least)


def test_extremes_that_crowd_into_one_run_are_all_found() -> None:
    x = torch.zeros(1, 200 * _RUN)
    crowd = torch.arange(20) * 200 + 7  # every one in the run of column 7
    x[0, crowd] = torch.arange(1.0, 21.0)

    (most, at_most), _ = _extremes(x, 10)

    assert torch.arange(20.0, 10.0, -1.0).tolist() == most[0].tolist()
    assert crowd.flip(0)[:10].tolist() == at_most[0].tolist()
