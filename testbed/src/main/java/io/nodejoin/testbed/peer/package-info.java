/** Other ways to join a node, to measure Nodejoin against. */
@NullMarked
package io.nodejoin.testbed.peer;

import org.jspecify.annotations.NullMarked;
