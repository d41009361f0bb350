/** Requests that are held until there is an answer. */
@NullMarked
package io.nodejoin.gateway.longpoll;

import org.jspecify.annotations.NullMarked;
