"""Trains the line network, and resumes after its last completed epoch."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from digits.model import ctc
from digits.preprocess.line import HEIGHT
from digits.training import line_network
from digits.training.data import Bytes8
from digits.training.data.lines import Line, Source
from digits.training.network import without_xla

LOG = "line.csv"  # epoch, seconds, loss, accuracy on the validation lines
WIDTH_STEP = 16  # pixels: lines of a batch are padded to a multiple of this, so that few shapes are compiled
READ_TOGETHER = 100  # lines that the network reads at once; all batches have this size, so few shapes are compiled
POOLED = 20  # batches whose lines are sorted by width, so that a batch has lines of similar width


@dataclass(frozen=True)
class LineRecipe:
    """How the line network is trained. Chosen on the validation lines."""

    epochs: int = 48
    rendered: int = 14  # epochs that are rendered; later ones see the same lines in another order
    learning_rate: float = 3e-3  # peak, after the first epoch of linear warmup; a cosine takes it to zero
    batch: int = 128
    weight_decay: float = 1e-2
    dtype: str = "mixed_bfloat16"
    seed: int = 1  # of the first weights, the order of the lines, and the lines


def train(
    sources: Sequence[Source],
    validation: dict[str, list[Line]],
    folder: Path,
    pool: Executor,
    recipe: LineRecipe | None = None,
) -> Any:
    """The trained Keras model; its checkpoint is kept in `folder` after every epoch."""
    recipe = recipe or LineRecipe()
    file = folder / "line.keras"
    steps = sum(source.count for source in sources) // recipe.batch
    model = without_xla(keras.saving.load_model(file) if file.exists() else _untrained(recipe, steps))
    log = folder / LOG
    done = len(log.read_text("utf-8").splitlines()) if file.exists() and log.exists() else 0
    rendered: dict[int, list[Future[list[Line]]] | list[Line]] = {}
    for epoch in range(done, recipe.epochs):
        for wanted in (epoch, epoch + 1):  # the other processes work ahead
            number = wanted % recipe.rendered
            if wanted < recipe.epochs and number not in rendered:
                rendered[number] = _requested(sources, number, recipe, pool)
        lines = _lines(rendered[epoch % recipe.rendered])
        rendered[epoch % recipe.rendered] = lines
        started = time.monotonic()
        losses = [model.train_on_batch(images, texts) for images, texts in batches(lines, recipe, epoch)]
        seconds = time.monotonic() - started
        unfinished = file.with_suffix(".part.keras")
        model.save(unfinished)
        unfinished.rename(file)
        right = ", ".join(f"{name} {100 * share:.2f}" for name, share in accuracy(model, validation).items())
        loss = float(np.mean(losses[-len(losses) // 4 :]))
        with log.open("a", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerow((epoch + 1, round(seconds, 2), round(loss, 5), right))
        print(f"line, epoch {epoch + 1} of {recipe.epochs}, {seconds:.0f} s, loss {loss:.3f}: right in % on {right}")
    return model


def _untrained(recipe: LineRecipe, steps: int) -> Any:
    keras.utils.set_random_seed(recipe.seed)
    model = line_network.build(recipe.dtype)
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 100,
        decay_steps=max(1, steps * (recipe.epochs - 1)),
        warmup_target=recipe.learning_rate,
        warmup_steps=steps,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, clipnorm=5.0)
    model.compile(optimizer, keras.losses.CTC())
    return model


def _requested(sources: Sequence[Source], number: int, recipe: LineRecipe, pool: Executor) -> list[Future[list[Line]]]:
    seeds = np.random.SeedSequence((recipe.seed, number)).generate_state(len(sources)).tolist()
    return [pool.submit(task) for source, seed in zip(sources, seeds, strict=True) for task in source.tasks(seed)]


def _lines(parts: list[Future[list[Line]]] | list[Line]) -> list[Line]:
    return [line for part in parts for line in ([part] if isinstance(part, Line) else part.result())]


def batches(lines: Sequence[Line], recipe: LineRecipe, epoch: int) -> Iterator[tuple[Bytes8, NDArray[np.int32]]]:
    """Random batches of lines of similar width: (n, HEIGHT, width) and (n, longest text) classes."""
    rng = np.random.default_rng((recipe.seed, epoch))
    order = rng.permutation(len(lines))
    chosen: list[NDArray[np.int64]] = []
    for start in range(0, len(order), POOLED * recipe.batch):
        part = sorted(order[start : start + POOLED * recipe.batch], key=lambda place: lines[place].image.shape[1])
        chosen += [np.array(part[at : at + recipe.batch]) for at in range(0, len(part), recipe.batch)]
    for at in rng.permutation(len(chosen)):
        if len(chosen[at]) == recipe.batch:
            batch = [lines[place] for place in chosen[at]]
            yield padded([line.image for line in batch], rng), classes([line.text for line in batch])


def padded(images: Sequence[Bytes8], rng: np.random.Generator | None = None) -> Bytes8:
    """Lines of any width -> (n, HEIGHT, width); shifted at random within their common width if `rng` is given."""
    widest = max(image.shape[1] for image in images)
    width = -(-widest // WIDTH_STEP) * WIDTH_STEP
    result = np.zeros((len(images), HEIGHT, width), np.uint8)
    for row, image in zip(result, images, strict=True):
        left = int(rng.integers(0, min(8, width - image.shape[1]) + 1)) if rng else 0
        row[:, left : left + image.shape[1]] = image
    return result


def classes(texts: Sequence[str]) -> NDArray[np.int32]:
    """(n, longest text): the class of each character, padded with ctc.BLANK as Keras' CTC loss expects it."""
    result = np.full((len(texts), max(map(len, texts))), ctc.BLANK, np.int32)
    for row, text in zip(result, texts, strict=True):
        row[: len(text)] = [ctc.OTHER if not one.isdigit() else int(one) + 1 for one in text]
    return result


def accuracy(model: Any, validation: dict[str, list[Line]]) -> dict[str, float]:
    """The share of each set's lines of which the whole text is right."""
    return {
        name: float(np.mean([read == line.text for read, line in zip(read_all(model, lines), lines, strict=True)]))
        for name, lines in validation.items()
    }


def read_all(model: Any, lines: Sequence[Line]) -> list[str]:
    """The most likely text of each line."""
    texts = [""] * len(lines)
    order = sorted(range(len(lines)), key=lambda place: lines[place].image.shape[1])
    for start in range(0, len(order), READ_TOGETHER):
        part = order[start : start + READ_TOGETHER]
        images = padded([lines[place].image for place in part])
        images = np.pad(images, ((0, READ_TOGETHER - len(part)), (0, 0), (0, 0)))
        outputs = np.asarray(model.predict_on_batch(images))[: len(part)]
        for place, steps in zip(part, outputs, strict=True):
            texts[place] = ctc.best_text(steps)
    return texts


def minutes(folder: Path) -> float:
    """How long all epochs took."""
    with (folder / LOG).open(encoding="utf-8", newline="") as opened:
        return sum(float(row[1]) for row in csv.reader(opened)) / 60
