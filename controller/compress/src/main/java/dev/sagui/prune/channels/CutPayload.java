/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor of which some positions along its axes are left out, read as it is asked for. */
final class CutPayload implements Payload {
  private final Payload source;
  private final boolean[][] kept;
  private final int runBytes;
  private final long bytes;

  /**
   * @param kept for each axis up to the last that is cut, whether a position stays
   * @param runBytes of what lies behind one position of the last such axis
   */
  CutPayload(Payload source, boolean[][] kept, int runBytes) {
    this.source = source;
    this.kept = kept;
    this.runBytes = runBytes;
    long runs = 1;
    for (boolean[] axis : kept) {
      int left = 0;
      for (boolean stays : axis) {
        left += stays ? 1 : 0;
      }
      runs *= left;
    }
    this.bytes = runs * runBytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void read(Sink sink) throws IOException {
    Reader reader = new Reader(sink);
    source.read(reader::take);
    reader.finish();
  }

  private final class Reader {
    private final Sink sink;
    private final ByteBuffer out = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final int[] index = new int[kept.length];
    private int inRun;

    Reader(Sink sink) {
      this.sink = sink;
    }

    void take(ByteBuffer block) throws IOException {
      while (block.hasRemaining()) {
        int count = Math.min(block.remaining(), runBytes - inRun);
        if (stays()) {
          copy(block, count);
        } else {
          block.position(block.position() + count);
        }
        inRun += count;
        if (inRun == runBytes) {
          inRun = 0;
          next();
        }
      }
    }

    private boolean stays() {
      for (int i = 0; i < index.length; i++) {
        if (!kept[i][index[i]]) {
          return false;
        }
      }
      return true;
    }

    private void next() {
      for (int i = index.length - 1; i >= 0; i--) {
        if (++index[i] < kept[i].length) {
          return;
        }
        index[i] = 0;
      }
    }

    private void copy(ByteBuffer block, int count) throws IOException {
      int left = count;
      while (left > 0) {
        int part = Math.min(left, out.remaining());
        out.put(block.slice(block.position(), part));
        block.position(block.position() + part);
        left -= part;
        if (!out.hasRemaining()) {
          flush();
        }
      }
    }

    private void flush() throws IOException {
      sink.accept(out.flip());
      out.clear();
    }

    void finish() throws IOException {
      if (out.position() > 0) {
        flush();
      }
    }
  }
}
