"""Check the third-party files in vendor/, and fetch what is missing or differs.

``python tools/vendor.py`` needs the network only where something is to be fetched: the
packages come from the npm registry, and each file must have the SHA-256 written down in
vendor/README.md. ``python tools/vendor.py check`` fetches nothing.
"""

import hashlib
import io
import re
import sys
import tarfile
import urllib.request
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "vendor"
ROW = re.compile(r"^\| `(?P<file>[\w./-]+)` \| (?P<package>[\w.-]+) (?P<version>[\d.]+) \|"
                 r" (?P<licence>[^|]+) \| `(?P<origin>[\w./-]+)` \| (?P<bytes>\d+) \|"
                 r" `(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)


def table(folder=VENDOR):
    """Return the rows of the table in README.md: dicts of file, package, digest …"""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return [found.groupdict() for found in ROW.finditer(text)]


def faults(folder=VENDOR):
    """Return the rows whose file is missing or not the one of the table."""
    return [row for row in table(folder)
            if not (folder / row["file"]).is_file()
            or digest((folder / row["file"]).read_bytes()) != row["digest"]]


def digest(data):
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def archive(package, version):
    """Return the opened archive of a package from the npm registry."""
    address = f"https://registry.npmjs.org/{package}/-/{package}-{version}.tgz"
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return tarfile.open(fileobj=io.BytesIO(answer.read()))
    except OSError as error:
        raise SystemExit(f"{address} was not fetched ({error}): try again where there "
                         "is a network") from None


def restore(rows, folder=VENDOR):
    """Fetch the files of ``rows``; a file that differs from its SHA-256 is refused."""
    for package, version in sorted({(row["package"], row["version"]) for row in rows}):
        with archive(package, version) as packed:
            for row in rows:
                if row["package"] != package:
                    continue
                data = packed.extractfile(f"package/{row['origin']}").read()
                if digest(data) != row["digest"]:
                    raise SystemExit(f"{row['file']} of {package} {version} is not the "
                                     "file of vendor/README.md: it was not written")
                write(folder / row["file"], data)
                print(f"fetched: {row['file']}")


def write(path, data):
    """Write a file as a whole: a crash leaves the old one in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(data)
    draft.replace(path)


def main(only_check=False):
    """Report or repair, then say that all is well."""
    wrong = faults()
    if wrong and only_check:
        names = ", ".join(row["file"] for row in wrong)
        raise SystemExit(f"missing or changed in vendor/: {names}. Get them by "
                         "python tools/vendor.py")
    restore(wrong)
    print(f"vendor/: {len(table())} files as in its README")


if __name__ == "__main__":
    main(only_check=sys.argv[1:] == ["check"])
