/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The PNG and JPEG files of a folder in the order of their names. Where the model fixes height and
 * width they are resized, else each comes in its own size.
 */
public final class PictureSource implements SampleSource {
  private final InputSlot slot;
  private final PictureLayout layout;
  private final Range range;
  private final List<Path> files;
  private int position;

  /**
   * @param order "nchw" or "nhwc"; empty goes by the input's shape
   */
  public PictureSource(
      Path folder, InputSlot slot, Optional<String> order, Optional<Range> range, int limit) {
    this.slot = slot;
    this.layout =
        PictureLayout.of(
            slot, order.map(o -> PictureLayout.Order.valueOf(o.toUpperCase(Locale.ROOT))));
    this.range = range.orElseGet(() -> Range.usual(slot));
    List<Path> all = list(folder);
    this.files = all.subList(0, SampleSource.bounded(all.size(), limit, folder));
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw BadData.missing("a folder of PNG or JPEG pictures", folder);
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> all = entries.filter(Files::isRegularFile).sorted().toList();
      List<Path> pictures = all.stream().filter(PictureSource::isPicture).toList();
      if (pictures.isEmpty()) {
        throw BadData.of(
            "expected .png, .jpg or .jpeg files in %s, found %d other files"
                .formatted(folder, all.size()));
      }
      return pictures;
    } catch (IOException e) {
      throw BadData.unreadable(folder, "a folder of pictures", e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
  }

  @Override
  public List<String> inputs() {
    return List.of(slot.name());
  }

  @Override
  public int count() {
    return files.size();
  }

  @Override
  public boolean isUniform() {
    return slot.shape().get(layout.height()) >= 0 && slot.shape().get(layout.width()) >= 0;
  }

  @Override
  public List<Tensor> next() {
    Picture picture = PictureFile.read(files.get(position++));
    long channels = layout.channels() < 0 ? 1 : slot.shape().get(layout.channels());
    long height = slot.shape().get(layout.height());
    long width = slot.shape().get(layout.width());
    picture =
        picture
            .withChannels(channels < 0 ? 3 : (int) channels)
            .resized(
                height < 0 ? picture.height() : (int) height,
                width < 0 ? picture.width() : (int) width);
    return List.of(tensor(picture));
  }

  private Tensor tensor(Picture picture) {
    List<Long> shape = new ArrayList<>(slot.shape());
    shape.set(layout.height(), (long) picture.height());
    shape.set(layout.width(), (long) picture.width());
    if (layout.channels() >= 0) {
      shape.set(layout.channels(), (long) picture.channels());
    }
    ByteBuffer data = Elements.buffer(slot.type(), slot.elements(shape));
    boolean planar = layout.channels() == 0;
    int pixels = picture.height() * picture.width();
    int channels = picture.channels();
    for (int i = 0; i < pixels * channels; i++) {
      int at = planar ? i % pixels * channels + i / pixels : i;
      Elements.put(data, slot.type(), range.of(picture.levels()[at], !slot.isFloat()));
    }
    return new Tensor(slot.name(), slot.type(), shape, data.flip());
  }

  @Override
  public void close() {}
}
