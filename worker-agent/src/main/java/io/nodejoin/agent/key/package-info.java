/** The host's own private keys, which never leave it. */
@NullMarked
package io.nodejoin.agent.key;

import org.jspecify.annotations.NullMarked;
