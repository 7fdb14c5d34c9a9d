import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import handgrad.grading.child
from handgrad.grading.child.trainers import TRAINERS

FOLDER = Path(handgrad.grading.child.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))


def foreign(path, folder):
    """What a file imports that would not be there in the sandbox, where the folder is alone."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                found.append(node.module)
            elif node.level > len(path.relative_to(folder).parts):
                found.append("." * node.level + (node.module or ""))
    allowed = {*sys.stdlib_module_names, "numpy"}
    return [name for name in found if name.split(".")[0] not in allowed]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_the_folder_imports_the_standard_library_numpy_and_itself(path):
    assert foreign(path, FOLDER) == []


@pytest.mark.parametrize(
    "line", ["import handgrad", "from handgrad.files import reading", "import scipy.io", "from ... import x"]
)
def test_any_other_import_would_be_found(tmp_path, line):
    inner = tmp_path / "child" / "trainers"
    inner.mkdir(parents=True)
    (inner / "file.py").write_text(f"import os\ndef f():\n    {line}\n", encoding="utf-8")
    assert len(foreign(inner / "file.py", tmp_path / "child")) == 1


def test_a_copy_under_another_name_runs_without_handgrad(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "elsewhere")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.modules['handgrad'] = None;"
        "from elsewhere.trainers import TRAINERS; print(*TRAINERS)"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.split() == list(TRAINERS), ran.stderr
