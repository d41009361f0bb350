/** Liveness and readiness, and the admin port that serves them and the metrics. */
@NullMarked
package io.nodejoin.service.health;

import org.jspecify.annotations.NullMarked;
