"""Control: one entry of the table of controls, and what a callback sends to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from layouts.options import Option
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest

Widget = Literal["menu", "inline menu", "switch", "search", "segments"]
Handler = Literal["choose", "search", ""]
ShownFor = Literal["", "matrix", "head", "text", "image"]
Options = Callable[[Sequence[Manifest], Manifest | None, ViewState], list[Option]]


@dataclass(frozen=True)
class Control:
    """A control of the left column that sets one field of the view state.

    Attributes
    ----------
    id : str
        Of the component; also its ``data-testid`` and the topic of its help.
    field : str
        Of :class:`layouts.state.view_state.ViewState`.
    widget : {"menu", "inline menu", "switch", "search", "segments"}
        An inline menu has its label in front of it. Segments are one button per value.
    label : str
        At most three words.
    section : str
        Of :data:`layouts.panels.controls.SECTIONS`.
    help : str
        At most 25 words, a template of :func:`layouts.nouns.worded`; empty for none.
    shown_for : {"", "matrix", "head", "text", "image"}
        The page or the modality with this control; empty for all.
    handler : {"choose", "search", ""}
        Function of the browser's controller that takes the value; empty for a control that a button reads.
    options : callable, optional
        Options of a menu from all runs, the manifest of the open run (None without one) and the state. None where
        another callback sets them.
    empty : str, optional
        Value of the component for the field's default, where the default itself cannot be shown or is no choice.
    needs : str
        Field without which this one has its default; empty for none.
    """

    id: str
    field: str
    widget: Widget
    label: str
    section: str
    help: str = ""
    shown_for: ShownFor = ""
    handler: Handler = "choose"
    options: Options | None = None
    empty: str | None = None
    needs: str = ""

    @property
    def default(self) -> Any:  # noqa: ANN401 - one value of any field
        """Default of the control's field."""
        return getattr(ViewState(), self.field)

    @property
    def has_value(self) -> bool:
        """Whether the component has a property ``value`` that callbacks set."""
        return self.widget != "segments"

    def value(self, state: ViewState, options: Sequence[Option] = ()) -> str | bool:
        """Return what the component shows for a state.

        Parameters
        ----------
        state : ViewState
            Resolved and decided.
        options : sequence of Option
            Of the menu; the first is shown for a field without a value.
        """
        value = getattr(state, self.field)
        if self.widget == "switch":
            return bool(value)
        if self.empty is not None and value == self.default:
            return self.empty
        return options[0]["value"] if value is None and options else str(value)

    @property
    def blank(self) -> str | bool | None:
        """Value of the component while no run is open."""
        if self.options is not None:
            return None
        return self.default is not False if self.widget == "switch" else str(self.default)

    def for_browser(self) -> dict[str, Any]:
        """Return what the browser needs to read and set the control, as JSON values."""
        return {
            "id": self.id,
            "field": self.field,
            "handler": self.handler,
            "empty": self.empty,
            "needs": self.needs,
        }
