/** The graph: ONNX models read, checked, edited and written while their weights stay on disk. */
@NullMarked
package dev.sagui.onnx;

import org.jspecify.annotations.NullMarked;
