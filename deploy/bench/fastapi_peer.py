# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""The peer of `sagui bench first-light --peer`: one ONNX model behind FastAPI and uvicorn.

Written as a careful user would: one session made once, one intra-op thread as the agent has,
spinning off, telemetry off, no access log, the event loop not left for a run of a millisecond.

    python fastapi_peer.py MODEL PORT

POST /predict        JSON {"input": nested lists} -> a dict {"output": nested lists}; FastAPI encodes it
POST /predict/direct the same, encoded by a JSONResponse, which skips FastAPI's encoder
"""

import os
import sys

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


def open_session(model: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def application(model: str) -> FastAPI:
    session = open_session(model)
    name = session.get_inputs()[0].name
    app = FastAPI(openapi_url=None)

    def run(body: dict) -> list:
        array = np.asarray(body["input"], dtype=np.float32)
        return session.run(None, {name: array})[0].tolist()

    @app.post("/predict")
    async def predict(request: Request):
        return {"output": run(await request.json())}

    @app.post("/predict/direct")
    async def predict_direct(request: Request):
        return JSONResponse({"output": run(await request.json())})

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[1]),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        log_level="warning",
        access_log=False,
    )
