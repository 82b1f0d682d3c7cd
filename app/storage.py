"""Where files lie by FILES_URL: a folder of this machine, or a bucket that speaks S3."""

import hashlib
import io
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from app.errors import ConfigError
from app.files import Files, Folder
from channels.way import Way

SPOOL = 1 << 20
GONE = {"404", "NoSuchKey", "NotFound"}
HOW = "use una carpeta (file:///srv/ventanilla/archivos) o un almacén S3 (s3://almacen/carpeta)."
KEYS = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}


class StoreAway(OSError):
    """The bucket did not do what was asked; coming again later may help."""


def open_files(url: str, environ: Mapping[str, str]) -> Files:
    """The place that FILES_URL names; raises ConfigError. Nobody is asked yet whether it is there."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(Path(url.removeprefix("file://")))
    if parts.scheme != "s3" or not parts.netloc:
        raise ConfigError(f"FILES_URL: {HOW}")
    return Bucket(parts.netloc, parts.path.strip("/"), environ)


class Bucket(Files):
    """Objects named by their hash. S3 shows an object whole or not at all, so a fault leaves nothing half."""

    def __init__(self, bucket: str, prefix: str, environ: Mapping[str, str]) -> None:
        self.bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._options, self._way = _options(environ), _way(environ)
        self._lock = threading.Lock()
        self._made: Any = None

    def put(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        # The name is the hash, so the last byte must have come before the first one goes.
        with tempfile.SpooledTemporaryFile(SPOOL) as kept:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                kept.write(piece)
            kept.seek(0)
            sha256 = digest.hexdigest()
            with _translated():
                from boto3.s3.transfer import TransferConfig

                # One part after another: threads would hold ten of them in memory.
                how = TransferConfig(use_threads=False)
                self._client().upload_fileobj(kept, self.bucket, self._key(sha256), Config=how)
        return sha256, size

    def open(self, sha256: str) -> BinaryIO:
        with _translated():
            size = self._client().head_object(Bucket=self.bucket, Key=self._key(sha256))["ContentLength"]
        return cast(BinaryIO, io.BufferedReader(_Object(self._client(), self.bucket, self._key(sha256), size), SPOOL))

    def delete(self, sha256: str) -> None:
        with _translated():
            self._client().delete_object(Bucket=self.bucket, Key=self._key(sha256))

    def check(self) -> str | None:
        probe = {"Bucket": self.bucket, "Key": f"{self._prefix}.doctor"}
        try:
            with _translated():
                self._client().put_object(**probe, Body=b"?")
                self._client().head_object(**probe)
                self._client().delete_object(**probe)
        except OSError as error:
            return f"el almacén «{self.bucket}» no guarda ({error}); mire FILES_URL y las variables AWS_*"
        return None

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256}"

    def _client(self) -> Any:
        """Made when it is first needed: the library takes half a second to open."""
        with self._lock:
            if self._made is None:
                import boto3
                from botocore.config import Config

                told = self._options
                host = urlsplit(told.get("endpoint_url") or "").hostname or f"s3.{told['region_name']}.amazonaws.com"
                proxy = self._way.proxy_for(host)
                self._made = boto3.session.Session().client(
                    "s3",
                    verify=self._trusted(),
                    config=Config(
                        connect_timeout=5,
                        read_timeout=30,
                        retries={"mode": "standard", "total_max_attempts": 3},
                        # Its own look at the environment would not see what `.env` says.
                        proxies={"http": proxy, "https": proxy} if proxy else {},
                        s3={"addressing_style": "path" if told.get("endpoint_url") else "auto"},
                    ),
                    **told,
                )
            return self._made

    def _trusted(self) -> str | None:
        """The house's authorities on top of the usual ones, in the one file that the library takes."""
        if self._way.authorities is None:
            return None
        import certifi

        self._bundle = tempfile.NamedTemporaryFile(suffix=".pem")  # noqa: SIM115 - it lives as long as the client
        self._bundle.write(Path(certifi.where()).read_bytes() + b"\n" + Path(self._way.authorities).read_bytes())
        self._bundle.flush()
        return self._bundle.name


class _Object(io.RawIOBase):
    """The bytes of one object from wherever they are wanted; nothing is fetched before it is read."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        self._client, self._bucket, self._name, self._size = client, bucket, key, size
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset != self._at:
            self._let_go()
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        with _translated():
            if self._body is None:
                told = self._client.get_object(Bucket=self._bucket, Key=self._name, Range=f"bytes={self._at}-")
                self._body = told["Body"]
            piece = self._body.read(len(buffer))
        if not piece:
            raise StoreAway("the object ended early")
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the library in the words of files."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        if code in GONE:
            raise FileNotFoundError(code) from error
        raise StoreAway(code) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreAway(type(error).__name__) from error


def _options(environ: Mapping[str, str]) -> dict[str, str]:
    """What the usual variables say, as the library wants it; raises ConfigError."""
    endpoint = environ.get("AWS_ENDPOINT_URL", "").strip()
    if endpoint and (urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname):
        raise ConfigError("AWS_ENDPOINT_URL: debe ser una dirección como https://s3.ejemplo.es.")
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ("us-east-1" if endpoint else "")
    if not region:
        raise ConfigError("AWS_REGION: falta la región del almacén, por ejemplo eu-south-2.")
    told = {"region_name": region, **({"endpoint_url": endpoint} if endpoint else {})}
    given = {option: environ.get(name, "") for option, name in KEYS.items()}
    for option, name in KEYS.items():
        if any(given.values()) and not given[option]:
            raise ConfigError(f"{name}: falta; la clave y su secreto van juntos.")
    # Without keys the library asks the machine itself, as it does at the provider.
    told |= {option: value for option, value in given.items() if value}
    if token := environ.get("AWS_SESSION_TOKEN"):
        told["aws_session_token"] = token
    return told


def _way(environ: Mapping[str, str]) -> Way:
    try:
        return Way.from_env(environ)
    except ValueError as error:
        raise ConfigError(str(error)) from error
