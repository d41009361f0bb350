/** Joins from a Kafka record to the last trace in cluster, history and host, over real parts and simulated hosts. */
@NullMarked
package io.nodejoin.testbed.e2e;

import org.jspecify.annotations.NullMarked;
