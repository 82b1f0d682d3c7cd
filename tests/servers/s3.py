"""An S3 of our own on a free port of this machine."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from tests.servers.process import Process, answers, folder, free_port

BUCKET = "ventanilla"


class S3:
    """One server with one empty bucket; `stop()` and `start()` keep its address and lose what it holds."""

    def __init__(self) -> None:
        self.folder = folder("s3")
        self.port = free_port()
        self._process: Process | None = None
        self.start()

    @property
    def environ(self) -> dict[str, str]:
        """The settings of a desk that keeps its files here."""
        return {
            "FILES_URL": f"s3://{BUCKET}/mesa",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "clave",
            "AWS_SECRET_ACCESS_KEY": "secreto",
        }

    def client(self) -> Any:
        """Whom to ask what really lies there."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.environ["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="clave",
            aws_secret_access_key="secreto",
        )

    def names(self) -> list[str]:
        """The names of all objects."""
        return [one["Key"] for one in self.client().list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def start(self) -> None:
        """Start it on its address, with an empty bucket."""
        if self._process is None or not self._process.alive:
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
            self._process = Process(command, cwd=self.folder)
            self._process.wait_until(lambda: answers(self.port), seconds=60)
            self.client().create_bucket(Bucket=BUCKET)

    def stop(self) -> None:
        """End it: from now on connections are refused."""
        if self._process:
            self._process.stop()

    def empty(self) -> None:
        """Forget every object."""
        for name in self.names():
            self.client().delete_object(Bucket=BUCKET, Key=name)

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[S3]:
    """An S3 that is stopped whatever happens."""
    server = S3()
    try:
        yield server
    finally:
        server.close()
