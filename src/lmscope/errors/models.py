"""Mistakes about models and their neurons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lmscope.errors.base import LmscopeError, either, look_alike, nearest, numbered, shortened


class UnknownModel(LmscopeError, LookupError):
    """No alias, folder, file or hub id of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known)
        lines = [f"There is no model called '{shortened(name)}'."]
        if near:
            lines.append(f"Did you mean {either(near)}?")
            if why := look_alike(name, near[0]):
                lines.append(f"({why})")
        lines.append(f"See all {len(known)} names with: lmscope models")
        super().__init__("\n".join(lines), name=name, nearest=near)


class ModelNotHere(LmscopeError, LookupError):
    """A hub model that is not in the local cache while the hub cannot be reached."""

    def __init__(self, name: str, repo: str, reason: str) -> None:
        super().__init__(
            f"The files of '{name}' ({repo} on the Hugging Face hub) are not on this machine, "
            f"and the hub could not be reached ({reason}).\n"
            "Load it once with a network, or give a local folder or .gguf file instead of a name.\n"
            "See which models are already here with: lmscope models",
            name=name,
            repo=repo,
            reason=reason,
        )


class NotAModel(LmscopeError, ValueError):
    """A path that exists but holds no model."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} is not a model: {reason}.\n"
            "A model is a folder with config.json, weights and tokenizer, or a .gguf file.",
            path=path,
            reason=reason,
        )


class NoNeurons(LmscopeError, ValueError):
    """A model without MLP layers."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has attention layers only: without an MLP there are no neurons to look at.\n"
            "Models of the same family with neurons: 'solu-1l', 'gelu-1l'.",
            name=name,
        )


class UnsupportedArchitecture(LmscopeError, ValueError):
    """No MLP projection was found, neither in the registry nor by the rule."""

    def __init__(self, name: str, architecture: str, reason: str) -> None:
        super().__init__(
            f"lmscope does not know where the neurons of {name} are "
            f"(architecture {architecture!r}).\n"
            f"Reason: {reason}.\n"
            "See the architectures that it knows with: lmscope models --architectures",
            name=name,
            architecture=architecture,
            reason=reason,
        )


class ModelRefused(LmscopeError, ValueError):
    """A model whose activations did not reproduce the output of its own MLP."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} was loaded, but did not prove itself: {reason}.\n"
            "Its neurons would be shown wrongly, so lmscope refuses it.",
            name=name,
            reason=reason,
        )


class UnknownSite(LmscopeError, LookupError):
    """The model has no such site."""

    def __init__(self, model: str, site: str, sites: Sequence[str]) -> None:
        why = ": only SoLU models do" if site == "mid" else ""
        super().__init__(
            f"{model} has no site '{site}'{why}. Sites: {', '.join(sites)}.",
            model=model,
            site=site,
            sites=tuple(sites),
        )


class OtherSite(LmscopeError, ValueError):
    """A neuron addressed at another site than the model was loaded for."""

    def __init__(self, model: str, site: str, wanted: str) -> None:
        super().__init__(
            f"{model} was loaded at site '{site}', the address names site '{wanted}'.\n"
            f"Load it there: load('{model}', site='{wanted}'), "
            f"or on the command line --site {wanted}",
            model=model,
            site=site,
            wanted=wanted,
        )


class UnreadableNeuron(LmscopeError, ValueError):
    """Text that names no neuron."""

    def __init__(self, typed: str, reason: str = "") -> None:
        super().__init__(
            f"'{typed}' does not name a neuron{': ' + reason if reason else ''}.\n"
            "Write layer and neuron as L0N737 or 0/737, or with the model: solu-1l/0/737.",
            typed=typed,
        )


class LayerOutOfRange(LmscopeError, IndexError):
    """A layer that the model does not have."""

    def __init__(
        self, model: str, n_layers: int, layer: int, neuron: int = 0, d_mlp: int = 0
    ) -> None:
        has = f"has {numbered(n_layers, 'layer')}"
        message = f"{model} {has}. You asked for layer {layer}."
        if 0 <= neuron < n_layers and 0 <= layer < d_mlp:
            message += f"\nDid you mean {model}/{neuron}/{layer}? (The layer comes first.)"
        super().__init__(message, model=model, n_layers=n_layers, layer=layer)


class LayerNotScanned(LmscopeError, IndexError):
    """A layer that the model has and the catalogue has not."""

    def __init__(self, path: Path | str, layer: int, layers: str) -> None:
        super().__init__(
            f"Layer {layer} was not scanned: {path} holds the layers {layers}.\n"
            f"Scan it into another folder with: lmscope scan MODEL CORPUS --layers {layer} -o DIR",
            path=str(path),
            layer=layer,
        )


class NeuronOutOfRange(LmscopeError, IndexError):
    """A neuron that the layer does not have."""

    def __init__(self, model: str, layer: int, d_mlp: int, neuron: int) -> None:
        super().__init__(
            f"Layer {layer} of {model} has {numbered(d_mlp, 'neuron')}. "
            f"You asked for neuron {neuron}.",
            model=model,
            layer=layer,
            d_mlp=d_mlp,
            neuron=neuron,
        )


class NeuronNotExported(LmscopeError, IndexError):
    """A neuron that the model has and an excerpt of its catalogue has not."""

    def __init__(
        self, path: Path | str, layer: int, neuron: int, there: Sequence[int], d_mlp: int
    ) -> None:
        near = min(there, key=lambda n: abs(n - neuron))
        super().__init__(
            f"L{layer}N{neuron} was not exported: {path} holds {len(there):,} of the {d_mlp:,} "
            f"neurons of layer {layer}, from {there[0]} to {there[-1]}.\n"
            f"The nearest is L{layer}N{near}.\n"
            "Take it from the whole catalogue with: "
            f"lmscope export CATALOGUE --neurons L{layer}N{neuron} -o DIR",
            path=str(path),
            layer=layer,
            neuron=neuron,
            nearest=f"L{layer}N{near}",
        )
