"""The map of a list: words beside the child's own places hide no others."""

from api.pages.mapping import HIGH, WIDE, Mark, _labelled, _touch


def test_words_of_places_close_together_stand_apart() -> None:
    marks = [Mark(300, 200, "family home"), Mark(312, 206, "family time"), Mark(305, 190, "school")]
    told = _labelled((), marks)
    boxes = [one.box for one in told]
    assert not any(_touch(one, other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])
    assert [one.text for one in told] == ["family home", "family time", "school"]


def test_words_stay_on_the_map() -> None:
    for x, y in ((5, 5), (WIDE - 5, 5), (5, HIGH - 5), (WIDE - 5, HIGH - 5)):
        left, top, right, bottom = _labelled((), [Mark(x, y, "family home")])[0].box
        assert left >= 0
        assert right <= WIDE
        assert top >= 0
        assert bottom <= HIGH


def test_words_do_not_hide_the_circle_of_an_area() -> None:
    near = Mark(440, 285, "3")
    told = _labelled((near,), [Mark(385, 297, "family home"), Mark(386, 306, "family time")])
    circle = (near.x - 24, near.y - 24, near.x + 24, near.y + 24)
    assert not any(_touch(one.box, circle) for one in told)
    assert not _touch(told[0].box, told[1].box)
