"""The recipe, and the loop that follows it.

    make train DATA=folder

Every pass sees each digit distorted anew and prepared as it is served; a second process prepares the next pass while
this one learns from the last. The members are networks that begin differently and learn from the same pictures, each
in an order of its own. What is exported are the averaged weights of all. A run that is cut off goes on
where its last pass ended, unless other marked pictures are to be learnt from: that is another run.
"""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tqdm import tqdm

from digits.training import calibrate, export, network, served, sources
from digits.training.data import DIGITS, Digits, Labels
from digits.training.sources import Source

Bytes8 = NDArray[np.uint8]
Logits = NDArray[np.float32]

GATE = 0.02  # of validation digits read wrongly: a network that is worse is not exported


@dataclass(frozen=True)
class Recipe:
    """Everything that was chosen; on the validation digits, never on MNIST's test images."""

    members: int = 2
    passes: int = 11
    drawings: int = 2  # of each written digit in a pass
    batch: int = 128
    rate: float = 3e-3  # at its peak, after the first pass; a cosine takes it to nothing
    decay: float = 1e-2  # of the weights, as in AdamW (Loshchilov and Hutter 2019)
    averaging: float = 0.999  # of the weights, per step (Polyak and Juditsky 1992)
    widths: tuple[int, ...] = (24, 48, 96)
    depths: tuple[int, ...] = (1, 4, 3)
    seed: int = 1


class GateMissed(Exception):
    """The trained network is worse than any that may be served."""


def train(
    data: Path | None, run: Path, model: Path, recipe: Recipe | None = None, marked: Digits | None = None
) -> None:
    """Train by the recipe and export to the folder `model`; checkpoints are kept in folders within `run`.

    `marked` are squares, (n, 28, 28), to be learnt from beside the data. Raises GateMissed, and FileNotFoundError when
    the folder `data` has no MNIST.
    """
    recipe = recipe or Recipe()
    run = kept_in(run, marked)
    keras.utils.set_random_seed(recipe.seed)
    training, validation = sources.load(data, recipe.drawings, marked)
    labels = np.concatenate([source.labels for source in training])
    steps = math.ceil(len(labels) / recipe.batch)
    members = [Learner(recipe, number, steps, run / f"member-{number}") for number in range(recipe.members)]
    print(f"{asdict(recipe)}\n{len(labels):,} digits a pass: " + "; ".join(source.name for source in training))
    squares = [source.still() for source in validation]  # of each source (n, 28, 28)
    for number, pictures in passes(training, recipe, min(member.passed for member in members)):
        for member in members:
            if member.passed == number:  # not one that was ahead when the run was cut off
                member.learn(pictures, labels)
                wrong = _errors([member.averaged_logits(part) for part in squares], validation)
                told = f"{member.name}, pass {member.passed} of {recipe.passes}: wrong {_told(wrong, validation)}"
                print(told, flush=True)
    networks = [member.averaged() for member in members]
    logits = [served.all_logits(networks, part) for part in squares]
    wrong = _errors(logits, validation)
    all_logits, all_labels = np.concatenate(logits), np.concatenate([source.labels for source in validation])
    digits = all_labels < DIGITS
    missed = int((all_logits[digits].argmax(axis=1) != all_labels[digits]).sum())
    if missed > GATE * digits.sum():
        raise GateMissed(f"{missed} of {digits.sum():,} validation digits are read wrongly; at most {GATE:.1%} may.")
    calibration = calibrate.calibrate(all_logits, all_labels)
    minutes = sum(member.seconds for member in members) / 60
    learnt = [export.Used(source.name, len(source.labels)) for source in training]
    chosen = [
        export.Used(source.name, len(source.labels), errors) for source, errors in zip(validation, wrong, strict=True)
    ]
    made = export.Made(asdict(recipe), learnt, chosen, round(minutes, 1))
    known = squares[0][0], int(validation[0].labels[0])
    export.export(networks, calibration, made, known, model)
    print(f"wrong {_told(wrong, validation)} after {minutes:.0f} minutes of learning; exported to {model}")


def kept_in(run: Path, marked: Digits | None) -> Path:
    """The folder within `run` for what is learnt from these pictures: weights that have not seen them are elsewhere."""
    if not marked:
        return run
    return run / f"marked-{hashlib.sha256(marked.pictures.tobytes() + marked.labels.tobytes()).hexdigest()[:12]}"


def _errors(logits: Sequence[Logits], validation: Sequence[Source]) -> list[int]:
    """How many of each source are read wrongly: as another digit or as none, or as a digit where there is none."""
    return [
        int(_wrong(part.argmax(axis=1), source.labels).sum()) for part, source in zip(logits, validation, strict=True)
    ]


