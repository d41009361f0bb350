/** Single questions to HTTP servers of a bed. */
@NullMarked
package io.nodejoin.testbed.http;

import org.jspecify.annotations.NullMarked;
