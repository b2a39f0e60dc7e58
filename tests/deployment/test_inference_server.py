"""The HTTP inference server: what it answers, what it refuses, what it survives.

    KERAS_GAN_EXPORTS=DIR python -m pytest --noconftest THIS_FILE

DIR holds generator.onnx and prior.onnx, which may be of a generator that is told a
class; the environment is that of the server's requirements.txt and pytest, without
Keras, which the other tests' conftest.py needs.
"""

import contextlib
import gzip
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

codecs = pytest.importorskip("mlserver.codecs", reason="mlserver is not installed")
triton = pytest.importorskip("tritonclient.http", reason="comes with mlserver")
types = pytest.importorskip("mlserver.types", reason="mlserver is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="the server needs it")
pytest.importorskip("aiohttp", reason="the load script needs it")
EXPORTS = os.environ.get("KERAS_GAN_EXPORTS")
if not EXPORTS:
    pytest.skip(
        "KERAS_GAN_EXPORTS is unset: it names a folder with generator.onnx and "
        "prior.onnx",
        allow_module_level=True,
    )

ROOT = Path(__file__).parents[2]
SERVE = ROOT / "examples" / "deployment" / "inference_server" / "serve.py"
LOAD = Path(__file__).with_name("load_inference_server.py")
MAX_SAMPLES = 256  # model-settings.json
MEGABYTE = 1024 * 1024


class Server:
    def __init__(self, port, process):
        self.address = f"127.0.0.1:{port}"
        self.port = port
        self.process = process

    def send(self, path, body=None, headers=None):
        """Returns status and body."""
        method = "GET" if body is None else "POST"
        headers = {"Content-Type": "application/json"} | (headers or {})
        connection = http.client.HTTPConnection(self.address, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def refuse(self, body, headers=None, path="/v2/models/generator/infer"):
        """Returns the status and the sentence of a refusal."""
        status, answer = self.send(path, body, headers)
        return status, json.loads(answer)["error"]

    def infer(self, request):
        status, body = self.send(
            "/v2/models/generator/infer", request.model_dump_json().encode()
        )
        assert status == 200, body
        return types.InferenceResponse.model_validate_json(body)

    def memory(self, field="VmRSS"):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, SERVE, EXPORTS, "--port", str(port)],
            stdout=lines,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(port, process)
        wait_until_ready(server, log)
        yield server
        assert "Traceback" not in log.read_text()
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(server, log):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert server.process.poll() is None, log.read_text()
        try:
            assert server.send("/v2/health/ready")[0] == 200
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def sessions():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return {
        name: onnxruntime.InferenceSession(Path(EXPORTS) / f"{name}.onnx", options)
        for name in ("generator", "prior")
    }


@pytest.fixture(scope="module")
def latent_dim(sessions):
    shapes = {one.name: one.shape for one in sessions["generator"].get_inputs()}
    return shapes["latents"][1]


@pytest.fixture(scope="module")
def condition(sessions):
    """Name and number of classes; `None` and 1 where the generator is told nothing."""
    facts = sessions["generator"].get_modelmeta().custom_metadata_map
    conditions = json.loads(facts.get("conditions", "{}"))
    for name, one in conditions.items():
        return name, one["num_classes"]
    return None, 1


def draw(sessions, num_samples, seed):
    numbers = {"num_samples": num_samples, "seed": seed}
    feed = {name: np.array(number, np.int32) for name, number in numbers.items()}
    names = [one.name for one in sessions["prior"].get_outputs()]
    return dict(zip(names, sessions["prior"].run(names, feed), strict=True))


def images_of(sessions, entries):
    return sessions["generator"].run(None, entries)[0]


def entries_of(latents, condition):
    """Latents and, where there are any, classes in turn."""
    name, num_classes = condition
    labels = np.arange(len(latents), dtype=np.int32) % num_classes
    return {"latents": latents} | ({} if name is None else {name: labels})


def request_of(entries):
    inputs = []
    for name, array in entries.items():
        inputs.append(codecs.NumpyCodec.encode_input(name, array))
        inputs[-1].shape = list(array.shape)  # the codec makes a column of one axis
    return types.InferenceRequest(inputs=inputs)


def tensor(name, number):
    encoded = codecs.NumpyCodec.encode_input(name, np.array([number], np.int32))
    encoded.shape = [1]  # the codec makes it a column
    return encoded


def request_for_seed(num_samples, seed, output="images"):
    return types.InferenceRequest(
        inputs=[tensor("num_samples", num_samples), tensor("seed", seed)],
        outputs=[types.RequestOutput(name=output)],
    )


def test_health(server):
    paths = ["live", "ready"]
    assert [server.send(f"/v2/health/{path}")[0] for path in paths] == [200, 200]
    assert server.send("/v2/models/generator/ready")[0] == 200


def test_metadata_shows_what_the_files_say(server, sessions, latent_dim, condition):
    metadata = json.loads(server.send("/v2/models/generator")[1])
    tensors = metadata["inputs"] + metadata["outputs"]
    shapes = {each["name"]: (each["datatype"], each["shape"]) for each in tensors}
    assert shapes["latents"] == ("FP32", [-1, latent_dim])
    assert shapes["num_samples"] == shapes["seed"] == ("INT32", [1])
    assert condition[0] is None or shapes[condition[0]] == ("INT32", [-1])
    image_shape = sessions["generator"].get_outputs()[0].shape[1:]
    assert shapes["images"] == ("FP32", [-1, *image_shape])
    facts = sessions["generator"].get_modelmeta().custom_metadata_map
    assert "prior" in facts
    assert facts.items() <= metadata["parameters"].items()
    assert metadata["parameters"]["max_samples"] == MAX_SAMPLES


@pytest.mark.parametrize("num_samples", [1, 7, MAX_SAMPLES])
def test_latents_give_what_onnxruntime_gives(
    server, sessions, latent_dim, condition, num_samples
):
    generator = np.random.default_rng(num_samples)
    latents = generator.uniform(-1, 1, (num_samples, latent_dim)).astype(np.float32)
    entries = entries_of(latents, condition)
    (output,) = server.infer(request_of(entries)).outputs
    images = codecs.NumpyCodec.decode_output(output)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, images_of(sessions, entries))


