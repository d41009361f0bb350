/** Requests and responses. */
@NullMarked
package io.nodejoin.dashboard.http;

import org.jspecify.annotations.NullMarked;
