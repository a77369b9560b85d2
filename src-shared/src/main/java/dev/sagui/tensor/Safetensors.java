/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.tensor;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: 8 bytes of header length, a JSON header, the bytes of all tensors.
 *
 * <p>Source: github.com/huggingface/safetensors, "Format". Golden inputs are named {@code in:NAME},
 * golden outputs {@code out:NAME}.
 */
public final class Safetensors {
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private Safetensors() {}

  public static byte[] write(List<Tensor> tensors) {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + tensor.data().remaining();
      Map<String, Object> entry = new LinkedHashMap<>(); // the same bytes in each process
      entry.put("dtype", tensor.type().safetensors());
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(offset, end));
      header.put(tensor.name(), entry);
      offset = end;
    }
    byte[] json = padded(Json.write(header));
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(8 + json.length + offset))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(json.length).put(json);
    tensors.forEach(tensor -> out.put(tensor.data()));
    return out.array();
  }

  /**
   * @throws RejectedException BAD_TENSOR when lengths and offsets do not fit the bytes
   */
  public static List<Tensor> parse(byte[] file) {
    if (file.length < 8) {
      throw bad("expected a header length, found " + file.length + " bytes");
    }
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_HEADER_BYTES || length > file.length - 8) {
      throw bad("header of %d bytes does not fit a file of %d".formatted(length, file.length));
    }
    int start = (int) (8 + length);
    Fields header = Fields.parse(Arrays.copyOfRange(file, 8, start));
    List<Tensor> tensors = new ArrayList<>();
    for (String name : header.keys()) {
      if (!name.equals("__metadata__")) {
        tensors.add(tensor(name, header.object(name), file, start));
      }
    }
    return tensors;
  }

  private static Tensor tensor(String name, Fields entry, byte[] file, int start) {
    long[] offsets = entry.integers("data_offsets");
    if (offsets.length != 2
        || offsets[0] < 0
        || offsets[1] < offsets[0]
        || offsets[1] > file.length - start) {
      throw bad("offsets %s of '%s' leave the file".formatted(Arrays.toString(offsets), name));
    }
    List<Long> shape = Arrays.stream(entry.integers("shape")).boxed().toList();
    ByteBuffer data =
        ByteBuffer.wrap(file, (int) (start + offsets[0]), (int) (offsets[1] - offsets[0]));
    return new Tensor(name, DataType.ofSafetensors(entry.string("dtype")), shape, data);
  }

  private static byte[] padded(byte[] json) {
    byte[] padded = Arrays.copyOf(json, (json.length + 7) & ~7);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_TENSOR, "safetensors: " + what);
  }
}
