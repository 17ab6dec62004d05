"""Common random numbers: every draw is keyed by seed, run and purpose, and stands at the place of its entity.

So child 17 of run 3 stays as long in every scenario, whatever else happens, and whichever worker does the run.
"""

import zlib

import numpy as np
import numpy.typing as npt


def uniform(seed: int, run: int, purpose: str, shape: int | tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Uniform draws of one run and purpose, by entity; a longer shape begins with the same draws."""
    key = np.random.SeedSequence([seed, run, zlib.crc32(purpose.encode())])
    return np.random.Generator(np.random.Philox(key)).random(shape)


def normal(seed: int, run: int, purpose: str, shape: int) -> npt.NDArray[np.float64]:
    """Standard normal draws, keyed alike."""
    key = np.random.SeedSequence([seed, run, zlib.crc32(purpose.encode())])
    return np.random.Generator(np.random.Philox(key)).standard_normal(shape)
