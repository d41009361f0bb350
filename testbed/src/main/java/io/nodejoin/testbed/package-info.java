/** The test bed: a real control plane, real hosts, Temporal and Kafka on one machine, behind one facade. */
@NullMarked
package io.nodejoin.testbed;

import org.jspecify.annotations.NullMarked;
