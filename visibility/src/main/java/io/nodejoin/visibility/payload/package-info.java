/** Payloads of Temporal, readable for people. */
@NullMarked
package io.nodejoin.visibility.payload;

import org.jspecify.annotations.NullMarked;
