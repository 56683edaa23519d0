"""Inputs of another shape get an error that says what was expected and what came."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from api.vectors.strategies.form import Function, Inputs, Result
from schemas.errors import ApplicationError

T = TypeVar("T", bound=msgspec.Struct)


def shaped(shape: type[T], answer: Callable[[T], Result]) -> Function:
    """A function of inputs in one shape.

    Args:
        shape: Fields with a default are optional, those it does not have are refused.
        answer: Its answer.
    """

    def run(inputs: Inputs) -> Result:
        return answer(_convert(shape, inputs))

    return run


def _convert(shape: type[T], inputs: object) -> T:
    try:
        return msgspec.convert(inputs, shape)
    except msgspec.ValidationError as error:
        fields = ", ".join(
            field.name if field.required else f"[{field.name}]"
            for field in msgspec.structs.fields(shape)
        )
        received = sorted(inputs) if isinstance(inputs, dict) else inputs
        raise ApplicationError(
            f"Expected inputs {fields} ([] is optional), received {received}: {error}. "
            "Name the inputs as the specification's cases of this function do."
        ) from error
