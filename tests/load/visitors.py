"""People who look at a run, for locust: ``locust -f tests/load/visitors.py``; see tests/load/__main__.py."""

from __future__ import annotations

from argparse import ArgumentParser
from random import Random
from typing import Any

from gevent import sleep
from locust import FastHttpUser, between, events, task

from layouts.state.view_state import ViewState
from tests.load.tab import Tab

PAUSES = (0.3, 0.7, 1.0)
"""Seconds before each further try, as in assets/js/data/patient_fetch.mjs."""


@events.init_command_line_parser.add_listener
def _offer_think_time(parser: ArgumentParser) -> None:
    parser.add_argument("--think", type=float, default=2.0, help="mean seconds between two actions of a visitor")


class Visitor(FastHttpUser):
    """Opens the matrix with an empty cache, then does what there is to do, one thing after another."""

    def wait_time(self) -> float:
        """Half to one and a half times the mean."""
        mean = self.environment.parsed_options.think
        return float(between(mean / 2, mean * 3 / 2)(self))

    def on_start(self) -> None:
        """Open the matrix."""
        self.chance = Random(id(self))  # noqa: S311 - nothing is kept secret with it
        self.tab = Tab(self._send)
        self.tab.open(ViewState())

    def _send(self, path: str, name: str, body: str | None = None) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        method = "GET" if body is None else "POST"
        for pause in (*PAUSES, None):
            with self.client.request(
                method, path, data=body, headers=headers, name=name, catch_response=True
            ) as answer:
                if answer.status_code == 0 and pause is not None:
                    # No answer: a worker ended. The page retries, and so does a visitor.
                    answer.request_meta["name"] = "asked again"
                    answer.success()
                elif answer.status_code not in {200, 204}:
                    answer.failure(f"{answer.status_code}")
                    return b""
                else:
                    return answer.content or b""
            sleep(pause)
        return b""

    def _some(self, named: str) -> Any:
        return self.chance.choice(self.tab.meta[named])

    @property
    def _head(self) -> dict[str, int]:
        model = self.tab.meta["model"]
        return {
            "layer": self.chance.randrange(model["n_layers"]),
            "head": self.chance.randrange(model["n_heads"]),
        }

    @task(2)
    def go_back_to_the_matrix(self) -> None:
        """See all heads again."""
        self.tab.change(view="matrix", layer=None, head=None, instance=None, token=None)

    @task(3)
    def switch_color(self) -> None:
        """Color by something else."""
        self.tab.change(color=self._some("encodings")["name"])

    @task(2)
    def switch_projection(self) -> None:
        """See another projection or number of dimensions."""
        choice = self._some("projections")
        self.tab.change(projection=choice["name"], dims=self.chance.choice(choice["dims"]))

    @task(2)
    def tint_heads(self) -> None:
        """Tint the heads of the matrix."""
        self.tab.change(view="matrix", layer=None, head=None, instance=None, tint=self._some("metrics")["name"])

    @task(5)
    def open_head(self) -> None:
        """See one head, large."""
        self.tab.change(view="head", instance=None, token=None, **self._head)

    @task(6)
    def select_point(self) -> None:
        """Select a point of a head, to see the attention of its sentence."""
        instance = self.chance.randrange(self.tab.meta["inputs"]["n_instances"])
        self.tab.change(view="head", instance=instance, token=0, **self._head)

    @task(2)
    def open_sentence(self) -> None:
        """See the page of a sentence."""
        instance = self.chance.randrange(self.tab.meta["inputs"]["n_instances"])
        self.tab.change(view="instance", instance=instance, token=None, **self._head)

    @task(3)
    def search(self) -> None:
        """Find a word; the browser searches by itself, the server only confirms the address."""
        self.tab.change(search=self.chance.choice(("river", "light", "bank", "")))

    @task(1)
    def list_heads(self) -> None:
        """See the table and the map of heads."""
        self.tab.change(view="heads", layer=None, head=None, instance=None, token=None)
