/** Text to token ids, by the tokenizer that lies beside a model. */
@NullMarked
package dev.sagui.run.text;

import org.jspecify.annotations.NullMarked;
