/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A model of seeded noise: {@code z [batch, outer] -> MatMul -> Tanh -> MatMul -> y [batch,
 * outer]}. Written field by field as onnx.proto numbers them, so that it needs no memory.
 *
 * @param outer width of input and output
 * @param inner width between the matrices
 */
record BigModel(int outer, int inner) {
  /** 200,000,000 bytes of weights. */
  static final BigModel OF_200_MB = new BigModel(1_000, 25_000);

  private static final int FLOAT = 1;

  /** The model's file; written the first time. */
  Path write(Path file) {
    return ProtoBytes.file(file, this::model);
  }

  private void model(OutputStream out) throws IOException {
    byte[] before = graphStart();
    byte[] first = tensorHead("w1", outer, inner);
    byte[] second = tensorHead("w2", inner, outer);
    ProtoBytes.varintField(out, 1, 8); // ir_version
    ProtoBytes.field(out, 8, ProtoBytes.message(opset -> ProtoBytes.varintField(opset, 2, 17)));
    long graph = before.length + initializerBytes(first) + initializerBytes(second);
    ProtoBytes.tag(out, 7);
    ProtoBytes.varint(out, graph);
    out.write(before);
    initializer(out, first, 1);
    initializer(out, second, 2);
  }

  private long matrixBytes() {
    return 4L * outer * inner;
  }

  private byte[] graphStart() {
    return ProtoBytes.message(
        graph -> {
          ProtoBytes.field(graph, 1, node("MatMul", "h", "z", "w1"));
          ProtoBytes.field(graph, 1, node("Tanh", "t", "h"));
          ProtoBytes.field(graph, 1, node("MatMul", "y", "t", "w2"));
          ProtoBytes.field(graph, 2, ProtoBytes.utf8("big"));
          ProtoBytes.field(graph, 11, value("z", outer));
          ProtoBytes.field(graph, 12, value("y", outer));
        });
  }

  static byte[] node(String op, String output, String... inputs) {
    return ProtoBytes.message(
        node -> {
          for (String input : inputs) {
            ProtoBytes.field(node, 1, ProtoBytes.utf8(input));
          }
          ProtoBytes.field(node, 2, ProtoBytes.utf8(output));
          ProtoBytes.field(node, 3, ProtoBytes.utf8(op.toLowerCase(Locale.ROOT) + "_" + output));
          ProtoBytes.field(node, 4, ProtoBytes.utf8(op));
        });
  }

  /** A float32 value [batch, width]. */
  static byte[] value(String name, int width) {
    byte[] batch = ProtoBytes.message(dim -> ProtoBytes.field(dim, 2, ProtoBytes.utf8("batch")));
    byte[] columns = ProtoBytes.message(dim -> ProtoBytes.varintField(dim, 1, width));
    byte[] shape =
        ProtoBytes.message(
            s -> {
              ProtoBytes.field(s, 1, batch);
              ProtoBytes.field(s, 1, columns);
            });
    byte[] tensor =
        ProtoBytes.message(
            t -> {
              ProtoBytes.varintField(t, 1, FLOAT);
              ProtoBytes.field(t, 2, shape);
            });
    byte[] type = ProtoBytes.message(t -> ProtoBytes.field(t, 1, tensor));
    return ProtoBytes.message(
        v -> {
          ProtoBytes.field(v, 1, ProtoBytes.utf8(name));
          ProtoBytes.field(v, 2, type);
        });
  }

  private byte[] tensorHead(String name, int rows, int columns) {
    return ProtoBytes.message(
        tensor -> {
          ProtoBytes.varintField(tensor, 1, rows);
          ProtoBytes.varintField(tensor, 1, columns);
          ProtoBytes.varintField(tensor, 2, FLOAT);
          ProtoBytes.field(tensor, 8, ProtoBytes.utf8(name));
          ProtoBytes.tag(tensor, 9);
          ProtoBytes.varint(tensor, matrixBytes());
        });
  }

  private long initializerBytes(byte[] head) {
    byte[] start =
        ProtoBytes.message(
            out -> {
              ProtoBytes.tag(out, 5);
              ProtoBytes.varint(out, head.length + matrixBytes());
            });
    return start.length + head.length + matrixBytes();
  }

  private void initializer(OutputStream out, byte[] head, long seed) throws IOException {
    ProtoBytes.tag(out, 5);
    ProtoBytes.varint(out, head.length + matrixBytes());
    out.write(head);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < outer * inner; i++) {
      int bits = Float.floatToRawIntBits((random.nextInt() >> 8) * 0x1p-28f);
      out.write(bits);
      out.write(bits >> 8);
      out.write(bits >> 16);
      out.write(bits >> 24);
    }
  }
}
