/** Enrollment, renewal and rejoin: who gets an agent certificate. */
@NullMarked
package io.nodejoin.gateway.enrollment;

import org.jspecify.annotations.NullMarked;
