/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import dev.sagui.json.Fields;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A command run in this process, with what it printed. */
public record Ran(int code, String out, String err) {
  public static final Path VAE_DECODER =
      Path.of("../../deploy/demo/models/fashion-vae-decoder.onnx");
  public static final Path ESRGAN = Path.of("../../deploy/demo/models/esrgan-slim-x2.onnx");

  public static Ran sagui(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] args = java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), args);
    return new Ran(code, out.toString(), err.toString());
  }

  /** Stdout as the one JSON document that it must be. */
  public Fields json() {
    return Fields.parse(out.getBytes(StandardCharsets.UTF_8));
  }
}
