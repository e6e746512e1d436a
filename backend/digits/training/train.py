"""The recipe, and the loop that follows it.

    make train DATA=folder

Every pass sees each digit distorted anew and prepared as it is served; a second process prepares the next pass while
this one learns from the last. What is exported are the averaged weights. A run that is cut off goes on where its last
pass ended.
"""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tqdm import tqdm

from digits.training import augment, calibrate, export, network
from digits.training.data import Digits, load_mnist

Bytes8 = NDArray[np.uint8]
Logits = NDArray[np.float32]

GATE = 0.008  # of validation digits read wrongly: a network that is worse is not exported


@dataclass(frozen=True)
class Recipe:
    """Everything that was chosen; on the validation digits, never on MNIST's test images."""

    passes: int = 14
    batch: int = 128
    rate: float = 3e-3  # at its peak, after the first pass; a cosine takes it to nothing
    decay: float = 1e-2  # of the weights, as in AdamW (Loshchilov and Hutter 2019)
    averaging: float = 0.999  # of the weights, per step (Polyak and Juditsky 1992)
    widths: tuple[int, ...] = (24, 48, 96)
    depths: tuple[int, ...] = (2, 3, 3)
    seed: int = 1


class GateMissed(Exception):
    """The trained network is worse than any that may be served."""


def train(data: Path | None, run: Path, model: Path, recipe: Recipe | None = None, limit: int | None = None) -> None:
    """Train by the recipe and export to the folder `model`; checkpoints are kept in the folder `run`.

    `limit` takes only so many digits of each part, to try the way through. Raises GateMissed.
    """
    recipe = recipe or Recipe()
    started = time.monotonic()
    keras.utils.set_random_seed(recipe.seed)
    mnist = load_mnist(data)
    training, validation = mnist.training[:limit], mnist.validation[:limit]
    learner = Learner(recipe, steps_a_pass=math.ceil(len(training) / recipe.batch), run=run)
    print(f"{len(training):,} digits to learn from, {len(validation):,} to choose by; {asdict(recipe)}")
    squares = augment.prepared_squares(validation.pictures)  # (n, 28, 28)
    for number, pictures in passes(training, recipe, learner.passed):
        learner.learn(pictures, training.labels, number)
        wrong = int((learner.averaged_logits(squares).argmax(axis=1) != validation.labels).sum())
        print(f"pass {number + 1}/{recipe.passes}: {wrong} of {len(validation):,} validation digits read wrongly")
    logits = learner.averaged_logits(squares)
    errors = int((logits.argmax(axis=1) != validation.labels).sum())
    if errors > GATE * len(validation):
        raise GateMissed(f"{errors} of {len(validation):,} validation digits are read wrongly; at most {GATE:.1%} may.")
    minutes = (time.monotonic() - started) / 60
    export.export(
        learner.averaged(),
        calibrate.calibrate(logits, validation.labels),
        export.Made(asdict(recipe), len(training), len(validation), errors, round(minutes, 1)),
        known=(squares[0], int(validation.labels[0])),
        folder=model,
    )
    print(f"{errors} of {len(validation):,} wrong after {minutes:.0f} minutes; exported to {model}")


# --- what the network learns from -------------------------------------------------------------------------------------


def passes(digits: Digits, recipe: Recipe, first: int) -> Iterator[tuple[int, Bytes8]]:
    """Number and squares (n, 28, 28) of every pass from `first` on, each prepared while the one before is used."""
    # Spawned, since a fork would copy TensorFlow's threads in the middle of their work.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        waiting = _request(pool, digits, recipe, first) if first < recipe.passes else []
        for number in range(first, recipe.passes):
            squares = np.concatenate([part.result() for part in waiting])
            if number + 1 < recipe.passes:
                waiting = _request(pool, digits, recipe, number + 1)
            yield number, squares


def _request(pool: Executor, digits: Digits, recipe: Recipe, number: int) -> list[Future[Bytes8]]:
    seeds = np.random.SeedSequence((recipe.seed, number)).generate_state(math.ceil(len(digits) / 1000))
    return [
        pool.submit(augment.distorted_squares, digits.pictures[1000 * part : 1000 * (part + 1)], int(seed))
        for part, seed in enumerate(seeds)
    ]


# --- how it learns ----------------------------------------------------------------------------------------------------


class Learner:
    """A network, its optimizer and the running average of its weights, kept on disk after every pass."""

    def __init__(self, recipe: Recipe, steps_a_pass: int, run: Path) -> None:
        self.recipe = recipe
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
        checkpoint = tf.train.Checkpoint(
            network=self.network, average=self.average, optimizer=self.optimizer, passed=self._passed
        )
        self._kept = tf.train.CheckpointManager(checkpoint, str(run), max_to_keep=1)
        if self._kept.restore_or_initialize():
            print(f"going on after pass {self.passed} from {run}")
        self._step = tf.function(self._learn_batch)

    @property
    def passed(self) -> int:
        """How many passes have been made."""
        return int(self._passed.numpy())

    def learn(self, squares: Bytes8, labels: NDArray[np.int64], number: int) -> None:
        """One pass over (n, 28, 28) squares in an order of its own."""
        order = np.random.default_rng((self.recipe.seed, number)).permutation(len(labels))
        batches = range(0, len(order), self.recipe.batch)
        with tqdm(batches, desc=f"pass {number + 1}", unit="batch", mininterval=10) as progress:
            for start in progress:
                chosen = order[start : start + self.recipe.batch]
                loss = self._step(tf.constant(squares[chosen]), tf.constant(labels[chosen]))
                if start // self.recipe.batch % 50 == 0:
                    progress.set_postfix(loss=f"{float(loss):.4f}", refresh=False)
        self._passed.assign(number + 1)
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
        """(n, 28, 28) -> (n, 10) by the averaged weights."""
        return np.asarray(self.average.predict(squares, batch_size=500, verbose=0), np.float32)
