"""The training recipe and the loop that follows it.

    make train DATA=folder

A second process renders the squares of each epoch, with new augmentation and the preprocessing of the server. A large
network trains on them first. A small one then trains on the same squares, on the labels and on the large network's
probabilities (Hinton, Vinyals, Dean: Distilling the knowledge in a neural network, 2015). Each has one more epoch on
mildly augmented digits, which are closer to what is served. The EMA weights of both are exported as a cascade: the
small network reads every square, the large one only the doubtful ones.

A run that is cut off resumes after its last epoch. Its folder is named after data, seed and recipe, so that it never
resumes from the checkpoint of another run.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tqdm import tqdm

from digits.training import calibrate, network, saved_model
from digits.training.data import CLASSES, DIGITS, Bytes8, LabelledImages, augment, datasets
from digits.training.data.augment import Ranges
from digits.training.data.datasets import Dataset, ValidationSet

Logits = NDArray[np.float32]

GATE = 0.03  # a model that misreads more than this share of the validation digits is not exported

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
    dtype: str = "float32"


@dataclass(frozen=True)
class Recipe:
    """Everything that was chosen: on the validation sets, never on MNIST's test images."""

    large: Stage = Stage((24, 48, 96), (1, 4, 3), epochs=9, learning_rate=1.5e-3, dtype="mixed_bfloat16")
    small: Stage = Stage((16, 32, 64), (1, 2, 3), epochs=22, learning_rate=4e-3)
    mild_learning_rate: float = 5e-4  # of one more epoch for each network, on mildly augmented digits
    rendered: int = 9  # epochs that are rendered; later ones see the same squares in another order
    batch: int = 128
    weight_decay: float = 1e-2  # decoupled, as in AdamW (Loshchilov and Hutter 2019)
    ema: float = 0.999  # of the weights, per step (Polyak and Juditsky 1992)
    soft: float = 0.6  # weight of the large network's probabilities in the small one's loss
    seed: int = 2


class GateMissed(Exception):
    """The trained network is worse than any that may be served."""