@pytest.fixture
def classes(condition):
    if condition[0] is None:
        pytest.skip("the generator is told no class")
    return condition


def label_tensor(name, data, **changes):
    tensor = {"name": name, "datatype": "INT32", "shape": [len(data)], "data": data}
    return tensor | changes


@pytest.mark.parametrize("many", [False, True])
def test_a_class_is_asked_for_with_a_seed(server, sessions, classes, many):
    name, num_classes = classes
    labels = [num_classes - 1, 0, 1] if many else [num_classes - 1]
    body = seed_body(3, 7, [label_tensor(name, labels)])
    status, answer = server.send("/v2/models/generator/infer", body)
    assert status == 200, answer
    (output,) = types.InferenceResponse.model_validate_json(answer).outputs
    drawn = draw(sessions, 3, 7)
    drawn[name] = np.array(labels * (1 if many else 3), np.int32)
    expected = images_of(sessions, drawn)
    np.testing.assert_array_equal(codecs.NumpyCodec.decode_output(output), expected)


def test_classes_that_there_are_not_get_a_sentence(server, classes, latent_dim):
    name, num_classes = classes
    last = num_classes - 1
    wrong = {
        "below": label_tensor(name, [-1]),
        "above": label_tensor(name, [0, num_classes]),
        "far above": label_tensor(name, [2**40]),
        "text": label_tensor(name, ["0"]),
        "true": label_tensor(name, [True]),
        "a float": label_tensor(name, [1.5]),
        "FP32": label_tensor(name, [1.0], datatype="FP32"),
        "three for two": label_tensor(name, [0, 0, 0]),
        "none": label_tensor(name, []),
        "rank 2": label_tensor(name, [0, 0], shape=[2, 1]),
    }
    for key, tensor in wrong.items():
        status, error = server.refuse(seed_body(2, 0, [tensor]))
        assert status == 400, (key, error)
        assert f"`{name}` must" in error and "Received: " in error, (key, error)
    _, error = server.refuse(seed_body(2, 0, [wrong["above"]]))
    assert error == f"`{name}` must be from 0 to {last}. Received: {num_classes}"
    status, error = server.refuse(latents_body(latent_dim))
    assert status == 400 and f"`inputs` must be `{name}` and `latents`" in error


