"""A neuron or a look as a live view in a notebook: the site's own component. Knows JSON only.

Needs the extra `notebook`; without it everything still shows itself by `lmscope.notebook`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lmscope.errors import MissingExtra

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise MissingExtra("notebook", "The live view of a neuron in a notebook") from error


class NeuronView(anywidget.AnyWidget):
    """The neuron page, or a text on a neuron's scale, as one cell's output.

    One of `record` and `look` is given.
    """

    _esm = Path(__file__).parent / "static" / "widget.js"
    record: Any = traitlets.Any(None).tag(sync=True)
    """What `NeuronRecord.to_json` gives."""
    shelved: Any = traitlets.Any(None).tag(sync=True)
    """The entry of its catalogue in a site's index, if it is known: see `lmscope.shelf`."""
    look: Any = traitlets.Any(None).tag(sync=True)
    """What `Look.to_json` gives."""
