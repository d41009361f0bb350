/** What a gateway replica knows of its agents, asked through Temporal. */
@NullMarked
package io.nodejoin.workflows.gateway;

import org.jspecify.annotations.NullMarked;
