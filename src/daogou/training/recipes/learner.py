"""Learning in torch step by step, so that it can be interrupted and goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random


def device() -> str:
    """Where to learn: on a GPU where there is one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def apart() -> Iterator[None]:
    """On one thread, and leave torch as it was."""
    import torch

    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """The same, and draw from a seed."""
    import torch

    with apart():
        torch.manual_seed(seed)
        yield


class Learner:
    """AdamW on a rate that rises and falls, and how far it has come, on disk."""

    def __init__(self, groups: Sequence[tuple[Sequence[Any], float]], *, steps: int, random: Random) -> None:
        """`groups`: parameters, and their learning rate. `random`: what draws the batches."""
        import torch

        self._groups, self._random = groups, random
        self._parameters = [parameter for parameters, _ in groups for parameter in parameters]
        self._optimizer = torch.optim.AdamW(
            [{"params": list(parameters), "lr": rate} for parameters, rate in groups], weight_decay=0.01
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, lambda step: _rate(step, steps))
        self.step = 0

    def learn(self, loss: Any) -> None:
        import torch

        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._schedule.step()
        self.step += 1

    def keep(self, path: Path, mark: str, so_far: tuple[Any, ...]) -> None:
        """Write everything the next step depends on, in one step. `mark`: of what it may go on with."""
        import torch

        state = {
            "mark": mark,
            "step": self.step,
            "so_far": so_far,
            "parameters": [parameter.detach().cpu() for parameter in self._parameters],
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "random": self._random.getstate(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        torch.save(state, new)
        new.replace(path)

    def resume(self, path: Path, mark: str) -> tuple[Any, ...] | None:
        """Go back to where what was interrupted stopped, if it has the same mark; returns what it had so far."""
        import torch

        if not path.exists():
            return None
        state = torch.load(path, weights_only=True, map_location=self._parameters[0].device)
        if state["mark"] != mark:
            return None
        with torch.no_grad():
            for parameter, kept in zip(self._parameters, state["parameters"], strict=True):
                parameter.copy_(kept)
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._random.setstate(state["random"])
        self.step = state["step"]
        so_far: tuple[Any, ...] = state["so_far"]
        return so_far


def _rate(step: int, steps: int) -> float:
    """Up for a tenth of the steps, then down to nothing."""
    rise = max(1, steps // 10)
    return (step + 1) / rise if step < rise else max(0.0, (steps - step) / (steps - rise))
