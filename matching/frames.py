"""CSV text as a frame of text, without losing a cell."""

import warnings
from pathlib import Path
from typing import TextIO

import pandas as pd


def frame_of(source: Path | TextIO, separator: str = ",") -> pd.DataFrame:
    """Every cell as text, empty ones too; raises `ParserError` where a row has more cells than the header.

    Left to itself, pandas makes an index of the cells that are too many, or drops them with a warning.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                source,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                skip_blank_lines=False,
                encoding="utf-8-sig",
            )
    except pd.errors.ParserWarning as fault:
        raise pd.errors.ParserError("a row has more cells than the header") from fault
