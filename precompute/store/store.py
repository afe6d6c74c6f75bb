"""The store: finished runs by name and parts of builds by fingerprint, over arrays by content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from precompute.errors import DamagedRunError, RunNotFoundError
from precompute.format.manifest import ArrayInfo, Manifest
from precompute.format.manifest_json import read_manifest, write_manifest
from precompute.format.typed_json import JSON, canonical_json, from_json, parse_json, to_json
from precompute.store.array_file import flush_file
from precompute.store.content import ARRAY, ContentStore
from precompute.store.disk_errors import storage_errors
from precompute.store.lock import file_lock
from precompute.store.strict_disk import DATABASE, FILE_NAME, StrictCache

MANIFEST, PART = "manifest:", "part:"
HASH = re.compile(r'"sha256":"([0-9a-f]{64})"')


class Store(ContentStore):
    """A directory of runs.

    A manifest names the arrays of a run and is written last, so a run exists only if it is whole. A part names arrays
    of a build that may still be under way, so that the build can be resumed. What no manifest and no part names is
    garbage, and is removed when no build is running: a build holds :meth:`build_lock` from its first array to its
    manifest.

    Parameters
    ----------
    directory : Path
        Made, for its owner only, if it is not there.
    read_only : bool
        Never write a byte, not even a lock; works on a read-only file system. The directory must be there.

    Raises
    ------
    StoreError
        If the directory cannot be used. Every method raises it when the disk fails, is full, or may not be written.
    """

    def put_manifest(self, manifest: Manifest) -> None:
        """Make a run exist: all its arrays are kept, so name them.

        A run that is there already stays as it is.

        Parameters
        ----------
        manifest : Manifest
            Of the finished run.

        Raises
        ------
        DamagedRunError
            If it contradicts itself or an array that it names is not in the store.
        """
        text = write_manifest(manifest)
        paths = [self.array_path(info) for info in manifest.arrays.values()]
        with storage_errors(self.directory):
            # Until here a power cut may lose arrays; from here on the run is said to be whole.
            for path in {*paths, *(path.parent for path in paths), self.directory}:
                flush_file(path)
        with self._transaction() as rows:
            for info in manifest.arrays.values():
                self.array_path(info)
            rows.add(MANIFEST + manifest.run, text)

    def manifest(self, run: str) -> Manifest:
        """Read the manifest of a run.

        Parameters
        ----------
        run : str
            Its full identifier.

        Returns
        -------
        Manifest
            Sound in itself; whether its arrays are is told by ``verify_run``.

        Raises
        ------
        RunNotFoundError
            If there is no such run.
        DamagedRunError
            If it cannot be read, for instance since a newer version wrote it.
        """
        with storage_errors(self.directory):
            text = self._rows.text(MANIFEST + run)
        if text is None:
            raise RunNotFoundError(f"There is no run {run} in the store {self.directory}.")
        manifest = read_manifest(text, run)
        if manifest.run != run:
            raise DamagedRunError(f"The run {run} is damaged, remove it and build it again: its manifest is another's.")
        return manifest

    def run_ids(self) -> list[str]:
        """List the identifiers of all runs, sorted.

        Returns
        -------
        list of str
            Damaged and newer runs too.
        """
        with storage_errors(self.directory):
            return [key.removeprefix(MANIFEST) for key in self._rows.keys(MANIFEST)]

    def version(self) -> tuple[int, ...]:
        """Give a number that changes whenever anything in the store does.

        Returns
        -------
        tuple of int
            Of the database's file: device, inode, time and SQLite's change counter (file format, section 1.3.7), which
            also tells apart two changes within one tick; empty if the store is.

        Raises
        ------
        StoreError
            If the directory is not there any more.
        """
        path = self.directory / DATABASE
        with storage_errors(self.directory):
            try:
                status = path.stat()
                with path.open("rb") as file:
                    counter = int.from_bytes(file.read(28)[24:28], "big")
            except FileNotFoundError:
                self.directory.stat()
                return ()
        return status.st_dev, status.st_ino, status.st_mtime_ns, counter

    def remove_run(self, run: str) -> None:
        """Remove a run, the parts it was built from, and the arrays that nothing else names.

        While a build is running, the arrays stay until it ends. Memory maps that are open stay good.

        Parameters
        ----------
        run : str
            Its full identifier; it may be damaged.

        Raises
        ------
        RunNotFoundError
            If there is no such run.
        """
        with self._transaction() as rows:
            if rows.text(MANIFEST + run) is None:
                raise RunNotFoundError(f"There is no run {run} in the store {self.directory}.")
            own = self._named(MANIFEST + run)
            rows.delete(MANIFEST + run)
            own = own.difference(*(self._named(key) for key in rows.keys(MANIFEST)))
            for key in rows.keys(PART):
                if self._named(key) & own:
                    rows.delete(key)
        self.collect()

    def put_part(self, key: str, record: JSON, arrays: Sequence[ArrayInfo]) -> None:
        """Keep a finished part of a build.

        Parameters
        ----------
        key : str
            Fingerprint of everything that the part depends on. A part that is there already is replaced.
        record : JSON
            What the build wants to know about it.
        arrays : sequence of ArrayInfo
            The arrays it consists of, kept as long as it is.

        Raises
        ------
        DamagedRunError
            If one of the arrays is not in the store.
        """
        text = canonical_json({"record": record, "arrays": to_json(tuple(arrays))})
        with self._transaction() as rows:
            for info in arrays:
                self.array_path(info)
            rows.set(PART + key, text)

    def part(self, key: str) -> JSON:
        """Read the record of a part.

        Parameters
        ----------
        key : str
            As given to :meth:`put_part`.

        Returns
        -------
        JSON
            The record; None if there is no such part or one of its arrays is missing.
        """
        with storage_errors(self.directory):
            part = _read_part(self._rows.text(PART + key))
            whole = part is not None and all(self._rows.file(ARRAY + info.sha256) for info in part.arrays)
        return part.record if part is not None and whole else None

    def part_arrays(self, key: str) -> tuple[ArrayInfo, ...]:
        """Arrays of a part, in the order given to :meth:`put_part`; empty if there is no such part."""
        with storage_errors(self.directory):
            part = _read_part(self._rows.text(PART + key))
        return () if part is None else part.arrays

    def part_keys(self, prefix: str = "") -> list[str]:
        """Keys of the parts that begin with `prefix`, sorted."""
        with storage_errors(self.directory):
            return [key.removeprefix(PART) for key in self._rows.keys(PART + prefix)]

    def remove_parts(self, prefix: str) -> None:
        """Remove the parts whose keys begin with `prefix`, and the arrays that nothing else names."""
        with self._transaction() as rows:
            for key in rows.keys(PART + prefix):
                rows.delete(key)
        self.collect()

    def unneeded_parts(self) -> list[str]:
        """Keys of the parts that name an array that no run does: of builds that were not finished, or of old versions.

        A part of a finished run costs nothing and saves the next build work, so it is none of them.
        """
        with storage_errors(self.directory):
            of_runs = self._named_by(self._rows.keys(MANIFEST))
            return [key.removeprefix(PART) for key in self._rows.keys(PART) if self._named(key) - of_runs]

    def garbage_bytes(self, without: Collection[str] = ()) -> int:
        """Give the size of the files that no manifest and no part names.

        Parameters
        ----------
        without : collection of str
            Keys of parts that count as gone.
        """
        gone = {PART + key for key in without}
        with storage_errors(self.directory):
            named = self._named_by({*self._rows.keys(MANIFEST), *self._rows.keys(PART)} - gone)
            kept = {self._rows.file(ARRAY + name) for name in named}
            return sum(path.stat().st_size for path in self._files() if path not in kept)

    def remove_unneeded_parts(self) -> bool:
        """Remove :meth:`unneeded_parts` and all garbage, unless a build is in progress, which may need them.

        Returns
        -------
        bool
            Whether they were removed.
        """
        self._require_writable()
        with self._idle() as idle:
            if idle:
                with self._transaction() as rows:
                    for key in self.unneeded_parts():
                        rows.delete(PART + key)
                    self._sweep(rows)
        return idle

    def is_building(self) -> bool:
        """Whether a build is in progress."""
        if not self._builds.exists():
            return False
        with self._idle() as idle:
            return not idle

    @contextmanager
    def build_lock(self, name: str) -> Iterator[None]:
        """Let one build of a run, or of a part, go on at a time; another waits. No garbage is collected meanwhile.

        Parameters
        ----------
        name : str
            Identifier of the run, or key of the part. The lock is not reentrant.
        """
        self._require_writable()
        file = hashlib.sha256(name.encode()).hexdigest()[:32]
        with ExitStack() as stack:
            with storage_errors(self.directory):
                stack.enter_context(file_lock(self._builds.with_name(file)))
                stack.enter_context(file_lock(self._builds, shared=True))
            yield
        self.collect()

    def collect(self) -> None:
        """Remove what no manifest and no part names; does nothing while a build is running."""
        self._require_writable()
        with self._idle() as idle:
            if idle:
                with self._transaction() as rows:
                    self._sweep(rows)

    @contextmanager
    def _idle(self) -> Iterator[bool]:
        """Keep builds out, if none is in progress."""
        with storage_errors(self.directory), file_lock(self._builds, wait=False) as idle:
            yield idle

    @property
    def _builds(self) -> Path:
        """What every build in progress holds a share of."""
        return self.directory / "locks" / "builds"

    def _named(self, key: str) -> set[str]:
        text = self._rows.text(key)
        # Read as text: what a damaged or newer run names is not garbage either.
        return set(HASH.findall(text or ""))

    def _sweep(self, rows: StrictCache) -> None:
        named = self._named_by(rows.keys(MANIFEST) + rows.keys(PART))
        kept = set()
        for key in rows.keys(ARRAY):
            if key.removeprefix(ARRAY) in named:
                kept.add(rows.file(key))
            else:
                rows.delete(key)
        # Files without a row: moved in by a process that died before its transaction ended.
        for path in self._files():
            if path not in kept:
                path.unlink(missing_ok=True)

    def _named_by(self, keys: Iterable[str]) -> set[str]:
        return set().union(*(self._named(key) for key in keys))

    def _files(self) -> list[Path]:
        paths = self.directory.glob("*/*/*.val")
        return [path for path in paths if FILE_NAME.fullmatch(str(path.relative_to(self.directory)))]


@dataclass(frozen=True)
class _Part:
    record: JSON
    arrays: tuple[ArrayInfo, ...]


def _read_part(text: str | None) -> _Part | None:
    try:
        match parse_json(text or "null"):
            case {"record": record, "arrays": arrays}:
                return _Part(record, from_json(tuple[ArrayInfo, ...], arrays, "a part"))
    except ValueError:
        pass
    return None
