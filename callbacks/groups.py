"""Groups: attention between groups of points in the open head."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any

import numpy as np
from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

from callbacks.state import shown_run
from layouts import ids
from layouts.panels.groups import group_numbers
from precompute.run.catalog import Catalog
from precompute.run.group_attention import group_attention

Bool = NDArray[np.bool_]


def register(app: Dash, catalog: Catalog) -> None:
    """Measure when a group or the head changes."""

    @app.callback(
        Output(ids.GROUP_NUMBERS, "children"),
        Input(ids.GROUPS, "data"),
        Input(ids.VIEW_STATE, "data"),
        prevent_initial_call=True,
    )
    def measure(groups: Any, page: Any) -> list[Any]:  # noqa: ANN401 - any JSON
        if not groups:
            return []
        view, run = shown_run(page, catalog)
        if not isinstance(groups, dict):
            raise BadRequest("The groups are not an object.")
        if groups.get("run") != view.run or view.layer is None or view.head is None:
            raise PreventUpdate
        members = [_members(groups.get(name), run.n_tokens) for name in ("a", "b")]
        first, second = (part if part is not None else members[0] for part in members)
        if first is None or second is None:
            return []
        where = (run, view.layer, view.head)
        hidden = run.sinks if view.no_sinks else None
        forth = group_attention(*where, first[0], second[1], hidden=hidden)
        back = None if members[1] is None else group_attention(*where, second[0], first[1], hidden=hidden)
        return group_numbers(forth, back)


def _members(text: Any, n_tokens: int) -> tuple[Bool, Bool] | None:  # noqa: ANN401 - any JSON
    """Read a group: base64 of one bit per point, queries first, the highest bit of a byte first."""
    if text is None:
        return None
    size = (2 * n_tokens + 7) // 8
    try:
        packed = b64decode(text, validate=True)
    except (TypeError, ValueError, Base64Error) as error:
        raise BadRequest("A group is not base64.") from error
    if len(packed) != size:
        raise BadRequest("A group does not fit the run.")
    points = np.unpackbits(np.frombuffer(packed, np.uint8), count=2 * n_tokens).astype(bool)
    return points[:n_tokens], points[n_tokens:]