@pytest.mark.parametrize("seed", [0, 7, 2**31 - 1])
def test_seed_gives_what_onnxruntime_gives(server, sessions, seed):
    (output,) = server.infer(request_for_seed(5, seed)).outputs
    expected = images_of(sessions, draw(sessions, 5, seed))  # classes as drawn
    np.testing.assert_array_equal(codecs.NumpyCodec.decode_output(output), expected)
    (other,) = server.infer(request_for_seed(5, seed ^ 1)).outputs
    assert other.data != output.data


def test_pixels(server, sessions):
    facts = {}
    for session in sessions.values():
        facts |= session.get_modelmeta().custom_metadata_map
    request = request_for_seed(3, 11, output="pixels")
    if "value_range" not in facts:
        status, error = server.refuse(request.model_dump_json().encode())
        assert status == 400
        assert "`outputs`" in error
        return
    low, high = json.loads(facts["value_range"])
    (output,) = server.infer(request).outputs
    pixels = codecs.NumpyCodec.decode_output(output)
    images = images_of(sessions, draw(sessions, 3, 11)).astype(np.float64)
    assert pixels.dtype == np.uint8
    assert np.ptp(pixels) > 128
    # Within rounding: half of one of 255 steps.
    np.testing.assert_allclose(
        low + (high - low) * pixels / 255, images, atol=0.5001 * (high - low) / 255
    )


def test_latents_may_stand_in_rows(server, sessions, latent_dim, condition):
    latents = np.linspace(-1, 1, 2 * latent_dim, dtype=np.float32).reshape(2, -1)
    request = {"name": "latents", "datatype": "FP32", "shape": [2, latent_dim]}
    entries = entries_of(latents, condition)
    more = [
        label_tensor(name, array.tolist())
        for name, array in entries.items()
        if name != "latents"
    ]
    inputs = [request | {"data": latents.tolist()}, *more]
    body = json.dumps({"inputs": inputs}).encode()
    status, answer = server.send("/v2/models/generator/infer", body)
    assert status == 200
    (output,) = types.InferenceResponse.model_validate_json(answer).outputs
    images = codecs.NumpyCodec.decode_output(output)
    np.testing.assert_array_equal(images, images_of(sessions, entries))


def test_another_client_of_the_protocol(server, sessions, latent_dim, condition):
    latents = np.linspace(-1, 1, 3 * latent_dim, dtype=np.float32).reshape(3, -1)
    tensors = []
    entries = entries_of(latents, condition)
    for name, array in entries.items():
        datatype = "FP32" if name == "latents" else "INT32"
        tensors.append(triton.InferInput(name, list(array.shape), datatype))
        tensors[-1].set_data_from_numpy(array, binary_data=False)
    client = triton.InferenceServerClient(server.address)
    assert client.is_server_live()
    assert client.is_model_ready("generator")
    images = client.infer("generator", tensors).as_numpy("images")
    client.close()
    np.testing.assert_array_equal(images, images_of(sessions, entries))


