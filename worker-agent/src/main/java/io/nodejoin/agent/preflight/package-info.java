/** The preflight: named checks of what a host must and should have before it joins, each with its remedy. */
@NullMarked
package io.nodejoin.agent.preflight;

import org.jspecify.annotations.NullMarked;
