"""Files of an artifact: arrays as .npy, and the config that the component was fitted with beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

C = TypeVar("C")
_CONFIG = "config.json"


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write one .npy file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array, allow_pickle=False)


def read_array(path: Path) -> NDArray[Any]:
    """Map one .npy file: its pages are read when first needed, and shared between processes. A small one is read."""
    array = np.load(path, allow_pickle=False, mmap_mode="r" if path.stat().st_size > 4096 else None)
    return np.asarray(array)


def write_config(folder: Path, config: object) -> None:
    """Write the config of a component beside its arrays."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _CONFIG).write_bytes(msgspec.json.encode(config))


def read_config(folder: Path, kind: type[C]) -> C:
    """Read what `write_config` wrote."""
    return msgspec.json.decode((folder / _CONFIG).read_bytes(), type=kind)
