"""Labels of other machines are texts in a figure too, never links or templates."""

from __future__ import annotations

import numpy as np
import pytest

from layouts.figures.appearance import figure_text
from layouts.figures.head_map import head_map_figure

LABEL = "<a href='http://elsewhere'>%{x}</a> & <b>more</b>"
SHOWN = "&lt;a href='http://elsewhere'&gt;%{x}&lt;/a&gt; &amp; &lt;b&gt;more&lt;/b&gt;"


@pytest.mark.parametrize(("text", "written"), [("Layer", "Layer"), ("a < b", "a &lt; b"), (LABEL, SHOWN)])
def test_markup_is_spelt_out(text: str, written: str) -> None:
    assert figure_text(text) == written


def test_a_label_of_the_map_is_no_template() -> None:
    places = np.zeros((2, 2), np.float32)
    trace = head_map_figure(places, ["L0 H0", "L0 H1"], np.zeros(2, np.float32), LABEL).data[0]
    assert trace.meta == trace.marker.colorbar.title.text == SHOWN
    assert trace.hovertemplate == "%{text}<br>%{meta}: %{customdata}<extra></extra>"
