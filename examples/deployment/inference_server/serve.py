"""Serves an exported generator over HTTP: python serve.py EXPORTS.

EXPORTS is a folder with generator.onnx and prior.onnx. The parts are MLServer's own;
`mlserver start` has no setting that closes its gRPC port or bounds a body, so they are
put together here, behind a guard.
"""

import argparse
import asyncio
import os
import reprlib
from pathlib import Path

import uvicorn
from bounded_connections import BoundedConnections
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from mlserver.cli.serve import load_settings
from mlserver.handlers import DataPlane, ModelRepositoryHandlers
from mlserver.logging import configure_logger
from mlserver.registry import MultiModelRegistry
from mlserver.repository.factory import ModelRepositoryFactory
from mlserver.rest.app import create_app
from mlserver.rest.responses import Response
from mlserver.settings import Settings
from mlserver.utils import install_uvloop_event_loop
from request_guard import RequestGuard
from starlette.exceptions import HTTPException

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exports", type=Path, help="has generator.onnx and prior.onnx")
    parser.add_argument("--host", help="default: that of settings.json")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--max-connections", type=int, default=256)
    args = parser.parse_args()
    # MLServer's own variable: where a model's files are.
    os.environ["MLSERVER_MODEL_URI"] = str(args.exports.resolve())
    install_uvloop_event_loop()
    try:
        asyncio.run(serve(args.host, args.port, args.max_connections))
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))


async def serve(host: str | None, port: int, max_connections: int) -> None:
    """Loads the models of this folder and answers until a signal comes."""
    settings, models_settings = await load_settings(str(HERE))
    configure_logger(settings)
    registry = MultiModelRegistry()
    models = [await registry.load(each) for each in models_settings]
    guard = RequestGuard(
        application(settings, registry),
        model_names=[model.name for model in models],
        max_body_bytes=max(model.max_body_bytes for model in models),
        max_requests=max_connections,
    )
    config = uvicorn.Config(
        guard,
        host=host or settings.host,
        port=port,
        # Its other parser, httptools, lets a client send headers without end.
        http=BoundedConnections,
        access_log=False,
        lifespan="off",
        ws="none",
    )
    await uvicorn.Server(config).serve()


def application(settings: Settings, registry: MultiModelRegistry) -> FastAPI:
    """Returns MLServer's REST application, with errors that are sentences."""
    repository = ModelRepositoryFactory.resolve_model_repository(settings)
    app = create_app(
        settings,
        DataPlane(settings, registry),
        ModelRepositoryHandlers(repository, registry),
    )
    app.add_exception_handler(RequestValidationError, explain_invalid_request)
    app.add_exception_handler(HTTPException, explain_http_error)
    return app


async def explain_invalid_request(
    request: Request, error: RequestValidationError
) -> Response:
    """Names the first field that is wrong; the whole request is not sent back."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        sentence = (
            "`body` must be JSON, which has no NaN and no Infinity. "
            f"Received: bytes that do not parse at {first['loc'][-1]}, "
            f"{first['ctx']['error']}"
        )
    else:
        field = ".".join(str(part) for part in first["loc"])
        sentence = (
            f"`{field}`: {first['msg']}. Received: {reprlib.repr(first.get('input'))}"
        )
    return Response({"error": sentence}, status_code=422)


async def explain_http_error(request: Request, error: HTTPException) -> Response:
    """Gives all errors one shape, that of the protocol."""
    return Response({"error": error.detail}, status_code=error.status_code)


if __name__ == "__main__":
    main()
