/** The responses of the agent API. */
@NullMarked
package io.nodejoin.gateway.reply;

import org.jspecify.annotations.NullMarked;