def _wrong(read: Labels, labels: Labels) -> NDArray[np.bool_]:
    return np.asarray((read != labels) & ((read < DIGITS) | (labels < DIGITS)))


def _told(wrong: Sequence[int], validation: Sequence[Source]) -> str:
    return ", ".join(f"{one} of {len(source.labels):,}" for one, source in zip(wrong, validation, strict=True))


def passes(training: Sequence[Source], recipe: Recipe, first: int) -> Iterator[tuple[int, Bytes8]]:
    """Number and squares (n, 28, 28) of every pass from `first` on, prepared while those before are used."""
    # Spawned, since a fork would copy TensorFlow's threads in the middle of their work.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        waiting = _request(pool, training, recipe, first) if first < recipe.passes else []
        for number in range(first, recipe.passes):
            squares = np.concatenate([part.result() for part in waiting])
            if number + 1 < recipe.passes:
                waiting = _request(pool, training, recipe, number + 1)
            yield number, squares


def _request(pool: Executor, training: Sequence[Source], recipe: Recipe, number: int) -> list[Future[Bytes8]]:
    seeds = np.random.SeedSequence((recipe.seed, number)).generate_state(len(training)).tolist()
    return [pool.submit(task) for source, seed in zip(training, seeds, strict=True) for task in source.tasks(seed)]


# --- how it learns ----------------------------------------------------------------------------------------------------


class Learner:
    """A network, its optimizer and the running average of its weights, kept on disk after every pass."""

    def __init__(self, recipe: Recipe, member: int, steps_a_pass: int, run: Path) -> None:
        self.recipe = recipe
        self.member = member
        self.network = network.build(recipe.widths, recipe.depths)
        self.average = network.build(recipe.widths, recipe.depths)
        self.average.set_weights(self.network.get_weights())
        schedule = keras.optimizers.schedules.CosineDecay(
            recipe.rate / 100,
            decay_steps=steps_a_pass * (recipe.passes - 1),
            warmup_target=recipe.rate,
            warmup_steps=steps_a_pass,
        )
        self.optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.decay)
        self.optimizer.build(self.network.trainable_variables)
        self._passed = tf.Variable(0, dtype=tf.int64)
        self._seconds = tf.Variable(0.0, dtype=tf.float64)
        checkpoint = tf.train.Checkpoint(
            network=self.network,
            average=self.average,
            optimizer=self.optimizer,
            passed=self._passed,
            seconds=self._seconds,
        )
        self._kept = tf.train.CheckpointManager(checkpoint, str(run), max_to_keep=1)
        if self._kept.restore_or_initialize():
            print(f"{self.name}: going on after pass {self.passed} from {run}")
        self._step = tf.function(self._learn_batch)

    @property
    def name(self) -> str:
        """What to call it."""
        return f"member {self.member + 1}"

    @property
    def passed(self) -> int:
        """How many passes have been made."""
        return int(self._passed.numpy())

    @property
    def seconds(self) -> float:
        """How long the passes took, those before a break included."""
        return float(self._seconds.numpy())

    def learn(self, squares: Bytes8, labels: NDArray[np.int64]) -> None:
        """One pass over (n, 28, 28) squares in an order of its own."""
        started = time.monotonic()
        order = np.random.default_rng((self.recipe.seed, self.passed, self.member)).permutation(len(labels))
        batches = range(0, len(order), self.recipe.batch)
        with tqdm(batches, desc=f"{self.name}, pass {self.passed + 1}", unit="batch", mininterval=10) as progress:
            for start in progress:
                chosen = order[start : start + self.recipe.batch]
                loss = self._step(tf.constant(squares[chosen]), tf.constant(labels[chosen]))
                if start // self.recipe.batch % 50 == 0:
                    progress.set_postfix(loss=f"{float(loss):.4f}", refresh=False)
        self._seconds.assign_add(time.monotonic() - started)
        self._passed.assign_add(1)
        self._kept.save()

    def _learn_batch(self, squares: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = self.network(squares, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        variables = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        # A young average would remember the random start: it follows closely at first.
        step = tf.cast(self.optimizer.iterations, tf.float32)
        share = 1 - tf.minimum(self.recipe.averaging, (1 + step) / (10 + step))
        for mean, weight in zip(self.average.variables, self.network.variables, strict=True):
            if mean.dtype.startswith("float"):
                mean.assign(mean + share * (weight - mean))
        return loss

    def averaged(self) -> Any:
        """The network with its averaged weights."""
        return self.average

    def averaged_logits(self, squares: Bytes8) -> Logits:
        """(n, 28, 28) -> (n, CLASSES) by the averaged weights."""
        return np.asarray(self.average.predict(squares, batch_size=500, verbose=0), np.float32)