def test_mlservers_own_client(server, sessions, latent_dim, condition, tmp_path):
    latents = np.random.default_rng(0).uniform(-1, 1, (20, 2, latent_dim))
    latents = latents.astype(np.float32)
    entries = [entries_of(rows, condition) for rows in latents]
    requests = [request_of(one) for one in entries]
    lines = [request.model_dump_json() + "\n" for request in requests]
    (tmp_path / "requests.jsonl").write_text("".join(lines))
    arguments = ["--url", server.address, "--model-name", "generator"]
    arguments += ["-i", tmp_path / "requests.jsonl", "-o", tmp_path / "answers.jsonl"]
    command = [sys.executable, "-m", "mlserver.cli.main", "infer", *arguments]
    subprocess.run(command, check=True, capture_output=True)
    answers = (tmp_path / "answers.jsonl").read_text().splitlines()
    assert len(answers) == 20
    for line in answers:
        answer = types.InferenceResponse.model_validate_json(line)
        asked = entries[json.loads(line)["parameters"]["batch_index"]]
        images = codecs.NumpyCodec.decode_output(answer.outputs[0])
        np.testing.assert_array_equal(images, images_of(sessions, asked))


def latents_body(latent_dim, more=(), **changes):
    """A valid request for one image, but for the changes to its tensor."""
    valid = {"name": "latents", "datatype": "FP32", "shape": [1, latent_dim]}
    valid["data"] = [0.5] * latent_dim
    return json.dumps({"inputs": [valid | changes, *more]}).encode()


def seed_body(num_samples=1, seed=0, more=(), **request):
    numbers = {"num_samples": num_samples, "seed": seed}
    inputs = [
        {"name": name, "datatype": "INT32", "shape": [1], "data": [number]}
        for name, number in numbers.items()
        if number is not None
    ]
    return json.dumps({"inputs": [*inputs, *more]} | request).encode()


def hostile_latents(latent_dim, told):
    def body(**changes):
        return latents_body(latent_dim, told, **changes)

    def data(first):
        return body(data=[first] + [0.5] * (latent_dim - 1))

    wide, many = latent_dim + 1, [MAX_SAMPLES + 1, latent_dim]
    return {
        "NaN": (422, "body", data(float("nan"))),
        "Infinity": (422, "body", data(float("inf"))),
        "null": (400, "latents", data(None)),
        "text": (400, "latents", data("1.5")),
        "true": (400, "latents", data(True)),
        "beyond float32": (400, "latents", data(1e300)),
        "beyond float64": (4, "", data(0).replace(b"[0,", b"[1e999,")),
        "a row in a row": (400, "latents", data([0.5])),
        "an object": (400, "latents", body(data={"a": 1})),
        "no data": (400, "latents", body(data=[])),
        "too few values": (400, "latents", body(data=[0.5])),
        "long text": (400, "latents", data("x" * 100_000)),
        "wrong length": (
            *(400, "latents"),
            body(shape=[1, wide], data=[0.5] * wide),
        ),
        "no rows": (400, "latents", body(shape=[0, latent_dim])),
        "rank 1": (400, "latents", body(shape=[latent_dim])),
        "rank 3": (400, "latents", body(shape=[1, 1, latent_dim])),
        "negative": (400, "latents", body(shape=[-1, latent_dim])),
        "too many": (
            400,
            "latents",
            body(shape=many),
        ),
        "a huge shape": (4, "", body(shape=[1e30, latent_dim])),
        "FP64": (400, "latents", body(datatype="FP64")),
        "BYTES": (400, "latents", body(datatype="BYTES")),
        "FP128": (422, "datatype", body(datatype="FP128")),
        "no shape": (422, "shape", body(shape=None)),
    }


@pytest.fixture
def told(condition):
    """The class of one image, where the generator is told any."""
    return [] if condition[0] is None else [label_tensor(condition[0], [0])]


