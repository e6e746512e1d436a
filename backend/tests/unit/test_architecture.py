"""The rules of the house: who may know whom. Each of them is checked on what the files import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from digits.settings import BACKEND

PACKAGE = BACKEND / "digits"

#: Module -> the modules of ours that it may import. What is not named here may import nothing of ours.
ALLOWED = {
    "app": {"api", "model", "settings"},
    "cli": {"app", "cli", "client", "errors", "model", "preprocess", "settings", "training"},
    "client": {"errors", "model"},
    "api": {"api", "candidates", "data_url", "errors", "geometry", "model", "observability", "preprocess", "settings"},
    "observability": {"model", "observability"},
    "settings": {"errors", "preprocess"},
    "model": {"candidates", "data_url", "errors", "geometry", "model"},
    "preprocess": {"candidates", "errors", "geometry", "preprocess"},
    "training": {"training", "candidates", "client", "data_url", "errors", "geometry", "model", "preprocess"},
}


def imports(file: Path, *, top_level: bool = False) -> set[str]:
    """Dotted names of what a file imports; with `top_level` only of what importing the file imports."""
    tree = ast.parse(file.read_text("utf-8"))
    nodes = outside_functions(tree) if top_level else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports from a place relative to itself"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def outside_functions(tree: ast.AST) -> list[ast.AST]:
    """Every node that is run when the file is imported."""
    nodes = [node for node in ast.iter_child_nodes(tree) if not isinstance(node, ast.FunctionDef)]
    return nodes + [inner for node in nodes for inner in outside_functions(node)]


def room(file: Path) -> str:
    """`digits/api/model.py` -> 'api'; `digits/app.py` -> 'app'."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_dependencies_point_in_one_direction(file: Path) -> None:
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("digits.")}
    assert ours <= ALLOWED.get(room(file), set())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_the_package_does_not_import_tests_or_benchmarks(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] in ("benchmarks", "tests")}


def test_the_package_itself_imports_nothing() -> None:
    assert imports(PACKAGE / "__init__.py") == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_only_training_and_load_import_tensorflow(file: Path) -> None:
    if room(file) == "training":
        return
    heavy = {name for name in imports(file) if name.split(".")[0] in ("tensorflow", "keras")}
    assert {name.split(".")[0] for name in heavy} <= ({"tensorflow"} if file.name == "recognizer.py" else set())
    assert not heavy & imports(file, top_level=True)


def test_only_the_api_and_the_application_know_flask() -> None:
    knowing = {room(file) for file in FILES for name in imports(file) if name.split(".")[0] in ("flask", "flask_restx")}
    assert knowing == {"api", "app", "observability"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_only_geometry_states_the_size_of_the_square(file: Path) -> None:
    numbers = {28, 784} if file.name != "geometry.py" else set()
    assert not [node for node in ast.walk(ast.parse(file.read_text())) if getattr(node, "value", None) in numbers]


def test_errors_know_no_http() -> None:
    assert imports(PACKAGE / "errors.py") == set()


def test_the_command_line_imports_training_only_when_needed() -> None:
    assert not {
        name for name in imports(PACKAGE / "cli" / "__init__.py", top_level=True) if name.startswith("digits.training")
    }


def test_no_module_has_a_catch_all_name() -> None:
    lumber = {"utils", "util", "helpers", "common", "manager", "service", "misc"}
    names = {part.removesuffix(".py") for file in FILES for part in file.relative_to(PACKAGE).parts}
    assert not names & lumber
