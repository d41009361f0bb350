/** Golden JSON of everything that others read or write, and the schemas that describe it. */
@NullMarked
package io.nodejoin.protocol.golden;

import org.jspecify.annotations.NullMarked;
