/** The state of the host, read without changing it. */
@NullMarked
package io.nodejoin.agent.facts;

import org.jspecify.annotations.NullMarked;
