/** What differs between two waveforms, by their short-time spectra. */
@NullMarked
package dev.sagui.quality.audio;

import org.jspecify.annotations.NullMarked;
