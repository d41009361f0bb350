/** The adapters to clusters, put together. */
@NullMarked
package io.nodejoin.client.kubernetes;

import org.jspecify.annotations.NullMarked;
