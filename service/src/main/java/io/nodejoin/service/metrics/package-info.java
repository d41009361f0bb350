/** Metrics of published events. */
@NullMarked
package io.nodejoin.service.metrics;

import org.jspecify.annotations.NullMarked;
