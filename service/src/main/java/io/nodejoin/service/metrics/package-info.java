/** What is counted, and where. */
@NullMarked
package io.nodejoin.service.metrics;

import org.jspecify.annotations.NullMarked;
