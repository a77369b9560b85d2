/** Recipes: ordered steps with parameters, and the service that takes a model through one. */
@NullMarked
package dev.sagui.recipe;

import org.jspecify.annotations.NullMarked;
