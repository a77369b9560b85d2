/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.artifact.Digest;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ties initializers of equal type, shape and bytes. Only tensors whose first bytes agree are read
 * whole.
 */
final class Deduplication implements Pass {
  private static final int FIRST_BYTES = 4096;

  private record Look(int type, List<Long> dims, ByteString first) {}

  private record Content(Look look, Digest digest) {}

  private final Map<String, Digest> digests = new HashMap<>();

  @Override
  public String name() {
    return "deduplicate";
  }

  @Override
  public int apply(Bench bench) throws IOException {
    Graph graph = bench.graph();
    Map<Look, TensorProto> alone = new HashMap<>();
    Map<Content, String> contents = new HashMap<>();
    int tied = 0;
    for (String name : graph.initializers()) {
      TensorProto tensor = graph.constant(name).orElse(null);
      if (tensor == null || graph.isOutput(name) || tensor.getStringDataCount() > 0) {
        continue;
      }
      Look look = look(bench.model(), tensor);
      TensorProto earlier = alone.putIfAbsent(look, tensor);
      if (earlier == null) {
        continue;
      }
      contents.putIfAbsent(content(bench.model(), look, earlier), earlier.getName());
      String same = contents.putIfAbsent(content(bench.model(), look, tensor), name);
      if (same != null) {
        graph.replaceUses(name, same);
        graph.removeInitializer(name);
        tied++;
      }
    }
    digests.clear();
    return tied;
  }

  private Content content(OnnxModel model, Look look, TensorProto tensor) throws IOException {
    Digest known = digests.get(tensor.getName());
    if (known == null) {
      MessageDigest sha256 = Digest.sha256();
      model.payload(tensor).read(sha256::update);
      known = Digest.ofRaw(sha256.digest());
      digests.put(tensor.getName(), known);
    }
    return new Content(look, known);
  }

  private static Look look(OnnxModel model, TensorProto tensor) throws IOException {
    Payload payload = model.payload(tensor);
    return new Look(tensor.getDataType(), tensor.getDimsList(), payload.first(FIRST_BYTES));
  }
}
