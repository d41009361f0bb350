/** What this replica tells of its agents. */
@NullMarked
package io.nodejoin.gateway.query;

import org.jspecify.annotations.NullMarked;
