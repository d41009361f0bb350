/** Kafka and Temporal in containers, and an engine for them where the machine has none. */
@NullMarked
package io.nodejoin.testbed.containers;

import org.jspecify.annotations.NullMarked;
