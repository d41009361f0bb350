/** The Nodejoin service as a process of the bed. */
@NullMarked
package io.nodejoin.testbed.service;

import org.jspecify.annotations.NullMarked;