def train(
    data: Path | None,
    run: Path,
    model: Path,
    recipe: Recipe | None = None,
    corrections: LabelledImages | None = None,
    initial: Path | None = None,
) -> None:
    """Train by the recipe and export to the folder `model`; checkpoints are kept below `run`.

    The large network starts from the model in the folder `initial`, where one is given. `corrections` are squares,
    (n, SIDE, SIDE), to train on beside the data. Raises GateMissed, and FileNotFoundError when `data` has no MNIST.
    """
    recipe = recipe or Recipe()
    folder = run / fingerprint(data, recipe, corrections, initial)
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.seed)
    training, validation = datasets.load(data, corrections)
    (folder / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n", "utf-8")
    print(f"{asdict(recipe)}\nrun folder: {folder}")
    print("an epoch: " + "; ".join(f"{one.count:,} {one.name}" for one in training), flush=True)
    start = network.release_weights(initial, 0) if initial else None
    large = Learner("large", recipe, recipe.large, steps(training, recipe), folder / "large", start)
    small = Learner("small", recipe, recipe.small, steps(training, recipe), folder / "small")
    if initial and large.epoch == 0:
        print(f"initial large: {summary(large.ema_logits, validation)}", flush=True)
    # The renderer works ahead while the large network trains.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        rendered = Rendered(pool, training, recipe, folder / "epochs")
        _learn(large, rendered, validation)
        _learn(small, rendered, validation, teacher=large)
        large, small = (mild(one, steps(training, recipe)) for one in (large, small))
        rendered = Rendered(pool, training, replace(recipe, rendered=1), folder / "mild", augment.MILD)
        _learn(large, rendered, validation)
        _learn(small, rendered, validation, teacher=large)
    networks = [network.folded(one.average, one.stage.widths, one.stage.depths) for one in (small, large)]
    finish(networks, training, validation, recipe, (small.seconds + large.seconds) / 60, model)


def finish(
    networks: Sequence[Any],
    training: Sequence[Dataset],
    validation: Sequence[ValidationSet],
    recipe: Recipe,
    minutes: float,
    model: Path,
) -> None:
    """Calibrate on the validation sets and export. Raises GateMissed."""
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
    made = saved_model.Made(asdict(recipe), trained_on, chosen_on, round(minutes, 1))
    first = validation[0].squares
    known = first.images[0], int(first.labels[0])
    saved_model.export(networks, calibrate.calibrate(natural_logits, labels), made, known, model)
    print(f"{minutes:.0f} minutes of training; exported to {model}")


def steps(training: Sequence[Dataset], recipe: Recipe) -> int:
    """Batches in an epoch."""
    return -(-sum(one.count for one in training) // recipe.batch)


def fingerprint(
    data: Path | None, recipe: Recipe, corrections: LabelledImages | None = None, initial: Path | None = None
) -> str:
    """A folder name that differs when the data, the seed, the recipe or the initial model do."""
    digest = hashlib.sha256(json.dumps(asdict(recipe), sort_keys=True).encode())
    for file in [data / name for name in DATA_FILES] if data else []:
        if file.exists():
            digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    if corrections:
        digest.update(corrections.images.tobytes() + corrections.labels.tobytes())
    if initial:
        digest.update((initial / "card.json").read_bytes())
    return f"seed-{recipe.seed}-{digest.hexdigest()[:12]}"


def summary(read: Any, validation: Sequence[ValidationSet]) -> str:
    """The errors of a function (n, SIDE, SIDE) -> (n, CLASSES) on each validation set, in per cent."""
    parts = []
    for one in validation:
        wrong = _wrong(read(one.squares.images), one.squares.labels)
        parts.append(f"{one.name} {100 * wrong.mean():.2f}")
    return ", ".join(parts)


def _wrong(logits: Logits, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a digit was read as another one or rejected, or a negative was read as a digit."""
    read = logits.argmax(axis=1)
    return np.asarray((read != labels) & ((read < DIGITS) | (labels < DIGITS)))


# --- rendered squares -------------------------------------------------------------------------------------------------


class Rendered:
    """The squares of each epoch, rendered by another process and kept on disk."""

    def __init__(
        self,
        pool: Executor,
        training: Sequence[Dataset],
        recipe: Recipe,
        folder: Path,
        ranges: Ranges | None = None,
    ) -> None:
        self._pool = pool
        self._training = training
        self._recipe = recipe
        self._folder = folder
        self._ranges = ranges
        self._waiting: dict[int, list[Future[LabelledImages]]] = {}
        folder.mkdir(exist_ok=True)

    def __getitem__(self, epoch: int) -> LabelledImages:
        """The squares of an epoch, (n, SIDE, SIDE)."""
        number = epoch % self._recipe.rendered
        self._request(number)
        file = self._file(number)
        if not file.exists():
            parts = [part.result() for part in self._waiting.pop(number)]
            self._request(number + 1)
            with file.with_suffix(".part").open("wb") as opened:
                np.savez(
                    opened,
                    images=np.concatenate([one.images for one in parts]),
                    labels=np.concatenate([one.labels for one in parts]),
                )
            file.with_suffix(".part").rename(file)
        self._request(number + 1)
        with np.load(file) as arrays:
            return LabelledImages(arrays["images"], arrays["labels"])

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:03}.npz"

    def _request(self, number: int) -> None:
        if number >= self._recipe.rendered or number in self._waiting or self._file(number).exists():
            return
        seeds = np.random.SeedSequence((self._recipe.seed, number)).generate_state(len(self._training)).tolist()
        self._waiting[number] = [
            self._pool.submit(task)
            for dataset, seed in zip(self._training, seeds, strict=True)
            for task in dataset.tasks(seed, self._ranges)
        ]


# --- learning ---------------------------------------------------------------------------------------------------------


def _learn(
    learner: Learner, rendered: Rendered, validation: Sequence[ValidationSet], teacher: Learner | None = None
) -> None:
    """The epochs that are left; the validation errors are printed after each."""
    while learner.epoch < learner.stage.epochs:
        squares = rendered[learner.epoch]
        soft = _soft_targets(teacher, learner, squares) if teacher else None
        learner.learn(squares, soft)
        print(
            f"{learner.name}, epoch {learner.epoch} of {learner.stage.epochs}, {learner.seconds / 60:.1f} minutes: "
            f"errors in % on {summary(learner.ema_logits, validation)}",
            flush=True,
        )


def _soft_targets(teacher: Learner, learner: Learner, squares: LabelledImages) -> NDArray[np.float32]:
    """(n, CLASSES) probabilities of the teacher for an epoch's squares, kept on disk."""
    file = learner.folder / f"{learner.epoch % learner.recipe.rendered:03}-soft.npy"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        np.save(file, calibrate.softmax(teacher.ema_logits(squares.images)).astype(np.float32))
    return np.asarray(np.load(file))


def mild(learner: Learner, steps: int) -> Learner:
    """A learner for the last, mild epoch that starts from another's EMA weights.

    Strong augmentation makes a network doubt plain digits; a last epoch close to what is served makes up for it.
    """
    stage = replace(learner.stage, epochs=1, learning_rate=learner.recipe.mild_learning_rate)
    name = f"{learner.name}, mild"
    folder = learner.folder.with_name(f"{learner.folder.name}-mild")
    return Learner(name, learner.recipe, stage, steps, folder, learner.average.get_weights())


class Learner:
    """A network, its optimizer and the EMA of its weights, saved after every epoch."""

    def __init__(
        self,
        name: str,
        recipe: Recipe,
        stage: Stage,
        steps: int,
        folder: Path,
        initial: list[Any] | None = None,
    ) -> None:
        self.name = name
        self.recipe = recipe
        self.stage = stage
        self.folder = folder
        self.network = network.build(stage.widths, stage.depths, stage.dtype)
        if initial:
            self.network.set_weights(initial)
        self.average = network.build(stage.widths, stage.depths)
        self.average.set_weights(self.network.get_weights())
        warmup = steps if stage.epochs > 1 else steps // 10
        schedule = keras.optimizers.schedules.CosineDecay(
            stage.learning_rate / 100,
            decay_steps=steps * stage.epochs - warmup,
            warmup_target=stage.learning_rate,
            warmup_steps=warmup,
        )
        self.optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)
        self.optimizer.build(self.network.trainable_variables)
        self._epoch = tf.Variable(0, dtype=tf.int64)
        self._seconds = tf.Variable(0.0, dtype=tf.float64)
        checkpoint = tf.train.Checkpoint(
            network=self.network,
            average=self.average,
            optimizer=self.optimizer,
            epoch=self._epoch,
            seconds=self._seconds,
        )
        self._manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=1)
        if self._manager.restore_or_initialize():
            print(f"{name}: resuming after epoch {self.epoch} from {folder}", flush=True)
        self._step = tf.function(self._train_step)
        self._infer = tf.function(lambda squares: self.average(squares, training=False))

    @property
    def epoch(self) -> int:
        """How many epochs have been completed."""
        return int(self._epoch.numpy())

    @property
    def seconds(self) -> float:
        """How long the epochs took, including those before an interruption."""
        return float(self._seconds.numpy())

    def learn(self, squares: LabelledImages, soft: NDArray[np.float32] | None = None) -> None:
        """One epoch over (n, SIDE, SIDE) squares in random order; `soft` are the (n, CLASSES) targets of a teacher."""
        started = time.monotonic()
        order = np.random.default_rng((self.recipe.seed, self.epoch)).permutation(len(squares))
        targets = np.eye(CLASSES, dtype=np.float32)[squares.labels]
        if soft is not None:
            targets = (1 - self.recipe.soft) * targets + np.float32(self.recipe.soft) * soft
        batches = range(0, len(order), self.recipe.batch)
        with tqdm(batches, f"{self.name}, epoch {self.epoch + 1}", unit="batch", mininterval=30) as progress:
            for start in progress:
                chosen = order[start : start + self.recipe.batch]
                loss = self._step(tf.constant(squares.images[chosen]), tf.constant(targets[chosen]))
                if start // self.recipe.batch % 50 == 0:
                    progress.set_postfix(loss=f"{float(loss):.4f}", refresh=False)
        self._seconds.assign_add(time.monotonic() - started)
        self._epoch.assign_add(1)
        self._manager.save()

    def _train_step(self, squares: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = self.network(squares, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        variables = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        # A young average still holds the random start, so it follows closely at first.
        step = tf.cast(self.optimizer.iterations, tf.float32)
        share = 1 - tf.minimum(self.recipe.ema, (1 + step) / (10 + step))
        for mean, weight in zip(self.average.variables, self.network.variables, strict=True):
            if mean.dtype.startswith("float"):
                mean.assign(mean + share * (weight - mean))
        return loss

    def ema_logits(self, squares: Bytes8) -> Logits:
        """(n, SIDE, SIDE) -> (n, CLASSES) by the EMA weights."""
        parts = [self._infer(tf.constant(squares[start : start + 500])) for start in range(0, len(squares), 500)]
        return np.concatenate([part.numpy() for part in parts])
