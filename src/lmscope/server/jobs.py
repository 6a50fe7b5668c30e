"""What takes longer than a browser waits: one at a time, with progress, until it is cancelled."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool

from lmscope.errors import NoSuchJob, Stopped, TooBusy
from lmscope.server.answers import body_of

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Work = Callable[["Job"], int]
"""Runs in a thread of its own; gives the number of the record that it made."""

_LONGEST_QUEUE = 16
_N_REMEMBERED = 100


class Job:
    """One piece of work, as far as it has come."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.state: State = "waiting"
        self.stage, self.done, self.total = "waiting for other tests", 0, 0
        self.record: int | None = None
        self.problem: dict[str, Any] | None = None
        self._stop = threading.Event()

    def report(self, stage: str, done: int, total: int) -> None:
        """Say what is being done, tokens done and tokens in all; 0 where that is not known."""
        self.stage, self.done, self.total = stage, done, total

    def should_stop(self) -> bool:
        """Tell whether it was cancelled."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """End it, at once or after the batch in hand; what is over stays as it is."""
        self._stop.set()
        if self.state == "waiting":
            self.state = "cancelled"
        elif self.state == "running":
            self.stage = "stopping"

    @property
    def is_over(self) -> bool:
        """True if nothing more will come of it."""
        return self.state not in ("waiting", "running")

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        keys = ("id", "state", "stage", "done", "total", "record", "problem")
        return {key: getattr(self, key) for key in keys}


class Jobs:
    """The jobs of a server."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._is_free = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def __getitem__(self, job: str) -> Job:
        """Give a job.

        Raises:
            NoSuchJob: If there is no such, or so many came after it that it is forgotten.
        """
        if job not in self._jobs:
            raise NoSuchJob(job)
        return self._jobs[job]

    def start(self, job: Job, work: Work, after: Callable[[], None]) -> None:
        """Begin a job when it is its turn, and come back at once.

        Args:
            job: The job.
            work: What is to be done.
            after: Called when it is over, whatever came of it.

        Raises:
            TooBusy: If too many are waiting.
        """
        n_waiting = sum(not other.is_over for other in self._jobs.values())
        if n_waiting >= _LONGEST_QUEUE:
            raise TooBusy(n_waiting)
        self._jobs[job.id] = job
        while len(self._jobs) > _N_REMEMBERED:
            self._jobs.popitem(last=False)
        task = asyncio.create_task(self._run(job, work, after))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, job: Job, work: Work, after: Callable[[], None]) -> None:
        try:
            async with self._is_free:
                if job.should_stop():
                    raise Stopped
                job.state = "running"
                job.record = await run_in_threadpool(work, job)
                job.state = "done"
        except (Stopped, asyncio.CancelledError) as error:
            job.cancel()
            job.state = "cancelled"
            if not isinstance(error, Stopped):
                raise
        except Exception as error:
            job.problem = body_of(error)
            job.state = "failed"
        finally:
            after()
