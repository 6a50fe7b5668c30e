"""Mistakes about corpora and texts."""

from __future__ import annotations

from collections.abc import Sequence

from lmscope.errors.base import LmscopeError, either, nearest, numbered, shortened


class UnknownCorpus(LmscopeError, LookupError):
    """A corpus that is neither a file, a folder nor a hub data set."""

    def __init__(self, spec: str, near: Sequence[str] = ()) -> None:
        lines = [f"There is no file or folder '{spec}'."]
        if near:
            lines.append(f"Did you mean {either(near)}?")
        lines.append(
            "A corpus is a .txt, .jsonl, .csv or .parquet file, a folder, or hf:OWNER/NAME."
        )
        super().__init__("\n".join(lines), spec=spec, nearest=list(near))


class UnreadableCorpus(LmscopeError, ValueError):
    """A corpus that exists but cannot be read as its kind."""

    def __init__(self, spec: str, reason: str, remedy: str = "") -> None:
        super().__init__(
            f"{spec} cannot be read: {reason}." + (f"\n{remedy}" if remedy else ""),
            spec=spec,
            reason=reason,
        )


class MissingField(LmscopeError, LookupError):
    """A table without the text column that was asked for."""

    def __init__(self, spec: str, field: str, fields: Sequence[str]) -> None:
        near = nearest(field, fields, n=1) or list(fields[:1])
        shown = ", ".join(fields[:5]) + (", ..." if len(fields) > 5 else "")
        super().__init__(
            f"{spec} has no field '{field}'. It has: {shown}.\n"
            + (f"Name the one with the text: {spec}::field={near[0]}" if near else ""),
            spec=spec,
            field=field,
            fields=list(fields),
        )


class EmptyCorpus(LmscopeError, ValueError):
    """A corpus without a single token that counts."""

    def __init__(self, spec: str, reason: str) -> None:
        super().__init__(f"There is no text to scan in {spec}: {reason}.", spec=spec, reason=reason)


class NoText(LmscopeError, ValueError):
    """Nothing to look at."""

    def __init__(
        self, read_as_neuron: str = "", usage: str = "lmscope look solu-1l L0N737"
    ) -> None:
        why = f": '{read_as_neuron}' names a neuron" if read_as_neuron else ""
        super().__init__(
            f"There is no text to look at{why}.\n"
            f'Give it in quotes, or by a pipe: echo "any text" | {usage}'
        )


class TextComesFirst(LmscopeError, ValueError):
    """A model where the text should be, and something else among the models."""

    def __init__(self, model: str, text: str) -> None:
        dashes = "-- " if text.startswith("-") else ""
        shown = shortened(text)
        super().__init__(
            f"The text comes first, but '{model}' is a model, and '{shown}' is none.\n"
            f'Write it like this: lmscope tokens {dashes}"{shown}" {model}',
            model=model,
            text=text,
        )


class TooMuchToCut(LmscopeError, ValueError):
    """A text that nobody would read token by token."""

    def __init__(self, n_bytes: int, most: int) -> None:
        super().__init__(
            f"This text has {n_bytes:,} bytes; {most:,} at most are shown token by token.\n"
            f"Give a part of it by a pipe: head -c {most} FILE | lmscope tokens solu-1l gpt2-small",
            n_bytes=n_bytes,
            most=most,
        )


class TextTooLong(LmscopeError, ValueError):
    """More tokens than the model reads at once."""

    def __init__(self, model: str, n_tokens: int, n_ctx: int) -> None:
        super().__init__(
            f"This text has {n_tokens:,} tokens; {model} reads {n_ctx:,} at once.\n"
            "Cut the text, or let lmscope cut it into segments with: --segments",
            model=model,
            n_tokens=n_tokens,
            n_ctx=n_ctx,
        )


class TokenOutOfRange(LmscopeError, IndexError):
    """A token that the text does not have, or whose activations mean nothing."""

    def __init__(self, n_tokens: int, token: int, *, counts: bool = True) -> None:
        if counts:
            message = f"This text has {numbered(n_tokens, 'token')}. You asked for token {token}."
        else:
            message = (
                f"Token {token} never counts: it is special, or the first of its segment, where "
                "many models park attention.\nAsk for a later one."
            )
        super().__init__(message, n_tokens=n_tokens, token=token)


class Stopped(LmscopeError):
    """A computation that was told to end early."""

    def __init__(self) -> None:
        super().__init__("It was stopped before its end; nothing was changed.")


class ContextTooLong(LmscopeError, ValueError):
    """A segment length that the model cannot read."""

    def __init__(self, model: str, context: int, n_ctx: int) -> None:
        super().__init__(
            f"--context {context} is more than {model} can read: its context is {n_ctx} tokens.\n"
            f"The longest that works: --context {n_ctx}",
            model=model,
            context=context,
            n_ctx=n_ctx,
        )
