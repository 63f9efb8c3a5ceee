"""Commands on synthetic seasons: simulate writes a corpus for other tools, pretrain trains a model on one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.terminal import AsJson, bar, interruptible, open_project, print_json, say
from quakegui.cli.working import STOPPING, sentences, worker_bar
from quakegui.project.store import ProjectError, writing
from quakegui.season.network import Network
from quakegui.simulate.catalogues import KINDS
from quakegui.simulate.corpus import Plan, simulate
from quakegui.simulate.netcdf import write_netcdf
from quakegui.simulate.nuisance import NUISANCES

IN_A_FILE = 100
"""Number of seasons in one NetCDF file: 10 MB."""
PLAN = Plan()

Out = Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.", show_default=False)]
Layout = Annotated[
    str,
    typer.Option(
        metavar="any|PROJECT", help="any: random networks and the synthetic network; PROJECT: the stations of that project."
    ),
]
Seed = Annotated[
    int, typer.Option(min=0, metavar="N", help="Seed of the first season; the others use the numbers that follow.")
]


def simulate_(
    out: Out,
    *,
    number: Annotated[int, typer.Option("--seasons", min=1, metavar="N", help="Number of seasons.")] = IN_A_FILE,
    layout: Layout = "any",
    seed: Seed = PLAN.first_seed,
    strength: Annotated[
        float | None, typer.Option(min=0.0, help="Factor on the signals, 0 for none; default: drawn from 0.5 to 4.")
    ] = None,
    catalogue: Annotated[
        str, typer.Option(metavar="KIND", help=f"Kind of earthquake catalogue: {', '.join(KINDS)}.")
    ] = "poisson",
    nuisance: Annotated[str, typer.Option(metavar="NAME", help=f"Disturbance of the data: {', '.join(NUISANCES)}.")] = "none",
    wide: Annotated[
        bool, typer.Option("--wide", help="Draw the form of the signals and the disturbances at random for each season.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write SYNTHETIC seasons as NetCDF: station anomalies, Kp, earthquakes, labels by rule.

    A season depends only on its seed and on these options: the same command writes the same numbers.
    """
    if nuisance not in NUISANCES:
        raise typer.BadParameter(f"Unknown disturbance '{nuisance}'; use one of {', '.join(NUISANCES)}.")
    with sentences():
        plan = Plan(
            first_seed=seed,
            strengths=PLAN.strengths if strength is None else (strength, strength),
            networks=_networks(layout),
            scale_footprints=layout != "any",
            catalogues=(catalogue,),
            nuisance=NUISANCES[nuisance],
            law_per_season=wide,
        )
    _require_empty(out)
    files: list[str] = []
    with interruptible("Stopping; complete files are kept.") as stopped, bar("Simulating") as report:
        seasons = simulate(plan, range(number))
        while not stopped() and (some := list(islice(seasons, IN_A_FILE))):
            path = out / f"seasons-{some[0].source.config.seed}.nc"
            with writing(path):
                write_netcdf(path, some)
            files.append(path.name)
            report(min(len(files) * IN_A_FILE, number), number, path.name)
    done = min(len(files) * IN_A_FILE, number)
    if as_json:
        print_json({"seasons": done, "files": files, "first_seed": seed})
    else:
        say(f"{done} SYNTHETIC seasons written to {out}, files: {len(files)}.")
    if done < number:
        raise ProjectError(f"Stopped after {done} of {number} seasons.")


def pretrain(
    out: Out,
    *,
    layout: Layout = "any",
    number: Annotated[
        int | None, typer.Option("--seasons", min=1, metavar="N", help="Number of seasons; default: 420.")
    ] = None,
    preset: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Maps for training. stack: of the day and of the means of the last 3 and 7 nights; scalar: of the day only; "
            "wide: as stack, with a random form of the signals in each season.",
        ),
    ] = "stack",
    seed: Seed = PLAN.first_seed,
    as_json: AsJson = False,
) -> None:
    """Train VGG-12 on newly generated SYNTHETIC seasons, and write the model and its card.

    With 420 seasons, the training takes about 5 minutes on an idle computer, and half an hour on a busy one; the seasons are
    not saved. After Ctrl+C, run the command again to continue. Predict your own season with 'quakegui apply'.
    """
    from quakegui.learn.network import pretrained
    from quakegui.learn.network.modelfile import CARD_FILE, MODEL
    from quakegui.learn.network.pretraining import unfinished_recipe
    from quakegui.learn.network.pretraining_recipe import PRESETS
    from quakegui.learn.network.steps import Stop

    if preset not in PRESETS:
        raise typer.BadParameter(f"Unknown preset '{preset}'; use one of {', '.join(PRESETS)}.")
    recipe = PRESETS[preset]
    plan = replace(recipe.plan, networks=_networks(layout), scale_footprints=layout != "any", first_seed=seed)
    recipe = replace(recipe, plan=plan, seasons=recipe.seasons if number is None else number)
    with sentences():
        begun = unfinished_recipe(out)
        if begun is None:
            _require_empty(out, pretrained.is_begun)
        elif begun != recipe.fingerprint:
            raise ProjectError(f"{out} contains an unfinished pre-training with different settings; specify a new folder.")
        with interruptible(STOPPING) as stopped, worker_bar("Pre-training") as listen, writing(out / MODEL):
            try:
                path = pretrained.make(out, recipe, say=listen, cancelled=stopped)
            except Stop as stop:
                raise ProjectError("Stopped; run the command again to continue.") from stop
    facts: dict[str, Any] = {"model": str(path), "preset": preset, "seasons": recipe.seasons, "first_seed": seed}
    if as_json:
        print_json(facts)
    else:
        say(f"Model written to {path}, its card to {path.with_name(CARD_FILE)}.")


def _networks(layout: str) -> tuple[Network, ...]:
    """Return the located stations of a project, or an empty tuple for any layout."""
    if layout == "any":
        return ()
    with open_project(Path(layout), read_only=True) as opened:
        network = Network.of(station for station in opened.network().stations if station.located)
    if len(network.stations) < 3:
        raise ProjectError("Synthetic seasons need a project with at least three stations that have coordinates.")
    return (network,)


def _require_empty(folder: Path, usable: Callable[[Path], bool] = lambda folder: not any(folder.iterdir())) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = not usable(folder)
    except OSError as error:
        raise ProjectError(f"The folder {folder} cannot be used: {error.strerror or error}.") from error
    if taken:
        raise ProjectError(f"The folder {folder} is not empty; specify a new one.")