def test_latents_too_large_for_the_generator(
    server, sessions, latent_dim, condition, told
):
    latents = np.full((1, latent_dim), 3e38, np.float32)
    latents[:, ::2] *= -1
    with np.errstate(all="ignore"):
        images = images_of(sessions, entries_of(latents, condition))
    finite = np.isfinite(images).all()
    status, body = server.send(
        "/v2/models/generator/infer",
        latents_body(latent_dim, told, data=latents.tolist()),
    )
    assert status == 200 if finite else 400
    assert finite or b"`latents` must be of a size" in body
    body = latents_body(latent_dim, told, data=[1e39] * latent_dim)
    status, error = server.refuse(body)
    assert status == 400
    assert (
        f"must be finite float32 values. Received: {latent_dim} that are not" in error
    )


def hostile_requests(latent_dim, told):
    latents = json.loads(latents_body(latent_dim))["inputs"][0]
    stranger = latents | {"name": "stranger"}
    return {
        "0 samples": (400, "num_samples", seed_body(num_samples=0)),
        "-1 samples": (400, "num_samples", seed_body(num_samples=-1)),
        "1e9 samples": (400, "num_samples", seed_body(num_samples=10**9)),
        "1.5 samples": (400, "num_samples", seed_body(num_samples=1.5)),
        "a negative seed": (400, "seed", seed_body(seed=-1)),
        "a seed above int32": (400, "seed", seed_body(seed=2**31)),
        "a seed above int64": (400, "seed", seed_body(seed=2**70)),
        "a true seed": (400, "seed", seed_body(seed=True)),
        "no seed": (400, "inputs", seed_body(seed=None)),
        "no num_samples": (400, "inputs", seed_body(num_samples=None)),
        "nothing": (400, "inputs", b'{"inputs": []}'),
        "both kinds": (400, "inputs", seed_body(more=[latents])),
        "latents twice": (400, "inputs", seed_body(None, None, [latents, latents])),
        "an unknown input": (400, "inputs", seed_body(more=[stranger])),
        "an unknown output": (400, "outputs", seed_body(outputs=[{"name": "x"}])),
        "an id for headers": (400, "id", seed_body(id="a\r\nSet-Cookie: b")),
        "an id beyond latin-1": (400, "id", seed_body(id="\u6570")),
        "a long id": (400, "id", seed_body(id="x" * 129)),
        "inputs missing": (422, "inputs", b"{}"),
        "inputs of another kind": (422, "inputs", b'{"inputs": 3}'),
        "no object": (422, "body", b"[1, 2]"),
        "no body": (422, "body", b""),
        "malformed JSON": (422, "body", b'{"inputs": ['),
        "binary garbage": (422, "body", bytes(range(256)) * 40),
        "deep nesting": (422, "body", b"[" * 100_000),
    }


@pytest.mark.parametrize("kind", [hostile_latents, hostile_requests])
def test_hostile_requests_get_a_sentence(server, latent_dim, told, kind):
    for name, (expected, field, body) in kind(latent_dim, told).items():
        status, error = server.refuse(body)
        # 4 stands for either kind: JSON parsers differ in what they call a number.
        assert status in ((400, 422) if expected == 4 else (expected,)), (name, error)
        assert f"{field}`" in error, (name, error)
        assert "Received: " in error, (name, error)
        assert len(error) < 500, name
    assert server.infer(request_for_seed(1, 0)).outputs[0].shape[0] == 1


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain"])
def test_bodies_that_are_not_json(server, kind):
    status, error = server.refuse(bytes(range(256)), {"Content-Type": kind})
    assert status == 415
    assert f"`Content-Type` must be application/json. Received: b'{kind}'" == error


def test_binary_tensors_are_refused(server, latent_dim):
    tensor = triton.InferInput("latents", [1, latent_dim], "FP32")
    tensor.set_data_from_numpy(np.zeros((1, latent_dim), np.float32), binary_data=True)
    client = triton.InferenceServerClient(server.address)
    with pytest.raises(triton.InferenceServerException, match="415.*JSON"):
        client.infer("generator", [tensor])
    client.close()


