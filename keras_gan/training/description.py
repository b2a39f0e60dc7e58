"""What a notebook and what `repr` show of a GAN."""

from typing import Any

from keras_gan._html import element, rows_of


def table_of(gan: Any) -> str:
    """Returns a table in HTML: the networks, what they play, how far they are."""
    rules = gan.rules
    rows = [
        ("generator", _network(gan.generator)),
        ("discriminator", _network(gan.discriminator)),
        (gan.data_name, _shape(gan)),
        ("prior", _prior(gan.prior)),
        ("game", type(gan.game).__name__),
        *((name, type(prior).__name__) for name, prior in gan.conditions.items()),
    ]
    if gan.compiled:
        terms = ", ".join(type(term).__name__ for term in rules.terms)
        rows += [
            ("objective", type(rules.objective).__name__),
            ("terms", terms or "none"),
            ("discriminator steps", str(rules.discriminator_steps)),
        ]
    rows += [
        ("steps", f"{int(gan.train_steps.numpy()):,}"),
        ("epochs", str(int(gan.epochs_completed.numpy()))),
    ]
    head, body = rows_of((gan.name, "GAN"), rows)
    return element("table", head, body)


def line_of(gan: Any) -> str:
    """Returns one line: the networks' weights, the data, and what they play.

    It never raises, of a game that is still being made neither.
    """
    kind = type(gan).__name__
    try:
        networks = [
            f"{player} of {getattr(gan, player).count_params():,} weights"
            for player in ("generator", "discriminator")
        ]
        data = f"{gan.data_name} of {_shape(gan)}"
        told = [*networks, data, repr(gan.prior), *_rules(gan)]
        return f"{kind}({', '.join([repr(gan.name), *told])})"
    except Exception:
        return kind


def _rules(gan: Any) -> list[str]:
    if not gan.compiled:
        return ["not compiled"]
    number = len(gan.rules.terms)
    terms = f"{number} term" if number == 1 else f"{number} terms"
    return [repr(gan.rules.objective), terms]


def _shape(gan: Any) -> str:
    return " x ".join(str(size or "any") for size in gan.data_shape)


def _prior(prior: Any) -> str:
    if not prior.latent_dim:
        return "none: no latents"
    return f"{type(prior).__name__}, {prior.latent_dim} numbers"


def _network(network: Any) -> str:
    return f"{network.name}, {network.count_params():,} parameters"
