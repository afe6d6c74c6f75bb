"""Buttons that the browser's modules handle; ``data-action`` names the action."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.nouns import worded
from layouts.parts.elements import attributes, icon
from layouts.parts.info import button_help


def icon_button(
    action: str, symbol: str, label: str, *, testid: str | None = None, extra_class: str = "", disabled: bool = False
) -> Component:
    """Return a button with an icon only; its tooltip is the help of its action, or else its label.

    Parameters
    ----------
    action : str
        Of ``assets/js/shell/actions.mjs``.
    symbol : str
        Of :func:`layouts.parts.elements.icon`.
    label : str
        Accessible name; may be a template of :func:`layouts.nouns.worded`.
    testid : str, optional
        ``data-testid``; the action by default.
    """
    explained = button_help(action)
    return html.Button(
        icon(symbol),
        type="button",
        disabled=disabled,
        title=None if explained else worded(label),
        className=f"av-tool {extra_class}".strip(),
        **attributes(data_action=action, data_testid=testid or action, aria_label=worded(label), **words_of(label)),
        **explained,
    )


def text_button(action: str, text: str, *, testid: str | None = None, extra_class: str = "") -> Component:
    """Return a button with a text, which may be a template; other parameters as for :func:`icon_button`."""
    return html.Button(
        worded(text),
        type="button",
        className=f"btn btn-sm btn-outline-secondary {extra_class}".strip(),
        **attributes(data_action=action, data_testid=testid or action, **words_of(text)),
        **button_help(action),
    )


def words_of(template: str) -> dict[str, str]:
    """Return the attribute with which the browser words a template for each run; none for a plain text."""
    return {"data_words": template} if worded(template) != template else {}
