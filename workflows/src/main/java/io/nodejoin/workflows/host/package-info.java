/** What the join asks of the host, through its worker-agent. */
@NullMarked
package io.nodejoin.workflows.host;

import org.jspecify.annotations.NullMarked;
