/** How values become Temporal payloads. */
@NullMarked
package io.nodejoin.workflows.wire;

import org.jspecify.annotations.NullMarked;
