/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.TensorInfo;
import java.nio.file.Path;
import java.util.List;

/**
 * ONNX Runtime on the CPU: one run in flight per model, no spinning between runs (spinning costs
 * six times the CPU for a fifth less latency). Telemetry is off by ORT_DISABLE_TELEMETRY=1, which
 * the launcher sets: the API's switch acts too late.
 */
public final class OrtEngine implements Engine {
  private static final String LIBRARY_VERSION = "1.29.0";

  /**
   * An engine whose native library lies under {@code nativeFolder}; it is loaded on a thread of its
   * own, beside the rest of a start.
   *
   * @param nativeFolder is made if need be
   */
  public OrtEngine(Path nativeFolder) {
    NativeLibrary.prepare(nativeFolder, LIBRARY_VERSION);
    Thread loading = new Thread(OrtEnvironment::getEnvironment, "ort-load");
    loading.setDaemon(true);
    loading.start();
  }

  @Override
  public Session open(
      Path folder, String entry, List<TensorInfo> inputs, List<TensorInfo> outputs, int threads) {
    Path file = folder.resolve(entry);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      OrtSession session = environment.createSession(file.toString(), options);
      return new OrtModelSession(environment, session, inputs);
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.MODEL_DOES_NOT_LOAD,
          "ONNX Runtime does not load '%s': %s".formatted(entry, e.getMessage()),
          e);
    }
  }

  @Override
  public String version() {
    return LIBRARY_VERSION;
  }
}
