/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
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
   * An engine whose native library lies under {@code nativeFolder}; nothing is loaded yet.
   *
   * @param nativeFolder is made if need be
   */
  public OrtEngine(Path nativeFolder) {
    NativeLibrary.prepare(nativeFolder, LIBRARY_VERSION);
  }

  /** Loads the native library on a thread of its own, for a model that will be opened soon. */
  public void startLoading() {
    Thread loading = new Thread(this::load, "ort-load");
    loading.setDaemon(true);
    loading.start();
  }

  /** Loads the native library. */
  public void load() {
    OrtEnvironment.getEnvironment();
  }

  @Override
  public Session open(
      Path folder, String entry, List<TensorInfo> inputs, List<TensorInfo> outputs, int threads) {
    try {
      OrtSession session =
          session(folder.resolve(entry), threads, MappedWeights.suit(folder, entry));
      return new OrtModelSession(OrtEnvironment.getEnvironment(), session, inputs);
    } catch (OrtException e) {
      throw new RejectedException(
          FailureCode.MODEL_DOES_NOT_LOAD,
          "ONNX Runtime does not load '%s': %s".formatted(entry, e.getMessage()),
          e);
    }
  }

  private static OrtSession session(Path file, int threads, boolean mapped) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      if (mapped) {
        options.addConfigEntry("session.disable_prepacking", "1");
      }
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      return OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    }
  }

  @Override
  public String version() {
    return LIBRARY_VERSION;
  }
}
