/** Enrollment, renewal and rejoin: which agents get a certificate. */
@NullMarked
package io.nodejoin.gateway.enrollment;

import org.jspecify.annotations.NullMarked;
