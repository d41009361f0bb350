/** The connection to Temporal: whom it trusts, what it shows, and why it fails. */
@NullMarked
package io.nodejoin.client.temporal;

import org.jspecify.annotations.NullMarked;
