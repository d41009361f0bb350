/** The agent API over HTTP: routes, bodies, replies. */
@NullMarked
package io.nodejoin.gateway.http;

import org.jspecify.annotations.NullMarked;
