"""What lines stand for is read by rows, in as many columns as find room."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from matching.sufficiency.legends import legend
from matching.sufficiency.pictures import axes_of

YEARS = ["95 in 100", "80 in 100", "50 in 100", "published", "forecast, middle"]
LONG = [*YEARS[:3], "base case, middle", "twelve more homes for teenagers", "fewer carers leave", "a home opened"]

APART = 6  # pixels between rows; letters that reach below the line move a label by less


def rows_of(figure: Figure) -> list[list[str]]:
    """Labels as they stand below the picture, row by row, from the left."""
    FigureCanvasAgg(figure).draw()
    extents = [(text.get_window_extent(), text.get_text()) for text in figure.legends[0].get_texts()]
    placed = [(box.x0, box.y0, told) for box, told in extents]
    rows: list[list[tuple[float, float, str]]] = []
    for one in sorted(placed, key=lambda one: -one[1]):
        if rows and rows[-1][0][1] - one[1] < APART:
            rows[-1].append(one)
        else:
            rows.append([one])
    return [[told for _, _, told in sorted(row)] for row in rows]


@pytest.mark.parametrize("labels", [YEARS, LONG])
def test_a_legend_is_read_by_rows_and_stays_in_the_picture(labels: list[str]) -> None:
    figure, axes = axes_of("Children in care", "children")
    for label in labels:
        axes.plot([0, 1], [0, 1], label=label)
    legend(figure)
    assert [label for row in rows_of(figure) for label in row] == labels
    assert figure.legends[0].get_window_extent().x1 <= figure.bbox.x1
    assert len(rows_of(figure)) == (1 if labels is YEARS else 3)


def test_a_picture_without_names_has_no_legend() -> None:
    figure, _ = axes_of("Children in care", "children")
    legend(figure)
    assert not figure.legends
