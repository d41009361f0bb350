/** Temporal: connection, search attributes, workers. */
@NullMarked
package io.nodejoin.service.worker;

import org.jspecify.annotations.NullMarked;
