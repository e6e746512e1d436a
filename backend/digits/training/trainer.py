"""The training recipe and the loops that follow it.

    make train DATA=folder

Other processes render the squares of each epoch, with new augmentation and the preprocessing of the server. Two
networks train on them: the small one reads every square, the medium one only the doubtful ones. A student trains on the
labels and on the mean of its teachers' probabilities (Hinton, Vinyals, Dean: Distilling the knowledge in a neural
network, 2015). The medium network teaches the small one, or an ensemble of large networks teaches both. A third
network, the line network, trains on whole numbers (see `line_trainer`).

An interrupted run resumes after each network's last completed epoch. Its folder is named after data, seed and recipe,
so that it never resumes from the checkpoint of another run.

Only Keras is used here, so a GPU can train the networks through any of its backends (KERAS_BACKEND=jax). Run the
command again with the TensorFlow backend: it loads the trained networks, calibrates and exports them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import multiprocessing
import os
import sys
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from digits.errors import GateMissed
from digits.training import calibrate, features, line_network, line_trainer, network, number_calibration
from digits.training.data import CLASSES, DIGITS, Bytes8, LabelledImages, augment, datasets, lines
from digits.training.data.augment import Ranges
from digits.training.data.datasets import Dataset, ValidationSet
from digits.training.line_trainer import LineRecipe

Logits = NDArray[np.float32]
Soft = NDArray[np.floating]  # (n, CLASSES), each row a teacher's probabilities

GATE = 0.03  # a model that misreads more than this share of the validation digits is not exported
READ_TOGETHER = 1_000  # squares that a network reads at once; all batches have this size, so it is compiled once

#: The files of the data folder that training reads.
DATA_FILES = (
    "mnist.npz",
    "mnist_writers.npz",
    "unipen_digits.strokes.json.gz",
    "unipen_other.strokes.json.gz",
    "kensanata.zip",
    "bhmsds.npz",
    "lectaurep.zip",
)


@dataclass(frozen=True)
class Stage:
    """How one network is trained."""

    widths: tuple[int, ...]
    depths: tuple[int, ...]
    epochs: int
    learning_rate: float  # peak, after the first epoch of linear warmup; a cosine takes it to zero
    rendered: int  # epochs that are rendered; later ones see the same squares in another order
    dtype: str = "mixed_bfloat16"


@dataclass(frozen=True)
class Recipe:
    """All hyperparameters. They were chosen on the validation sets, never on MNIST's test images."""

    teacher: Stage = Stage((48, 96, 192), (1, 4, 3), epochs=24, learning_rate=2e-3, rendered=8)
    teachers: int = 3  # members of the ensemble; without one, the medium network teaches the small one
    medium: Stage = Stage((24, 48, 96), (1, 4, 3), epochs=50, learning_rate=3e-3, rendered=11)
    small: Stage = Stage((16, 32, 64), (1, 2, 3), epochs=60, learning_rate=5e-3, rendered=11, dtype="float32")
    mild: int = 4  # last epochs of each network, on mildly augmented digits
    batch: int = 256
    weight_decay: float = 1e-2  # decoupled, as in AdamW (Loshchilov and Hutter 2019)
    soft: float = 0.8  # weight of the teachers' probabilities in the students' loss
    line: LineRecipe = field(default_factory=LineRecipe)  # has a seed of its own
    seed: int = 1  # of the students' first weights and of the order of their squares
    teacher_seed: int = 1  # the same for the teachers
    rendering_seed: int = 1  # of the squares


