"""What each line and shade of a picture stands for: below it, read by rows."""

from collections.abc import Sequence

from matplotlib.figure import Figure

LETTERS_AN_INCH, LETTERS_OF_A_HANDLE = 15.7, 9  # at the legend's size


def legend(figure: Figure) -> None:
    """What each line and shade stands for, below the picture."""
    handles, labels = figure.axes[0].get_legend_handles_labels()
    if not labels:
        return
    across = _across(labels, figure.get_figwidth() * LETTERS_AN_INCH)
    # matplotlib fills columns; people read rows
    order = [at for column in range(across) for at in range(column, len(labels), across)]
    figure.legend(
        [handles[at] for at in order],
        [labels[at] for at in order],
        frameon=False,
        fontsize=8,
        ncols=across,
        loc="outside lower left",
    )


def _across(labels: Sequence[str], room: float) -> int:
    """How many columns of labels, read by rows, find room; at least one."""
    for across in range(len(labels), 1, -1):
        columns = [max(len(label) for label in labels[at::across]) for at in range(across)]
        if sum(columns) + across * LETTERS_OF_A_HANDLE <= room:
            return across
    return 1
