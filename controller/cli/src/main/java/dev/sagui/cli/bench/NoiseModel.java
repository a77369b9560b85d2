/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A model whose weights no coding makes shorter, seeded bytes: {@code z [batch, outer] ->
 * DynamicQuantizeLinear -> MatMulInteger -> Cast -> y [batch, inner]}. Written field by field as
 * onnx.proto numbers them, so that it needs no memory.
 *
 * @param outer width of the input
 * @param inner width of the output
 */
record NoiseModel(int outer, int inner) {
  static final NoiseModel OF_200_MB = new NoiseModel(10_000, 20_000);
  static final NoiseModel OF_1_GB = new NoiseModel(50_000, 20_000);

  private static final int UINT8 = 2;
  private static final int FLOAT = 1;

  /** The model's file; written the first time. */
  Path write(Path file) {
    if (Files.exists(file)) {
      return file;
    }
    Path staged = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(staged), 1 << 16)) {
        model(out);
      }
      return Files.move(staged, file);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  private long weights() {
    return (long) outer * inner;
  }

  private void model(OutputStream out) throws IOException {
    byte[] before = graphStart();
    byte[] head = tensorHead();
    byte[] start =
        ProtoBytes.message(
            graph -> {
              ProtoBytes.tag(graph, 5);
              ProtoBytes.varint(graph, head.length + weights());
            });
    ProtoBytes.varintField(out, 1, 8); // ir_version
    ProtoBytes.field(out, 8, ProtoBytes.message(opset -> ProtoBytes.varintField(opset, 2, 17)));
    ProtoBytes.tag(out, 7);
    ProtoBytes.varint(out, before.length + start.length + head.length + weights());
    out.write(before);
    out.write(start);
    out.write(head);
    noise(out);
  }

  private byte[] graphStart() {
    return ProtoBytes.message(
        graph -> {
          ProtoBytes.field(graph, 1, quantize());
          ProtoBytes.field(graph, 1, BigModel.node("MatMulInteger", "p", "q", "w", "o"));
          ProtoBytes.field(graph, 1, cast());
          ProtoBytes.field(graph, 2, ProtoBytes.utf8("noise"));
          ProtoBytes.field(graph, 11, BigModel.value("z", outer));
          ProtoBytes.field(graph, 12, BigModel.value("y", inner));
        });
  }

  private static byte[] quantize() {
    return ProtoBytes.message(
        node -> {
          ProtoBytes.field(node, 1, ProtoBytes.utf8("z"));
          for (String output : new String[] {"q", "s", "o"}) {
            ProtoBytes.field(node, 2, ProtoBytes.utf8(output));
          }
          ProtoBytes.field(node, 4, ProtoBytes.utf8("DynamicQuantizeLinear"));
        });
  }

  private static byte[] cast() {
    return ProtoBytes.message(
        node -> {
          ProtoBytes.field(node, 1, ProtoBytes.utf8("p"));
          ProtoBytes.field(node, 2, ProtoBytes.utf8("y"));
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

  private byte[] tensorHead() {
    return ProtoBytes.message(
        tensor -> {
          ProtoBytes.varintField(tensor, 1, outer);
          ProtoBytes.varintField(tensor, 1, inner);
          ProtoBytes.varintField(tensor, 2, UINT8);
          ProtoBytes.field(tensor, 8, ProtoBytes.utf8("w"));
          ProtoBytes.tag(tensor, 9);
          ProtoBytes.varint(tensor, weights());
        });
  }

  private void noise(OutputStream out) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer row = ByteBuffer.allocate(inner); // a multiple of 8
    for (int i = 0; i < outer; i++) {
      row.clear();
      while (row.hasRemaining()) {
        row.putLong(random.nextLong());
      }
      out.write(row.array());
    }
  }
}