def test_what_the_server_is_not_for_is_closed(server):
    paths = ["repository/models/generator/unload", "repository/index", "docs"]
    paths += ["models/stranger/infer", "models/generator/infer_stream"]
    for path in paths:
        status, error = server.refuse(seed_body(), path=f"/v2/{path}")
        assert status == 404
        assert "`path` must be one of" in error
    assert server.send("/v2/models/generator/ready")[0] == 200
    assert server.send("/v2/models/generator/infer")[0] == 405


def test_large_bodies_cost_no_memory(server):
    before = server.memory()

    pieces = (b" " * MEGABYTE for _ in range(100))
    packed = gzip.compress(b" " * 100 * MEGABYTE)
    assert server.refuse(b" " * 100 * MEGABYTE)[0] == 413
    assert server.refuse(pieces)[0] == 413  # of a length that nobody told
    assert server.refuse(packed, {"Content-Encoding": "gzip"})[0] == 415
    assert server.send("/v2/health/live")[0] == 200
    assert server.memory("VmHWM") - before < 20 * MEGABYTE
    assert server.infer(request_for_seed(1, 0)).outputs


@pytest.mark.parametrize("line", [b"GET /v2/", b"GET /v2 HTTP/1.1\r\nX: "])
def test_endless_headers_cost_no_memory(server, line):
    before = server.memory("VmHWM")
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(30)
        connection.sendall(line)
        with pytest.raises(OSError):
            for _ in range(100):
                connection.sendall(b"a" * MEGABYTE)
    assert server.memory("VmHWM") - before < 20 * MEGABYTE
    assert server.send("/v2/health/live")[0] == 200


def test_clients_that_leave(server):
    for num_bytes in (0, 10):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            head = b"POST /v2/models/generator/infer HTTP/1.1\r\nHost: x\r\n"
            connection.sendall(head + b"Content-Length: 100\r\n\r\n" + b" " * num_bytes)
    assert server.infer(request_for_seed(1, 0)).outputs


def test_files_that_are_missing_or_of_another_kind(tmp_path):
    def start():
        command = [sys.executable, SERVE, tmp_path, "--port", "1"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=90)
        assert result.returncode == 2
        return result.stderr

    assert "generator.onnx is missing" in start()
    shutil.copy(Path(EXPORTS) / "prior.onnx", tmp_path / "generator.onnx")
    assert "generator.onnx must take and give" in start()
    (tmp_path / "generator.onnx").write_bytes(b"no protobuf")
    damaged = start()
    assert "generator.onnx cannot be read" in damaged
    assert "Traceback" not in damaged


def test_half_sent_headers_keep_nobody_out(server):
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            address = ("127.0.0.1", server.port)
            slow = stack.enter_context(socket.create_connection(address))
            slow.sendall(b"GET /v2 HTTP/1.1\r\nHost: x\r\n")
        assert server.send("/v2/health/live")[0] == 200


def run_load(server, tmp_path, *arguments):
    command = [sys.executable, LOAD, "--url", f"http://{server.address}"]
    command += ["--server-pid", str(server.process.pid)]
    command += ["--output", tmp_path / "load.json", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads((tmp_path / "load.json").read_text())


def test_two_hundred_clients_for_five_seconds(server, tmp_path):
    report = run_load(server, tmp_path, "--clients", "200", "--seconds", "5")
    assert report["errors"] == 0
    assert report["requests"] >= 200
    assert report["seeds_compared"] == 16


def test_many_large_requests_cost_bounded_memory(server, tmp_path):
    before = server.memory() // MEGABYTE
    large = ("--clients", "16", "--seconds", "2", "--num-samples", str(MAX_SAMPLES))
    report = run_load(server, tmp_path, *large)
    # Whoever is waiting waits as a short request: four answers are made at a time.
    assert report["server_max_rss_mb"] - before < 300
