/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.sagui.agent.engine.OrtEngine;
import dev.sagui.agent.engine.Session;
import dev.sagui.manifest.TensorInfo;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Opens a model once and runs it, as an agent does or as ONNX Runtime does left to itself.
 *
 * <p>{@code java -cp sagui-agent.jar SessionStart.java agent|default MODEL INPUT WIDTH NATIVE}
 * prints {@code {"create_ms":…,"anonymous_mb":…,"run_ms":…}}: the creation, what is then
 * anonymous of the process's memory after a run, and the fastest of 10 runs.
 */
public final class SessionStart {
  private static final int RUNS = 10;

  private SessionStart() {}

  /** A run of the model. */
  private interface Run {
    void once() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[1]);
    int width = Integer.parseInt(args[3]);
    OrtEngine engine = new OrtEngine(Path.of(args[4]));
    engine.load();
    long from = System.nanoTime();
    Run run =
        args[0].equals("agent")
            ? agent(engine, model, args[2], width)
            : byDefault(model, args[2], width);
    double create = (System.nanoTime() - from) / 1e6;
    double fastest = Double.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      run.once();
      fastest = Math.min(fastest, (System.nanoTime() - start) / 1e6);
    }
    System.out.println(
        "{\"create_ms\":" + create + ",\"anonymous_mb\":" + anonymous() + ",\"run_ms\":" + fastest
            + "}");
    System.exit(0);
  }

  private static Run agent(OrtEngine engine, Path model, String input, int width) {
    Session session =
        engine.open(
            model.getParent(),
            model.getFileName().toString(),
            List.of(new TensorInfo(input, DataType.FP32, List.of(-1L, (long) width))),
            List.of(),
            1);
    Tensor tensor = Tensor.of(input, new float[width], 1, width);
    return () -> session.infer(List.of(tensor));
  }

  private static Run byDefault(Path model, String input, int width) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession session = environment.createSession(model.toString());
    OnnxTensor tensor = OnnxTensor.createTensor(environment, new float[1][width]);
    return () -> session.run(Map.of(input, tensor)).close();
  }

  private static double anonymous() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum()
        / 1e6;
  }
}
