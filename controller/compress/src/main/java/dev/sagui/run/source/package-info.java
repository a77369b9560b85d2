/** Where samples come from: one source a kind of data, each handing over one sample at a time. */
@NullMarked
package dev.sagui.run.source;

import org.jspecify.annotations.NullMarked;
