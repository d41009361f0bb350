/** What a leave asks of a node's pods. */
@NullMarked
package io.nodejoin.workflows.drain;

import org.jspecify.annotations.NullMarked;
