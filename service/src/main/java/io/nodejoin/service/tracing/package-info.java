/** Traces of joins, from the request's {@code traceparent} to the events of their outcome, over OTLP. */
@NullMarked
package io.nodejoin.service.tracing;

import org.jspecify.annotations.NullMarked;
