/** What differs between two models' next-token distributions. */
@NullMarked
package dev.sagui.quality.language;

import org.jspecify.annotations.NullMarked;
