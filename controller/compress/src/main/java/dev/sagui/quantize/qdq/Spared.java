/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

/**
 * Of the layers that stay float32 for what integers would cost there, the one with most work.
 *
 * @param layer as people read it
 * @param errorFactor by how much the error at the model's outputs would be larger with it in
 *     integers, too
 * @param workShare of all layers' multiplications
 */
public record Spared(String layer, double errorFactor, double workShare) {}
