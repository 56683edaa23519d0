"""An attribute that is computed once."""

from streams.lazy import Lazy


class Case:
    looked = 0

    @Lazy
    def answer(self) -> int:
        """What it is."""
        self.looked += 1
        return 42


def test_it_is_computed_when_first_asked_for_and_never_again() -> None:
    case, other = Case(), Case()
    assert case.looked == 0
    assert (case.answer, case.answer, case.looked) == (42, 42, 1)
    assert (other.answer, other.looked) == (42, 1)
    assert isinstance(Case.answer, Lazy)
    assert Case.answer.__doc__ == "What it is."
