/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A model of seeded weights in two matrices of uint8: {@code z [batch, outer] -> y [batch, outer]}
 * by two dynamically quantized products. Written field by field as onnx.proto numbers them, so that
 * it needs no memory.
 *
 * @param outer width of input and output
 * @param inner width between the matrices, a multiple of 8
 */
record NoiseModel(int outer, int inner, Weights weights) {
  static final NoiseModel OF_200_MB = new NoiseModel(100, 1_000_000, Weights.NOISE);
  static final NoiseModel OF_1_GB = new NoiseModel(100, 5_000_000, Weights.NOISE);

  private static final int UINT8 = 2;
  private static final int FLOAT = 1;
  private static final byte MIDDLE = (byte) 128;
  private static final double DEVIATION = 127 / 4.0;

  /** What the matrices hold. */
  interface Weights {
    /** Bytes that no coding makes shorter. */
    Weights NOISE = seed -> new SplittableRandom(seed)::nextBytes;

    /**
     * Normal weights with frozen scales, four deviations to the last code, of which each was moved
     * by {@code sigma} deviations in a fine-tune.
     */
    static Weights tuned(double sigma) {
      return seed -> {
        SplittableRandom weights = new SplittableRandom(seed);
        SplittableRandom moves = new SplittableRandom(seed + 1_000);
        return row -> {
          for (int i = 0; i < row.length; i++) {
            double code = DEVIATION * (weights.nextGaussian() + sigma * moves.nextGaussian());
            row[i] = (byte) (MIDDLE + Math.max(-128, Math.min(127, Math.round(code))));
          }
        };
      };
    }

    /** The rows of a matrix, one after the other. */
    Consumer<byte[]> rows(long seed);
  }

  /** The model's file; written the first time. */
  Path write(Path file) {
    return ProtoBytes.file(file, this::model);
  }

  private long matrixBytes() {
    return (long) outer * inner;
  }

  private void model(OutputStream out) throws IOException {
    byte[] before = graphStart();
    byte[] first = tensorHead("w1", outer, inner);
    byte[] second = tensorHead("w2", inner, outer);
    ProtoBytes.varintField(out, 1, 8); // ir_version
    ProtoBytes.field(out, 8, ProtoBytes.message(opset -> ProtoBytes.varintField(opset, 2, 17)));
    ProtoBytes.tag(out, 7);
    ProtoBytes.varint(
        out, before.length + first.length + matrixBytes() + second.length + matrixBytes());
    out.write(before);
    out.write(first);
    matrix(out, 1);
    out.write(second);
    matrix(out, 2);
  }

  private byte[] graphStart() {
    return ProtoBytes.message(
        graph -> {
          product(graph, "z", "w1", "h");
          product(graph, "h", "w2", "y");
          ProtoBytes.field(graph, 2, ProtoBytes.utf8("noise"));
          ProtoBytes.field(graph, 5, middle());
          ProtoBytes.field(graph, 11, BigModel.value("z", outer));
          ProtoBytes.field(graph, 12, BigModel.value("y", outer));
        });
  }

  /** {@code output = input * weights}, the input quantized as it comes. */
  private static void product(OutputStream graph, String input, String weights, String output)
      throws IOException {
    String codes = input + "_q";
    String zero = input + "_zero";
    byte[] quantize =
        ProtoBytes.message(
            node -> {
              ProtoBytes.field(node, 1, ProtoBytes.utf8(input));
              for (String each : new String[] {codes, input + "_scale", zero}) {
                ProtoBytes.field(node, 2, ProtoBytes.utf8(each));
              }
              ProtoBytes.field(node, 4, ProtoBytes.utf8("DynamicQuantizeLinear"));
            });
    ProtoBytes.field(graph, 1, quantize);
    String sums = output + "_sums";
    ProtoBytes.field(
        graph, 1, BigModel.node("MatMulInteger", sums, codes, weights, zero, "middle"));
    ProtoBytes.field(graph, 1, cast(sums, output));
  }

  private static byte[] cast(String input, String output) {
    return ProtoBytes.message(
        node -> {
          ProtoBytes.field(node, 1, ProtoBytes.utf8(input));
          ProtoBytes.field(node, 2, ProtoBytes.utf8(output));
          ProtoBytes.field(node, 4, ProtoBytes.utf8("Cast"));
          byte[] to =
              ProtoBytes.message(
                  attribute -> {
                    ProtoBytes.field(attribute, 1, ProtoBytes.utf8("to"));
                    ProtoBytes.varintField(attribute, 3, FLOAT);
                    ProtoBytes.varintField(attribute, 20, 2); // an INT
                  });
          ProtoBytes.field(node, 5, to);
        });
  }

  /** The weights' zero point: a scalar. */
  private static byte[] middle() {
    return ProtoBytes.message(
        tensor -> {
          ProtoBytes.varintField(tensor, 2, UINT8);
          ProtoBytes.field(tensor, 8, ProtoBytes.utf8("middle"));
          ProtoBytes.field(tensor, 9, new byte[] {MIDDLE});
        });
  }

  /** An initializer of the graph up to its bytes. */
  private byte[] tensorHead(String name, int rows, int columns) {
    byte[] head =
        ProtoBytes.message(
            tensor -> {
              ProtoBytes.varintField(tensor, 1, rows);
              ProtoBytes.varintField(tensor, 1, columns);
              ProtoBytes.varintField(tensor, 2, UINT8);
              ProtoBytes.field(tensor, 8, ProtoBytes.utf8(name));
              ProtoBytes.tag(tensor, 9);
              ProtoBytes.varint(tensor, matrixBytes());
            });
    return ProtoBytes.message(
        graph -> {
          ProtoBytes.tag(graph, 5);
          ProtoBytes.varint(graph, head.length + matrixBytes());
          graph.write(head);
        });
  }

  private void matrix(OutputStream out, long seed) throws IOException {
    Consumer<byte[]> rows = weights.rows(seed);
    byte[] row = new byte[inner];
    for (int i = 0; i < outer; i++) {
      rows.accept(row);
      out.write(row);
    }
  }
}
