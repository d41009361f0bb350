/** The composition root of the control side: main, wiring and lifecycle. */
@NullMarked
package io.nodejoin.service;

import org.jspecify.annotations.NullMarked;
