/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.audio.LogMel;
import dev.sagui.quality.audio.MultiResolutionStft;
import dev.sagui.quality.audio.Stft;
import dev.sagui.train.gradient.Emitter;
import java.util.ArrayList;
import java.util.List;

/** Losses of waveforms by their spectra, as the judges define them. */
final class AudioLosses {
  /** Squared spectral convergence counts as this at least: a root's slope at 0 has no bound. */
  private static final double LEAST = 1e-12;

  private AudioLosses() {}

  /**
   * Mean absolute difference of log-mel spectrograms, nepers; see {@link LogMel}.
   *
   * @param sampleRate hertz
   */
  static Loss logMel(double sampleRate) {
    return (emit, pair) -> {
      Waveforms waves = Waveforms.of("log-mel", pair);
      LogMel mel = new LogMel(sampleRate);
      double[][] bank = mel.bands().matrix();
      int bins = bank.length;
      while (bins > 1 && isZero(bank[bins - 1])) {
        bins--;
      }
      Spectra spectra = new Spectra(mel.transform(), bins, waves);
      String bands = bands(emit, bank, bins, sampleRate);
      String x = logMel(emit, spectra, bands, waves.split(emit, pair.output()));
      String y = logMel(emit, spectra, bands, waves.split(emit, pair.target()));
      return emit.mean(emit.node("Abs", emit.subtract(x, y)));
    };
  }

  private static boolean isZero(double[] row) {
    for (double value : row) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static String bands(Emitter emit, double[][] bank, int bins, double sampleRate) {
    int bands = bank[0].length;
    return emit.floats(
        "mel " + sampleRate,
        List.of((long) bins, (long) bands),
        () -> {
          double[] matrix = new double[bins * bands];
          for (int bin = 0; bin < bins; bin++) {
            System.arraycopy(bank[bin], 0, matrix, bin * bands, bands);
          }
          return matrix;
        });
  }

  private static String logMel(Emitter emit, Spectra spectra, String bands, String wave) {
    String power = emit.add(spectra.power(emit, wave), emit.scalar(LogMel.POWER_OFFSET));
    String mel = emit.node("MatMul", emit.node("Sqrt", power), bands);
    return emit.node("Log", emit.atLeast(mel, LogMel.FLOOR));
  }

  /**
   * Spectral convergence plus the mean difference of log magnitudes, averaged over transforms and
   * waves; see {@link MultiResolutionStft}.
   */
  static String multiResolution(Emitter emit, Pair pair) {
    Waveforms waves = Waveforms.of("mr-stft", pair);
    String x = waves.split(emit, pair.target());
    String y = waves.split(emit, pair.output());
    List<String> terms = new ArrayList<>();
    for (Stft stft : new MultiResolutionStft().transforms()) {
      Spectra spectra = new Spectra(stft, stft.bins(), waves);
      String a = emit.atLeast(spectra.power(emit, x), MultiResolutionStft.FLOOR);
      String b = emit.atLeast(spectra.power(emit, y), MultiResolutionStft.FLOOR);
      String logs = emit.subtract(emit.node("Log", a), emit.node("Log", b));
      terms.add(convergence(emit, a, b));
      terms.add(emit.multiply(emit.mean(emit.node("Abs", logs)), 0.5));
    }
    return emit.multiply(Sums.of(emit, terms), 2.0 / terms.size());
  }

  /** Mean over waves of ‖X − Y‖ / ‖X‖, of the powers of both, [waves, frames, bins]. */
  private static String convergence(Emitter emit, String x, String y) {
    String error = emit.subtract(emit.node("Sqrt", x), emit.node("Sqrt", y));
    String errors = emit.sum(emit.multiply(error, error), false, 1, 2);
    String share = emit.divide(errors, emit.sum(x, false, 1, 2));
    return emit.mean(emit.node("Sqrt", emit.atLeast(share, LEAST)));
  }
}
