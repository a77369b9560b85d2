/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.artifact.FetchTerms;

/** Whom releases are fetched from. */
interface Asking {
  /** For a release on these terms; to be closed with the fetch. */
  Sources sources(FetchTerms terms);
}
