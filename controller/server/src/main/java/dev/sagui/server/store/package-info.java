/** SQLite, blobs and keys on disk. */
@NullMarked
package dev.sagui.server.store;

import org.jspecify.annotations.NullMarked;
