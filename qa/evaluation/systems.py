"""Systems by name. To add one, give `SYSTEMS` a line: a name, and what builds the `System` for a `Bench`.

``dense@NAME`` is a system with an embedding model of its own, any of sentence-transformers by name or folder;
``model:NAME`` is short for ``dense@NAME``.
"""

from collections.abc import Callable

from qa.errors import QAError
from qa.evaluation.baselines import Bm25, Dense, Hybrid, own_text
from qa.evaluation.bench import Bench, System
from qa.evaluation.product import Answers, Product
from qa.retrieval import default_ranking
from qa.retrieval.priors import WANTED

Builder = Callable[[Bench, str | None], System]  # the name of an embedding model; None for the default


_DENSE = ("dense own", "dense near", "dense section", "dense peak")


SYSTEMS: dict[str, Builder] = {
    "bm25": lambda bench, _: Bm25(bench),
    "dense": lambda bench, model: Dense(bench, bench.model(model), list(map(own_text, bench.turns))),
    "dense-context": lambda bench, model: Product(bench, bench.model(model), default_ranking().only(_DENSE)),
    "hybrid": lambda bench, model: Hybrid(bench, bench.model(model)),
    "instant": lambda bench, model: Product(bench, bench.model(model)),
    "default": lambda bench, model: Answers(bench, bench.model(model)),
}
DEFAULT_SYSTEM = "default"
_SHORT = "model:"
PRIORS = {"wanted question": WANTED}  # not settings of a library, so said apart


def check_name(name: str) -> tuple[str, str | None]:
    """Take a system's name apart into what builds it and the model it names; None when it names none.

    Raises:
        QAError: If there is no such system.
    """
    full = f"dense@{name.removeprefix(_SHORT)}" if name.startswith(_SHORT) else name
    base, at, model = full.partition("@")
    if base not in SYSTEMS or (at and not model):
        raise QAError(
            f"{name!r} is no system. Name one of {', '.join(SYSTEMS)}, or one with an embedding model of its "
            "own, as in dense@intfloat/e5-small-v2."
        )
    return base, model or None


def build(name: str, bench: Bench, model: str | None = None) -> System:
    """Build a system for a data set, which embeds what is not in the cache.

    Args:
        name: Of one of `SYSTEMS`, alone or with ``@`` and a model.
        bench: The data set.
        model: For a name without a model; None for the default.

    Raises:
        QAError: If there is no such system.
        ModelLoadError: If there is no such model.
    """
    base, named = check_name(name)
    return SYSTEMS[base](bench, named or model)
