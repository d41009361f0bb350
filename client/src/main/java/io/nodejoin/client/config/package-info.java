/** The settings that clients and the service share, and the reader of their file. */
@NullMarked
package io.nodejoin.client.config;

import org.jspecify.annotations.NullMarked;
