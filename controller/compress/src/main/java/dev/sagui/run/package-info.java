/** Sessions: ONNX Runtime runs a graph on seeded inputs, and the runs are timed. */
@NullMarked
package dev.sagui.run;

import org.jspecify.annotations.NullMarked;
