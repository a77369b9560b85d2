/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;

/** Seeded pictures and rendered texts, for models that no noise would do justice. */
final class QuantizePictures {
  private static final String[] WORDS =
      ("river stone lamp garden winter copper seven market open window green paper north light"
              + " station coffee silver bridge morning price total order number street house")
          .split(" ", -1);

  private final SplittableRandom random;

  QuantizePictures(long seed) {
    System.setProperty("java.awt.headless", "true");
    this.random = new SplittableRandom(seed);
  }

  /** Shapes with soft shades and a few words on them, as a photograph's patches have. */
  BufferedImage scene(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas(image);
    g.setPaint(new GradientPaint(0, 0, colour(), width, height, colour()));
    g.fillRect(0, 0, width, height);
    for (int i = 0; i < 12; i++) {
      double size = width * (0.1 + 0.5 * random.nextDouble());
      double x = width * random.nextDouble() - size / 2;
      double y = height * random.nextDouble() - size / 2;
      g.setPaint(
          new GradientPaint(
              (float) x, (float) y, colour(), (float) (x + size), (float) (y + size), colour()));
      g.rotate(random.nextDouble() - 0.5, width / 2.0, height / 2.0);
      switch (random.nextInt(3)) {
        case 0 -> g.fill(new Ellipse2D.Double(x, y, size, size * (0.3 + random.nextDouble())));
        case 1 -> g.fill(new Rectangle2D.Double(x, y, size, size * (0.3 + random.nextDouble())));
        default -> {
          g.setStroke(new BasicStroke((float) (1 + 3 * random.nextDouble())));
          g.draw(new Ellipse2D.Double(x, y, size, size));
        }
      }
    }
    g.setTransform(new AffineTransform());
    g.setFont(new Font(Font.SERIF, Font.BOLD, Math.max(8, height / 6)));
    g.setColor(colour());
    g.drawString(words(1), 2, height * (2 + random.nextInt(4)) / 6);
    g.dispose();
    return image;
  }

  /** One line of text, upright or upside down, that fills the height and mostly the width. */
  BufferedImage line(int width, int height, boolean upsideDown) {
    BufferedImage image = paper(width, height);
    Graphics2D g = canvas(image);
    if (upsideDown) {
      g.rotate(Math.PI, width / 2.0, height / 2.0);
    }
    int size = height * 5 / 8;
    String text = words(1);
    g.setFont(font(size));
    while (g.getFontMetrics().stringWidth(text + " mmmmm") < width) {
      text = text + " " + words(1);
    }
    g.setColor(ink());
    g.drawString(text, 4 + random.nextInt(6), height * 3 / 4 - random.nextInt(4));
    g.dispose();
    return image;
  }

  /** A page with lines of text of several sizes. */
  BufferedImage page(int side) {
    BufferedImage image = paper(side, side);
    Graphics2D g = canvas(image);
    int y = 20 + random.nextInt(20);
    while (y < side - 20) {
      int size = 14 + random.nextInt(18);
      y += size;
      g.setFont(font(size));
      g.setColor(ink());
      g.drawString(words(1 + random.nextInt(4)), 10 + random.nextInt(side / 4), y);
      y += 6 + random.nextInt(40);
    }
    g.dispose();
    return image;
  }

  private BufferedImage paper(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas(image);
    g.setPaint(new GradientPaint(0, 0, pale(), width, height, pale()));
    g.fillRect(0, 0, width, height);
    g.dispose();
    return image;
  }

  private static Graphics2D canvas(BufferedImage image) {
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    return g;
  }

  private Font font(int size) {
    String family = random.nextInt(2) == 0 ? Font.SANS_SERIF : Font.SERIF;
    return new Font(family, random.nextInt(3) == 0 ? Font.BOLD : Font.PLAIN, size);
  }

  private String words(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ");
      boolean number = random.nextInt(4) == 0;
      text.append(number ? "" + random.nextInt(10_000) : WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private Color colour() {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }

  private Color pale() {
    int level = 190 + random.nextInt(60);
    return new Color(level, level - random.nextInt(15), level - random.nextInt(25));
  }

  private Color ink() {
    return new Color(random.nextInt(70), random.nextInt(70), random.nextInt(90));
  }
}
