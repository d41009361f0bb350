/** The composition root of the control side: wiring and lifecycle. */
@NullMarked
package io.nodejoin.service.wiring;

import org.jspecify.annotations.NullMarked;
