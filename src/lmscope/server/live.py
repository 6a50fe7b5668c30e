"""One model at a time, for any text: loaded when first asked for, with a queue before it.

A request whose browser has gone away is dropped: out of the queue, or, if it is
already computed, after the layer in hand. A test of a hypothesis takes the model for as long as it
needs it; texts wait meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from lmscope.catalogue import Catalogue
from lmscope.errors import NotLive, Stopped, TooBusy, TookTooLong
from lmscope.models.names import cached, resolve

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

T = TypeVar("T")

_LONGEST_QUEUE = 64
_LONGEST_RUN_S = 60.0
_N_LOADED = 2  # so that two models can be compared without loading each again and again
_LOOK_EVERY_S = 0.05


class Live:
    """The models behind a site."""

    def __init__(self, model: str, device: str) -> None:
        self._only, self._device = model, device
        self._loaded: OrderedDict[str, LanguageModel] = OrderedDict()
        self._is_free = asyncio.Lock()
        self._n_waiting = 0

    def why_not(self, catalogue: Catalogue) -> str | None:
        """Say why no text can be tried on the model of a catalogue; None if it can.

        Looks at names and folders only: the model itself may still refuse, with a sentence.
        """
        its = catalogue.manifest["model"]
        if self._only == "none":
            return (
                "This server was started without models, with --model none.\n"
                "To try any text: lmscope serve --model auto"
            )
        if self._only != "auto" and not _is_same(self._only, its["name"], its["source"]):
            return (
                f"This server was started for one other model, with --model {self._only}.\n"
                "To try any text on every catalogue: lmscope serve --model auto"
            )
        if not _has_torch():
            return "To try any text, PyTorch is needed: pip install torch"
        known = resolve(its["source"])
        if known is not None and known.folder is not None:
            return None
        if Path(its["source"]).is_absolute():
            if Path(its["source"]).exists():
                return None
            return f"The model of this catalogue is no longer at {its['source']}."
        repo = known.repo if known is not None else its["source"]
        if Path(its["source"]).exists() or cached(repo):
            return None
        return (
            f"The model's files are not on this machine ({its['source']}).\n"
            f'Get them once, with a network: lmscope look {its["source"]} "any text"'
        )

    async def run(
        self,
        request: Request,
        catalogue: Catalogue,
        job: Callable[[LanguageModel, Callable[[], bool]], T],
    ) -> T:
        """Run a job on a catalogue's model when it is its turn.

        Args:
            request: Whose going away ends the job.
            catalogue: Whose model is wanted.
            job: Gets the model, and a function that tells whether to stop early.

        Raises:
            NotLive: If the model cannot be had here.
            TooBusy: If too many are waiting.
            TookTooLong: If the job was stopped because its time was up.
            Stopped: If nobody waits for the answer any more.
        """
        if why := self.why_not(catalogue):
            raise NotLive(why)
        if self._n_waiting >= _LONGEST_QUEUE:
            raise TooBusy(self._n_waiting)
        self._n_waiting += 1
        try:
            async with _watching(request) as is_gone, self._is_free:
                if is_gone():
                    raise Stopped
                model = await run_in_threadpool(self._load, catalogue)
                end = time.monotonic() + _LONGEST_RUN_S
                try:
                    return await run_in_threadpool(
                        job, model, lambda: is_gone() or time.monotonic() > end
                    )
                except Stopped:
                    if is_gone():
                        raise
                    raise TookTooLong(_LONGEST_RUN_S) from None
        finally:
            self._n_waiting -= 1

    def lend(self, catalogue: Catalogue, should_stop: Callable[[], bool]) -> Lent:
        """Lend a catalogue's model to a long job, which must give it back.

        Args:
            catalogue: Whose model may be wanted.
            should_stop: Tells whether the job is to end.

        Raises:
            NotLive: If the model cannot be had here.
        """
        if why := self.why_not(catalogue):
            raise NotLive(why)
        return Lent(self._is_free, partial(self._load, catalogue), catalogue, should_stop)

    def _load(self, catalogue: Catalogue) -> LanguageModel:
        from lmscope.models.loading import load_again

        its = catalogue.manifest["model"]
        key = f"{its['weights_hash']} {its['site']} {its['dtype']}"
        if key not in self._loaded:
            while len(self._loaded) >= _N_LOADED:
                self._loaded.popitem(last=False)
            self._loaded[key] = load_again(its, device=self._device)
        self._loaded.move_to_end(key)
        return self._loaded[key]


class Lent:
    """A catalogue's model for a job that may do without it.

    What names the model is known from the catalogue. Whatever else is asked of it makes the job,
    in its own thread, wait for its turn and load the model; from then on the model is the job's
    until it is given back.
    """

    def __init__(
        self,
        is_free: asyncio.Lock,
        load: Callable[[], LanguageModel],
        catalogue: Catalogue,
        should_stop: Callable[[], bool],
    ) -> None:
        its = catalogue.manifest["model"]
        self.weights_hash, self.site, self.dtype = its["weights_hash"], its["site"], its["dtype"]
        self._is_free, self._load, self._should_stop = is_free, load, should_stop
        self._loop = asyncio.get_running_loop()
        self._model: LanguageModel | None = None
        self._is_mine = self._is_over = False

    def __getattr__(self, name: str) -> Any:
        if self._model is None:
            waiting = asyncio.run_coroutine_threadsafe(self._take(), self._loop)
            while not waiting.done():
                with suppress(TimeoutError):
                    waiting.result(_LOOK_EVERY_S)
                if self._should_stop():
                    raise Stopped
            self._model = self._load()
        return getattr(self._model, name)

    async def _take(self) -> None:
        await self._is_free.acquire()
        if self._is_over:  # nobody waits for it any more
            self._is_free.release()
        else:
            self._is_mine = True

    def give_back(self) -> None:
        """Let others have the model; called where it was lent, not in the job's thread."""
        self._is_over = True
        if self._is_mine:
            self._is_mine = False
            self._is_free.release()


def _has_torch() -> bool:
    try:
        return find_spec("torch") is not None
    except ImportError:
        return False


def _is_same(asked: str, *names: str) -> bool:
    known = resolve(asked)
    return asked in names or (known is not None and any(known == resolve(n) for n in names))


@asynccontextmanager
async def _watching(request: Request) -> AsyncIterator[Callable[[], bool]]:
    """Notice when the browser goes away; the threads that compute ask for it."""
    gone = threading.Event()

    async def watch() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(_LOOK_EVERY_S)
        gone.set()

    task = asyncio.create_task(watch())
    try:
        yield gone.is_set
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
