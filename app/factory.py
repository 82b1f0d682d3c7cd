"""Build the application: open everything once, hang every door."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import NoReturn

import click
from dotenv import dotenv_values
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import app.garbage  # noqa: F401 - it counts from the first import on
from app import config as settings
from app import logs, migrate
from app.api import door as api
from app.cli.all import COMMANDS
from app.config import ROOT, Config
from app.db import Database
from app.desk import learned_model
from app.desk.books import BookCase
from app.errors import ConfigError
from app.house import House
from app.oidc import Provider
from app.process_pool import Hands
from app.queue import RedisWaker, Threads
from app.scanner import Clamd
from app.secret import write_secret
from app.storage import open_files
from app.web.blueprints import hang
from app.web.routes import LazyRule
from channels.registry import open_channels

WORKER_BOOT_ERROR = 3


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """The application of this environment (default: the process's, with `.env` behind it).

    Raises ConfigError for wrong settings; under the `flask` command they are told by the commands that need them.
    """
    app = Flask("app", root_path=str(ROOT / "app"), static_folder="static", template_folder="templates")
    app.url_rule_class = LazyRule
    for command in COMMANDS:
        app.cli.add_command(command)
    try:
        furnish(app, _environment() if environ is None else environ)
        if environ is None and "gunicorn" in sys.modules:
            _refuse_other_tables(app.extensions["ventanilla"].db)
    except ConfigError as error:
        if click.get_current_context(silent=True) is not None:
            app.extensions["ventanilla_error"] = error
        elif environ is None and "gunicorn" in sys.modules:
            _stop_web_server(error)
        else:
            raise
    return app


def furnish(app: Flask, environ: Mapping[str, str]) -> None:
    """Open the house by these settings and hang its pages."""
    home, waker = open_house(environ)
    app.extensions["ventanilla"] = home
    app.extensions["ventanilla_waker"] = waker
    hang(app, home)
    api.hang(app)


def open_house(environ: Mapping[str, str]) -> tuple[House, RedisWaker | Threads]:
    """Open database, files and channels by these settings; the house, and who runs its jobs."""
    config = settings.read(environ)
    logs.set_up(config.log_level, readable=config.demo)
    if config.demo:
        environ = _demo_wires(config)
        config = settings.read(environ)
    config = _with_secret(config)
    waker = RedisWaker(config.redis_url) if config.redis_url else Threads()
    return _house(config, dict(environ), waker), waker


def _house(config: Config, environ: Mapping[str, str], waker: RedisWaker | Threads) -> House:
    db = Database(config.database_url)
    try:
        channels = open_channels({**environ, "PUBLIC_URL": config.public_url, "DATA_DIR": str(config.data_dir)})
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return House(
        config=config,
        db=db,
        files=open_files(config.files_url, environ),
        channels=channels,
        books=BookCase(db, config.province_dir, partial(learned_model.model, config.data_dir)),
        provider=Provider.from_env(environ),
        scanner=Clamd.from_url(config.clamd_url) if config.clamd_url else None,
        wake=waker.wake,
        started=waker.started,
        hands=Hands(partial(_beside, config, environ)),
    )


def _beside(config: Config, environ: Mapping[str, str]) -> House:
    """The house of a process that reads and decides for another; nobody wakes or writes there."""
    logs.set_up(config.log_level, readable=config.demo)
    home = _house(config, environ, Threads())
    home.books.current()
    # Of this process others are copied, and a connection is nobody's but its own.
    home.db.rest()
    return home


def _refuse_other_tables(db: Database) -> None:
    """Raises ConfigError for tables of another version; a database that is away may come back, and pages say so."""
    try:
        trouble = migrate.trouble(migrate.current(db))
    except SQLAlchemyError:
        return
    # A worker process opens connections of its own.
    db.rest()
    if trouble is not None:
        raise ConfigError(f"DATABASE_URL: la base de datos {trouble}.")


def _stop_web_server(error: ConfigError) -> NoReturn:
    """Say it in one line and end with the code by which gunicorn knows that trying again is of no use."""
    click.echo(f"Error: {error}", err=True)
    sys.exit(WORKER_BOOT_ERROR)


def _environment() -> dict[str, str]:
    """The process's environment; what `.env` says stands behind it, and tests never read it."""
    if "pytest" in sys.modules:
        return dict(os.environ)
    kept = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    return {**kept, **os.environ}


def _demo_wires(config: Config) -> dict[str, str]:
    """The demo talks to stand-ins on this machine, unless it was told of others here."""
    from app.demo import wires

    return wires.environment(config)


def _with_secret(config: Config) -> Config:
    if config.secret_keys:
        return config
    kept = config.data_dir / "secret"
    if config.demo and not kept.exists():
        write_secret(kept)
    if not kept.exists():
        raise ConfigError("SECRET_KEY: falta. Ejecute `flask init`, o ponga SECRET_KEY con 32 caracteres al azar.")
    return replace(config, secret_keys=tuple(kept.read_text(encoding="ascii").strip().split(",")))
