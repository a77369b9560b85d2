/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;

/**
 * What storage looks at besides the model.
 *
 * @param reference whose outputs are to be kept
 * @param samples that say what layers see
 * @param scratch lives until the model is written
 * @param threads of ONNX Runtime
 */
public record StoreData(OnnxModel reference, Samples samples, Scratch scratch, int threads) {}
