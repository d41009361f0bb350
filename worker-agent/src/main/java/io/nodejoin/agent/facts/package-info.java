/** What the host is like, read without changing it. */
@NullMarked
package io.nodejoin.agent.facts;

import org.jspecify.annotations.NullMarked;
