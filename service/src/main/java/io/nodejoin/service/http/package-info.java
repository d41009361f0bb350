/** The admin port: liveness, readiness, metrics. */
@NullMarked
package io.nodejoin.service.http;

import org.jspecify.annotations.NullMarked;
