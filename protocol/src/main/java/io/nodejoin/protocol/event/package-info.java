/** Lifecycle events on Kafka: requests from fleet autoscalers, and the phases and outcomes of joins and leaves. */
@NullMarked
package io.nodejoin.protocol.event;

import org.jspecify.annotations.NullMarked;