def train(
    data: Path | None,
    run: Path,
    model: Path,
    recipe: Recipe | None = None,
    corrections: LabelledImages | None = None,
) -> None:
    """Train by the recipe and export to the folder `model`; checkpoints are kept below `run`.

    `corrections` are squares, (n, SIDE, SIDE), to train on beside the data. Raises GateMissed, and FileNotFoundError
    when `data` has no MNIST.
    """
    recipe = recipe or Recipe()
    folder = run / fingerprint(data, recipe, corrections)
    folder.mkdir(parents=True, exist_ok=True)
    training, validation = datasets.load(data, corrections)
    (folder / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n", "utf-8")
    print(f"{asdict(recipe)}\nrun folder: {folder}")
    print("an epoch: " + "; ".join(f"{one.count:,} {one.name}" for one in training), flush=True)
    with ProcessPoolExecutor(max(1, (os.cpu_count() or 2) - 1), multiprocessing.get_context("spawn")) as pool:
        steps = sum(one.count for one in training) // recipe.batch
        trainer = Trainer(recipe, folder, Rendered(pool, training, recipe, folder), steps, validation)
        students = trainer.students(trainer.teachers())
        line_sources, validation_lines = lines.load(data)
        line = line_network.folded(line_trainer.train(line_sources, validation_lines, folder, pool, recipe.line))
    if keras.backend.backend() == "tensorflow":
        minutes = trainer.minutes() + line_trainer.minutes(folder)
        finish(students, line, training, line_sources, validation, recipe, minutes, model)
        number_calibration.calibrate(model, data)
        features.add_to_card(model, data)
    else:
        print("The networks are trained. The same command with KERAS_BACKEND=tensorflow exports them.")


def finish(
    networks: Sequence[Any],
    line: Any,
    training: Sequence[Dataset],
    line_sources: Sequence[lines.Source],
    validation: Sequence[ValidationSet],
    recipe: Recipe,
    minutes: float,
    model: Path,
) -> None:
    """Calibrate on the validation sets and export. Raises GateMissed."""
    from digits.training import saved_model  # needs TensorFlow

    logits = [saved_model.all_logits(networks, one.squares.images) for one in validation]
    wrong = [int(_wrong(part, one.squares.labels).sum()) for part, one in zip(logits, validation, strict=True)]
    natural = [(part, one.squares.labels) for part, one in zip(logits, validation, strict=True) if one.natural]
    natural_logits, labels = (np.concatenate(parts) for parts in zip(*natural, strict=True))
    digits = labels < DIGITS
    missed = int((natural_logits[digits].argmax(axis=1) != labels[digits]).sum())
    if missed > GATE * digits.sum():
        raise GateMissed(f"{missed} of {digits.sum():,} validation digits are read wrongly; at most {GATE:.1%} may.")
    trained_on = [saved_model.Used(one.name, one.count) for one in training]
    chosen_on = [
        saved_model.Used(one.name, len(one.squares), errors) for one, errors in zip(validation, wrong, strict=True)
    ]
    lines_used = [saved_model.Used(one.name, one.count) for one in line_sources]
    made = saved_model.Made(asdict(recipe), trained_on, lines_used, chosen_on, round(minutes, 1))
    first = validation[0].squares
    known = first.images[0], int(first.labels[0])
    saved_model.export(networks, calibrate.calibrate(natural_logits, labels), made, known, model, line)
    print(f"{minutes:.0f} minutes of training; exported to {model}")


def fingerprint(data: Path | None, recipe: Recipe, corrections: LabelledImages | None = None) -> str:
    """A folder name that differs when the data, the seed or the recipe do."""
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    for file in [data / name for name in DATA_FILES] if data else []:
        if file.exists():
            digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    if corrections:
        digest.update(corrections.images.tobytes() + corrections.labels.tobytes())
    return f"seed-{recipe.seed}-{digest.hexdigest()[:12]}"


def _wrong(logits: Logits, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a digit was read as another one or rejected, or a negative was read as a digit."""
    read = logits.argmax(axis=1)
    return np.asarray((read != labels) & ((read < DIGITS) | (labels < DIGITS)))


# --- rendered squares -------------------------------------------------------------------------------------------------


class Squares(Protocol):
    """The squares of every epoch."""

    def of(self, epoch: int, stage: Stage) -> tuple[str, LabelledImages]:
        """A name for the squares of one of a network's epochs, and the squares, (n, SIDE, SIDE)."""


def rendered_name(epoch: int, stage: Stage, recipe: Recipe) -> str:
    """The name of the squares for one of a network's epochs: the last ones are mildly augmented."""
    left = stage.epochs - epoch
    return f"mild-{left % recipe.mild:03}" if left <= recipe.mild else f"{epoch % stage.rendered:03}"


class Rendered:
    """The squares of every epoch, rendered by other processes and kept on disk."""

    def __init__(self, pool: Executor, training: Sequence[Dataset], recipe: Recipe, folder: Path) -> None:
        self._pool = pool
        self._training = training
        self._recipe = recipe
        self._folder = folder / "epochs"
        self._waiting: dict[str, list[Future[LabelledImages]]] = {}
        self._folder.mkdir(exist_ok=True)

    def of(self, epoch: int, stage: Stage) -> tuple[str, LabelledImages]:
        """A name for the squares of one of a network's epochs, and the squares, (n, SIDE, SIDE)."""
        name = rendered_name(epoch, stage, self._recipe)
        self._request(name)
        if epoch + 1 < stage.epochs:  # the other processes work ahead
            self._request(rendered_name(epoch + 1, stage, self._recipe))
        if name in self._waiting:
            save_squares(self._folder / f"{name}.npz", [part.result() for part in self._waiting.pop(name)])
        return name, load_squares(self._folder / f"{name}.npz")

    def _request(self, name: str) -> None:
        if name not in self._waiting and not (self._folder / f"{name}.npz").exists():
            tasks = rendering_tasks(name, self._training, self._recipe)
            self._waiting[name] = [self._pool.submit(task) for task in tasks]


def rendering_tasks(name: str, training: Sequence[Dataset], recipe: Recipe) -> list[datasets.Task]:
    """What renders the squares of this name."""
    ranges: Ranges | None = augment.MILD if name.startswith("mild") else None
    sequence = np.random.SeedSequence((recipe.rendering_seed, zlib.crc32(name.encode())))
    seeds = sequence.generate_state(len(training)).tolist()
    return [task for dataset, seed in zip(training, seeds, strict=True) for task in dataset.tasks(seed, ranges)]


def save_squares(file: Path, parts: Sequence[LabelledImages]) -> None:
    """Write all parts to one file, completely or not at all."""
    unfinished = file.with_suffix(".part")
    with unfinished.open("wb") as opened:
        np.savez(
            opened,
            images=np.concatenate([one.images for one in parts]),
            labels=np.concatenate([one.labels for one in parts]),
        )
    unfinished.rename(file)


def load_squares(file: Path) -> LabelledImages:
    """(n, SIDE, SIDE) squares with their labels."""
    with np.load(file) as arrays:
        return LabelledImages(arrays["images"], arrays["labels"])


# --- learning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trainer:
    """Trains each network of the recipe and keeps it in the run folder after every epoch."""

    recipe: Recipe
    folder: Path
    squares: Squares
    steps: int  # batches in an epoch
    validation: Sequence[ValidationSet]

    def teachers(self) -> list[Any]:
        """The trained ensemble of large networks."""
        trainer = replace(self, recipe=replace(self.recipe, seed=self.recipe.teacher_seed))
        return [trainer.learn(name, self.recipe.teacher) for name in self.teacher_names()]

    def teacher_names(self) -> list[str]:
        """The names of the ensemble's members."""
        return [f"teacher-{number}" for number in range(1, self.recipe.teachers + 1)]

    def students(self, teachers: Sequence[Any]) -> list[Any]:
        """The trained networks of the cascade, the small one first, without batch normalization."""
        medium = self.learn("medium", self.recipe.medium, teachers)
        small = self.learn("small", self.recipe.small, teachers or [medium])
        trained = (small, self.recipe.small), (medium, self.recipe.medium)
        return [network.folded(one, stage.widths, stage.depths) for one, stage in trained]

    def learn(self, name: str, stage: Stage, teachers: Sequence[Any] = ()) -> Any:
        """A network after all of its epochs, those before an interruption included."""
        file = self.folder / f"{name}.keras"
        model = keras.saving.load_model(file) if file.exists() else self._untrained(name, stage)
        model = network.without_xla(model)
        epoch = int(model.optimizer.iterations) // self.steps
        if 0 < epoch < stage.epochs:
            print(f"{name}: resuming after epoch {epoch}", flush=True)
        while epoch < stage.epochs:
            label, squares = self.squares.of(epoch, stage)
            targets = self._targets(label, squares, teachers)
            rng = np.random.default_rng((self.recipe.seed, zlib.crc32(name.encode()), epoch))
            order = rng.permutation(len(squares))
            order = order[: self.steps * self.recipe.batch]  # no smaller batch, which would be compiled again
            started = time.monotonic()
            history = model.fit(
                squares.images[order],
                targets[order],
                self.recipe.batch,
                shuffle=False,
                verbose=int(sys.stdout.isatty()),
            )
            epoch += 1
            seconds = time.monotonic() - started
            unfinished = file.with_suffix(".part.keras")
            model.save(unfinished)
            unfinished.rename(file)
            errors = self.errors(model)
            self._log(name, epoch, seconds, history.history["loss"][0], errors)
            print(f"{name}, epoch {epoch} of {stage.epochs}, {seconds:.0f} s: errors in % on {errors}", flush=True)
        return model

    def errors(self, model: Any) -> str:
        """The errors of a network on each validation set, in per cent."""
        found = logits(model, np.concatenate([one.squares.images for one in self.validation]))
        ends = np.cumsum([len(one.squares) for one in self.validation])[:-1]
        return ", ".join(
            f"{one.name} {100 * _wrong(part, one.squares.labels).mean():.2f}"
            for one, part in zip(self.validation, np.split(found, ends), strict=True)
        )

    def minutes(self) -> float:
        """How long all epochs of all networks took."""
        return sum(float(row["seconds"]) for row in self._rows()) / 60

    def _untrained(self, name: str, stage: Stage) -> Any:
        keras.utils.set_random_seed(zlib.crc32(f"{self.recipe.seed} {name}".encode()))
        model = network.build(stage.widths, stage.depths, stage.dtype)
        schedule = keras.optimizers.schedules.CosineDecay(
            stage.learning_rate / 100,
            decay_steps=max(1, self.steps * (stage.epochs - 1)),
            warmup_target=stage.learning_rate,
            warmup_steps=self.steps,
        )
        model.compile(
            keras.optimizers.AdamW(schedule, weight_decay=self.recipe.weight_decay),
            keras.losses.CategoricalCrossentropy(from_logits=True),
        )
        return model

    def _targets(self, label: str, squares: LabelledImages, teachers: Sequence[Any]) -> NDArray[np.float32]:
        """(n, CLASSES): the labels, or their mean with the teachers' probabilities, which are kept on disk."""
        hard = np.eye(CLASSES, dtype=np.float32)[squares.labels]
        if not teachers:
            return hard
        file = self.folder / "epochs" / f"{label}-soft.npy"
        if not file.exists():
            soft = np.mean([calibrate.softmax(logits(one, squares.images)) for one in teachers], axis=0)
            np.save(file, soft.astype(np.float32))
        mixed = (1 - self.recipe.soft) * hard + self.recipe.soft * np.load(file)
        return np.asarray(mixed, np.float32)

    def _rows(self) -> list[dict[str, str]]:
        with (self.folder / "log.csv").open(encoding="utf-8", newline="") as opened:
            return list(csv.DictReader(opened, fieldnames=("network", "epoch", "seconds", "loss", "errors")))

    def _log(self, name: str, epoch: int, seconds: float, loss: float, errors: str) -> None:
        with (self.folder / "log.csv").open("a", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerow((name, epoch, round(seconds, 2), round(loss, 5), errors))


def logits(model: Any, squares: Bytes8) -> Logits:
    """(n, SIDE, SIDE) -> (n, CLASSES)."""
    padded = np.concatenate([squares, np.zeros((-len(squares) % READ_TOGETHER, *squares.shape[1:]), np.uint8)])
    return np.asarray(model.predict(padded, READ_TOGETHER, verbose=0))[: len(squares)]
