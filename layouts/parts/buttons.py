"""Buttons whose work the browser's modules do: each says by ``data-action`` what it is for."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.nouns import worded
from layouts.parts.attributes import attributes
from layouts.parts.icons import icon
from layouts.parts.info import described


def icon_button(
    action: str, symbol: str, label: str, *, testid: str | None = None, extra_class: str = "", disabled: bool = False
) -> Component:
    """Return a button that shows only an icon; where its action has an info text, that is its tooltip.

    Parameters
    ----------
    action : str
        What ``assets/js/shell/actions.mjs`` does on a click.
    symbol : str
        Of :func:`layouts.parts.icons.icon`.
    label : str
        Tooltip, and what a screen reader says; may be a template of :func:`layouts.nouns.worded`.
    testid : str, optional
        ``data-testid``; the action if not given.
    extra_class : str
        Further CSS classes.
    disabled : bool
        Whether it can do nothing now.
    """
    explained = described(action)
    return html.Button(
        icon(symbol),
        type="button",
        disabled=disabled,
        title=None if explained else worded(label),
        className=f"av-tool {extra_class}".strip(),
        **attributes(data_action=action, data_testid=testid or action, aria_label=worded(label), **words_of(label)),
        **explained,
    )


def words_of(template: str) -> dict[str, str]:
    """Return the attribute that lets the browser word a template anew for every run; none for a plain text."""
    return {"data_words": template} if worded(template) != template else {}


def text_button(action: str, text: str, *, testid: str | None = None, extra_class: str = "") -> Component:
    """Return a button with a text.

    Parameters
    ----------
    action, testid, extra_class
        As for :func:`icon_button`.
    text : str
        On the button; may be a template.
    """
    return html.Button(
        worded(text),
        type="button",
        className=f"btn btn-sm btn-outline-secondary {extra_class}".strip(),
        **attributes(data_action=action, data_testid=testid or action, **words_of(text)),
        **described(action),
    )
