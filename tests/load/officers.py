"""Officers at work, for locust: boards and lists, a child, a shortlist, a vacancy confirmed; five to fifteen seconds between."""

import json
import os
import random
from typing import Any

from locust import FastHttpUser, between, task

TOKENS = json.loads(os.environ.get("OFFICERS", "[]"))
V1 = "/api/v1"


class Officer(FastHttpUser):
    """One officer at work."""

    wait_time = between(5, 15)

    def on_start(self) -> None:
        """Take a session that was prepared, and look up who waits."""
        self.given = {"Authorization": f"Bearer {random.choice(TOKENS)}"}
        self.waiting = [one["ref"] for one in self._json(f"{V1}/referrals")]
        self.homes = [one["home"] for one in self._json(f"{V1}/vacancies") if one["yours"]]

    def _json(self, path: str) -> Any:
        return self.client.get(path, headers=self.given).json()

    @task(4)
    def board(self) -> None:
        """Who waits, and which homes could be asked."""
        self.client.get(f"{V1}/referrals", headers=self.given)
        self.client.get(f"{V1}/vacancies", headers=self.given)

    @task(4)
    def child(self) -> None:
        """One child and what was decided."""
        ref = random.choice(self.waiting)
        self.client.get(f"{V1}/children/{ref}", name=f"{V1}/children/REF", headers=self.given)
        self.client.get(f"{V1}/children/{ref}/decisions", name=f"{V1}/children/REF/decisions", headers=self.given)

    @task(3)
    def shortlist(self) -> None:
        """Which homes to ring."""
        asked = {"children": [random.choice(self.waiting)], "emergency": True}
        self.client.post(f"{V1}/shortlists", json=asked, headers=self.given)

    @task(1)
    def confirm(self) -> None:
        """A vacancy that still stands."""
        path = f"{V1}/homes/{random.choice(self.homes)}/confirm"
        self.client.post(path, name=f"{V1}/homes/REF/confirm", headers=self.given)
